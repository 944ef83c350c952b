import java.io.FileInputStream;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A TLS server of the JDK: java TlsServer.java KEYSTORE TRUSTSTORE none|need PROTOCOL. Prints its port; ends with its standard input. */
public class TlsServer {
    private static final char[] PASSWORD = "changeit".toCharArray();

    public static void main(String[] args) throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(load(args[0]), PASSWORD);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(load(args[1]));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        SSLServerSocket server = (SSLServerSocket) context.getServerSocketFactory()
                .createServerSocket(0, 50, java.net.InetAddress.getLoopbackAddress());
        server.setNeedClientAuth(args[2].equals("need"));
        server.setEnabledProtocols(new String[] {args[3]});
        Thread watch = new Thread(() -> {
            try {
                while (System.in.read() >= 0) { }
            } catch (java.io.IOException gone) {
                // Standard input is gone: so is the test.
            }
            Runtime.getRuntime().halt(0);
        });
        watch.start();
        System.out.println(server.getLocalPort());
        while (true) {
            SSLSocket peer = (SSLSocket) server.accept();
            Thread one = new Thread(() -> {
                try (peer) {
                    peer.setSoTimeout(240_000);
                    peer.startHandshake();
                    while (peer.getInputStream().read() >= 0) { }
                } catch (java.io.IOException refused) {
                    // A refused client is what the test is about.
                }
            });
            one.setDaemon(true);
            one.start();
        }
    }

    private static KeyStore load(String path) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (FileInputStream in = new FileInputStream(path)) {
            store.load(in, PASSWORD);
        }
        return store;
    }
}
