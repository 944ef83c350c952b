import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * Asks the JDK about servers, as Elasticsearch's TLS client does: java TlsClient.java SUITE,SUITE,...
 * Reads lines "id TAB address TAB port TAB name TAB file of trusted CAs" and prints "id TAB ok|refused TAB why", one for each.
 */
public class TlsClient {
    private static final Map<String, SSLContext> CONTEXTS = new HashMap<>();

    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        StringBuilder out = new StringBuilder();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] one = line.split("\t");
            out.append(one[0]).append('\t').append(ask(one, args[0].split(","))).append('\n');
        }
        System.out.write(out.toString().getBytes(StandardCharsets.UTF_8));
        System.out.flush();
    }

    private static String ask(String[] one, String[] wanted) {
        try (Socket plain = new Socket(one[1], Integer.parseInt(one[2]))) {
            plain.setSoTimeout(240_000);
            SSLSocket socket = (SSLSocket) context(one[4]).getSocketFactory()
                    .createSocket(plain, one[3], Integer.parseInt(one[2]), true);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
            List<String> suites = new ArrayList<>(Arrays.asList(wanted));
            suites.retainAll(Arrays.asList(socket.getSupportedCipherSuites()));
            parameters.setCipherSuites(suites.toArray(new String[0]));
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return "ok\t" + socket.getSession().getCipherSuite();
        } catch (Exception refused) {
            StringBuilder why = new StringBuilder("refused\t");
            for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
                why.append(cause.getClass().getSimpleName()).append(": ")
                        .append(String.valueOf(cause.getMessage()).replaceAll("\\s+", " ")).append(" | ");
            }
            return why.length() > 600 ? why.substring(0, 600) : why.toString();
        }
    }

    private static SSLContext context(String path) throws Exception {
        SSLContext known = CONTEXTS.get(path);
        if (known != null) {
            return known;
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        int count = 0;
        try (FileInputStream file = new FileInputStream(path)) {
            for (Certificate ca : CertificateFactory.getInstance("X.509").generateCertificates(file)) {
                store.setCertificateEntry("ca" + count++, ca);
            }
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        CONTEXTS.put(path, context);
        return context;
    }
}
