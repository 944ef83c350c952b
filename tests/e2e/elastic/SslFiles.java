import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.elasticsearch.common.ssl.KeyStoreUtil;
import org.elasticsearch.common.ssl.PemUtils;

/**
 * Asks the classes of Elasticsearch whether they can read files. A line of input is "what TAB file TAB password";
 * what is one of certificates, key, store. A line of output is the number of what was read, or the reason why nothing was.
 */
public class SslFiles {
    public static void main(String[] arguments) throws Exception {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String[] asked = line.split("\t", -1);
            String answer;
            try {
                answer = "read " + read(asked[0], Path.of(asked[1]), asked[2]);
            } catch (Throwable problem) {
                StringBuilder words = new StringBuilder("refused");
                for (Throwable one = problem; one != null; one = one.getCause()) {
                    words.append(" <- ").append(one.getClass().getSimpleName()).append(": ").append(one.getMessage());
                }
                answer = words.toString().replaceAll("\\s+", " ");
            }
            System.out.println(answer);
        }
    }

    private static String read(String what, Path file, String password) throws Exception {
        switch (what) {
            case "certificates":
                return String.valueOf(PemUtils.readCertificates(List.of(file)).size());
            case "key":
                return PemUtils.readPrivateKey(file, password.isEmpty() ? () -> null : () -> password.toCharArray()).getAlgorithm();
            default:
                KeyStore store = KeyStoreUtil.readKeyStore(file, KeyStoreUtil.inferKeyStoreType(file.toString()), password.toCharArray());
                int trusted = 0;
                int keys = 0;
                for (String alias : Collections.list(store.aliases())) {
                    trusted += store.isCertificateEntry(alias) ? 1 : 0;
                    keys += store.isKeyEntry(alias) && store.getKey(alias, password.toCharArray()) != null ? 1 : 0;
                }
                return trusted + " trusted " + keys + " keys";
        }
    }
}
