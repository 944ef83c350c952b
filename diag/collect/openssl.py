"""What all TLS connections share: contexts of OpenSSL, the certificate that is presented, and what the callbacks saw.

With ``diag.collect.tls_client`` the only module that knows OpenSSL. Numbers decide (alerts), never OpenSSL's texts, with one exception
that has a test of its own: only the name of a state tells that the peer asked for a client certificate.
"""

from __future__ import annotations

import functools
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from OpenSSL import SSL

from diag.collect.tls_handshake import ClientKey
from diag.lazy_dataclass import dataclass
from diag.model import Offer

# TLS 1.3 counts every alert as fatal but these two; in older versions the peer says whether it goes on.
_CLOSE_NOTIFY, _USER_CANCELED = 0, 90
_FATAL: Final = 2
# So many CAs that a peer names are kept, and so much of each name.
MAX_CA_NAMES, MAX_NAME_LENGTH = 256, 500
_STATE_CHANGE, _ALERT_READ, _ALERT_WRITTEN = SSL.SSL_CB_CONNECT_LOOP, SSL.SSL_CB_READ_ALERT, SSL.SSL_CB_WRITE_ALERT
# What the JDK offers too. The larger post-quantum key shares would cost more than the rest of the handshake, in a
# ClientHello of two packets that Elasticsearch never sends.
_GROUPS: Final = b"X25519:P-256:P-384:P-521:X448:ffdhe2048:ffdhe3072"
# The suites of TLS 1.2 that Elasticsearch offers by default (cipher_suites of its TLS settings), in its order; before 8.18 those with
# RSA key exchange as well. A peer that has none of them is asked once more with all there are, to see its certificate.
_GCM: Final = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256"
_CHACHA: Final = "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
_CBC: Final = (
    "ECDHE-ECDSA-AES256-SHA384:ECDHE-ECDSA-AES128-SHA256:ECDHE-RSA-AES256-SHA384:ECDHE-RSA-AES128-SHA256:"
    "ECDHE-ECDSA-AES256-SHA:ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES256-SHA:ECDHE-RSA-AES128-SHA"
)
_RSA: Final = "AES256-GCM-SHA384:AES128-GCM-SHA256:AES256-SHA256:AES128-SHA256:AES256-SHA:AES128-SHA"
_CIPHERS: Final = {
    Offer.CURRENT: f"{_GCM}:{_CHACHA}:{_CBC}:@SECLEVEL=0".encode(),
    Offer.OLDER: f"{_GCM}:{_CHACHA}:{_CBC}:{_RSA}:@SECLEVEL=0".encode(),
    Offer.EVERYTHING: b"ALL:!aNULL:!eNULL:!PSK:!SRP:@SECLEVEL=0",
}
_TLS13: Final = "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256"
_EVERY_TLS13: Final = f"{_TLS13}:TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256"
# The signature schemes of the JDK, less those that only go with suites that Elasticsearch lacks (DSA).
_SCHEMES: Final = (
    b"ecdsa_secp256r1_sha256:ecdsa_secp384r1_sha384:ecdsa_secp521r1_sha512:ed25519:ed448:rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:"
    b"rsa_pss_rsae_sha512:rsa_pss_pss_sha256:rsa_pss_pss_sha384:rsa_pss_pss_sha512:RSA+SHA256:RSA+SHA384:RSA+SHA512:ECDSA+SHA224:"
    b"RSA+SHA224:ECDSA+SHA1:RSA+SHA1"
)


@dataclass(slots=True)
class Notes:
    """What the callbacks of one connection saw."""

    requested: bool = False
    alert: int = -1
    is_fatal: bool = False
    own_alert: int = -1


@functools.lru_cache(maxsize=64)
def client_context(client_key: ClientKey | None, offer: Offer = Offer.CURRENT) -> tuple[SSL.Context, bool]:
    """Build what all connections with this client certificate share, and tell whether it has one.

    Building a context costs more than a handshake. A context cannot be changed once it is used.
    """
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_min_proto_version(SSL.TLS1_VERSION)
    context.set_cipher_list(_CIPHERS[offer])
    context.set_tls13_ciphersuites((_EVERY_TLS13 if offer is Offer.EVERYTHING else _TLS13).encode())
    context.set_options(SSL.OP_NO_RENEGOTIATION | SSL.OP_LEGACY_SERVER_CONNECT | SSL.OP_NO_COMPRESSION)
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    # Whoever waits for its peer holds no buffers meanwhile: half of what a connection takes, and there may be hundreds.
    context.set_mode(SSL.MODE_RELEASE_BUFFERS)
    # Chains are judged by diag.x509, with every fault: OpenSSL would stop at the first.
    context.set_verify(SSL.VERIFY_NONE)
    context.set_info_callback(_note)
    if offer is not Offer.EVERYTHING:
        _set_list(context, "SSL_CTX_set1_curves_list", _GROUPS)
        _set_list(context, "SSL_CTX_set1_sigalgs_list", _SCHEMES)
    return context, client_key is not None and _present(context, client_key)


def _set_list(context: SSL.Context, entry: str, value: bytes) -> None:
    """Choose groups or signature schemes; without this entry of the binding the probe works all the same, and offers more."""
    # pyOpenSSL has no public call for a list; the binding below it does.
    set_list = getattr(getattr(SSL, "_lib", None), entry, None)
    if set_list is not None:
        set_list(context._context, value)  # noqa: SLF001 -- as above.


def _present(context: SSL.Context, client_key: ClientKey) -> bool:
    """Let the context present the certificate; False where OpenSSL cannot use it."""
    try:
        leaf, *issuers = x509.load_pem_x509_certificates(client_key.certificate)
        key: Any = serialization.load_pem_private_key(client_key.key, password=None)
        context.use_certificate(leaf)
        for issuer in issuers:
            context.add_extra_chain_cert(issuer)
        context.use_privatekey(key)  # A key of a kind that TLS lacks is refused with TypeError.
        context.check_privatekey()
    except (SSL.Error, ValueError, TypeError):
        return False
    return True


def is_wanted(client_key: ClientKey, acceptable: tuple[str, ...]) -> bool:
    """Tell whether Java would present the certificate to a peer that names these CAs: one of them has to be an issuer in its chain."""
    named = {name.lower() for name in acceptable}
    if not 0 < len(acceptable) < MAX_CA_NAMES:
        return True
    try:
        chain = x509.load_pem_x509_certificates(client_key.certificate)
        return any(one.issuer.rfc4514_string()[:MAX_NAME_LENGTH].lower() in named for one in chain)
    except ValueError:
        return True


def _note(connection: SSL.Connection, where: int, value: int) -> None:
    """Note what OpenSSL reports; an exception here would be printed and lost, so nothing here can raise."""
    if where == _STATE_CHANGE:
        if b"certificate request" in connection.get_state_string():
            connection.get_app_data().requested = True
    elif where == _ALERT_READ:
        _note_alert(connection.get_app_data(), level=value >> 8, number=value & 0xFF)
    elif where == _ALERT_WRITTEN and value & 0xFF != _CLOSE_NOTIFY:
        connection.get_app_data().own_alert = value & 0xFF


def _note_alert(notes: Notes, level: int, number: int) -> None:
    if number in {_CLOSE_NOTIFY, _USER_CANCELED} or notes.is_fatal:
        return
    notes.alert, notes.is_fatal = number, level >= _FATAL
