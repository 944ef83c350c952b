"""TLS of the web side: the context that a web configuration asks for. Files are read here, and nothing is ever asked at a terminal."""

from __future__ import annotations

import contextlib
import os
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NoReturn

from diag.config import ConfigError, Problem
from diag.config.regular_files import read_regular, why
from diag.config.web_config import Cipher, ClientAuth, Curve, TlsServer, TlsVersion

_MAX_FILE_BYTES: Final = 1024 * 1024
_VERSIONS: Final = {
    TlsVersion.TLS10: ssl.TLSVersion.TLSv1,
    TlsVersion.TLS11: ssl.TLSVersion.TLSv1_1,
    TlsVersion.TLS12: ssl.TLSVersion.TLSv1_2,
    TlsVersion.TLS13: ssl.TLSVersion.TLSv1_3,
}
_VERIFY: Final = {ClientAuth.VERIFY: ssl.CERT_REQUIRED, ClientAuth.VERIFY_IF_GIVEN: ssl.CERT_OPTIONAL}
_CURVES: Final = {
    Curve.P256: "prime256v1",
    Curve.P384: "secp384r1",
    Curve.P521: "secp521r1",
    Curve.X25519: "X25519",
}
# OpenSSL has names of its own for the suites up to TLS 1.2.
_SUITES: Final = {
    Cipher.ECDHE_ECDSA_AES_128_CBC: "ECDHE-ECDSA-AES128-SHA",
    Cipher.ECDHE_ECDSA_AES_256_CBC: "ECDHE-ECDSA-AES256-SHA",
    Cipher.ECDHE_RSA_AES_128_CBC: "ECDHE-RSA-AES128-SHA",
    Cipher.ECDHE_RSA_AES_256_CBC: "ECDHE-RSA-AES256-SHA",
    Cipher.ECDHE_ECDSA_AES_128_GCM: "ECDHE-ECDSA-AES128-GCM-SHA256",
    Cipher.ECDHE_ECDSA_AES_256_GCM: "ECDHE-ECDSA-AES256-GCM-SHA384",
    Cipher.ECDHE_RSA_AES_128_GCM: "ECDHE-RSA-AES128-GCM-SHA256",
    Cipher.ECDHE_RSA_AES_256_GCM: "ECDHE-RSA-AES256-GCM-SHA384",
    Cipher.ECDHE_ECDSA_CHACHA20: "ECDHE-ECDSA-CHACHA20-POLY1305",
    Cipher.ECDHE_RSA_CHACHA20: "ECDHE-RSA-CHACHA20-POLY1305",
}


def server_context(tls: TlsServer, file: str) -> ssl.SSLContext:
    """Make the context of the server. Raises ConfigError, about ``file``, where certificate, key or CAs can't be used."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.minimum_version, context.maximum_version = _VERSIONS[tls.min_version], _VERSIONS[tls.max_version]
    suites = [_SUITES[one] for one in tls.cipher_suites if one in _SUITES]
    if tls.min_version < TlsVersion.TLS12:
        # OpenSSL has the old releases only at the level at which their signatures are allowed.
        context.set_ciphers(":".join([*(suites or ["DEFAULT"]), "@SECLEVEL=0"]))
    elif suites:
        context.set_ciphers(":".join(suites))
    if not tls.prefer_server_cipher_suites:
        context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
    for curve in tls.curve_preferences:
        context.set_ecdh_curve(_CURVES[curve])
    _present(context, tls, file)
    _verify_clients(context, tls, file)
    return context


def _present(context: ssl.SSLContext, tls: TlsServer, file: str) -> None:
    chain, key = _pem(tls.cert, tls.cert_file, "cert_file", file), _pem(tls.key, tls.key_file, "key_file", file)
    try:
        with _as_file(chain) as chain_path, _as_file(key) as key_path:
            context.load_cert_chain(chain_path, key_path, password=_no_passphrase)
    except _EncryptedError:
        _refuse("key_file", file, "expected a private key that is not encrypted")
    except (ssl.SSLError, ValueError):
        _refuse("cert_file", file, "expected a certificate as PEM, and the private key that belongs to it")


def _verify_clients(context: ssl.SSLContext, tls: TlsServer, file: str) -> None:
    context.verify_mode = _VERIFY.get(tls.client_auth_type, ssl.CERT_NONE)
    if context.verify_mode is ssl.CERT_NONE:
        return
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # Whatever is named there is trusted, also an intermediate.
    authorities = _pem(tls.client_ca, tls.client_ca_file, "client_ca_file", file)
    try:
        context.load_verify_locations(cadata=authorities.decode("ascii"))
    except (ssl.SSLError, ValueError):
        _refuse("client_ca_file", file, "expected certificates as PEM")


class _EncryptedError(Exception):
    """A passphrase is asked for, which nobody can give."""


def _no_passphrase() -> NoReturn:
    raise _EncryptedError


def _pem(text: str, path: Path | None, name: str, file: str) -> bytes:
    if path is None:
        return text.encode()
    try:
        return read_regular(path, _MAX_FILE_BYTES)
    except (OSError, ValueError) as error:
        _refuse(name, file, f"expected a file that can be read; it {why(error)}")


def _refuse(name: str, file: str, message: str) -> NoReturn:
    raise ConfigError([Problem(file=file, path=f"tls_server_config.{name}", message=message)]) from None


@contextlib.contextmanager
def _as_file(data: bytes) -> Iterator[str]:
    """Give bytes the name of a file, in memory: OpenSSL takes certificate and key from files alone, and a key belongs on no disk."""
    descriptor = os.memfd_create("pem", os.MFD_CLOEXEC)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        yield f"/proc/self/fd/{descriptor}"
