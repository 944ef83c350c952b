/* What the same probe costs in C: one connection after the other, TLS 1.3, a verified chain and name, and the frames that diag sends.
 *
 *   bare_openssl PORT CA_FILE SERVER_NAME COUNT [FRAME_IN_HEX ...]
 *
 * Prints the CPU time (user and system) of one connection in microseconds. Blocking sockets, no event loop, no evidence: whatever a
 * client does beyond this is its own. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_FRAME 1024

static void fail(const char *what) {
    perror(what);
    ERR_print_errors_fp(stderr);
    exit(1);
}

static double cpu_seconds(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static int bytes_of(const char *hex, unsigned char *frame) {
    int length = 0;
    unsigned value;
    for (; length < MAX_FRAME && sscanf(hex + 2 * length, "%2x", &value) == 1; length++)
        frame[length] = (unsigned char)value;
    return length;
}

static int connected(int port) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1, descriptor = socket(AF_INET, SOCK_STREAM, 0);
    if (descriptor < 0 || setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one))
        fail("socket");
    if (connect(descriptor, (struct sockaddr *)&to, sizeof to))
        fail("connect");
    return descriptor;
}

static void probe(SSL_CTX *context, int port, const char *name, int frames, char **hex) {
    unsigned char frame[MAX_FRAME], answer[16384];
    int descriptor = connected(port);
    SSL *tls = SSL_new(context);
    if (!tls || !SSL_set_fd(tls, descriptor) || !SSL_set_tlsext_host_name(tls, name) || !SSL_set1_host(tls, name))
        fail("SSL_new");
    if (SSL_connect(tls) != 1 || SSL_get_verify_result(tls) != X509_V_OK)
        fail("SSL_connect");
    for (int i = 0; i < frames; i++) {
        int length = bytes_of(hex[i], frame);
        if (SSL_write(tls, frame, length) != length || SSL_read(tls, answer, sizeof answer) <= 0)
            fail("the peer did not answer");
    }
    SSL_shutdown(tls);
    SSL_free(tls);
    close(descriptor);
}

int main(int count, char **argument) {
    if (count < 5) {
        fprintf(stderr, "usage: bare_openssl PORT CA_FILE SERVER_NAME COUNT [FRAME_IN_HEX ...]\n");
        return 2;
    }
    int port = atoi(argument[1]), times = atoi(argument[4]);
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (!context || !SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) ||
        !SSL_CTX_set1_groups_list(context, "X25519:P-256") || !SSL_CTX_load_verify_file(context, argument[2]))
        fail("SSL_CTX_new");
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    probe(context, port, argument[3], count - 5, argument + 5);
    double before = cpu_seconds();
    for (int i = 0; i < times; i++)
        probe(context, port, argument[3], count - 5, argument + 5);
    printf("%.0f\n", (cpu_seconds() - before) / times * 1e6);
    SSL_CTX_free(context);
    return 0;
}
