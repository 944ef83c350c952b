"""What is asked of the cryptography library: parse a certificate, and check who signed it."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa

# Which key makes which signature, by the beginning of the object identifier of the scheme (RFC 3279, 5758, 8410).
_KEY_OF_SCHEME: Final[dict[str, type]] = {
    "1.2.840.113549.1.1.": rsa.RSAPublicKey,
    "1.2.840.10045.4.": ec.EllipticCurvePublicKey,
    "1.2.840.10040.4.": dsa.DSAPublicKey,
    "1.3.101.112": ed25519.Ed25519PublicKey,
    "1.3.101.113": ed448.Ed448PublicKey,
}
_SHA1_SCHEMES: Final = {"1.2.840.113549.1.1.5", "1.2.840.10045.4.1"}
_quiet = threading.Lock()


# What the library raises for bytes that it can't make sense of; InvalidVersion is no ValueError.
_REFUSED = (ValueError, TypeError, OverflowError, UnsupportedAlgorithm, x509.InvalidVersion)


class Signature(Enum):
    """What came of checking the signature of a certificate against a key."""

    GOOD = "good"
    OTHER_KEY = "other_key"
    NOT_CHECKED = "not_checked"


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the library from warning about oddities of a peer's certificate: they are data here."""
    with _quiet, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def load(der: bytes) -> x509.Certificate:
    """Parse a certificate. Raises ValueError where it is none."""
    try:
        with quiet():
            return x509.load_der_x509_certificate(der)
    except _REFUSED:
        msg = "the bytes are no X.509 certificate"
        raise ValueError(msg) from None


def check_signature(certificate: x509.Certificate, issuer: x509.Certificate) -> Signature:
    """Tell whether the key of ``issuer``, which bears the name of the issuer, signed ``certificate``."""
    scheme = certificate.signature_algorithm_oid.dotted_string
    try:
        key = issuer.public_key()
        wanted = next((kind for start, kind in _KEY_OF_SCHEME.items() if scheme.startswith(start)), None)
        if wanted is not None and not isinstance(key, wanted):
            return Signature.OTHER_KEY
        if scheme in _SHA1_SCHEMES:
            _check_sha1(certificate, key)
        else:
            certificate.verify_directly_issued_by(issuer)
    except InvalidSignature:
        return Signature.OTHER_KEY
    except _REFUSED:
        return Signature.NOT_CHECKED
    return Signature.GOOD


def _check_sha1(certificate: x509.Certificate, key: object) -> None:
    """Check by hand what the library refuses to: the JDK still accepts SHA-1 below a private CA."""
    signed, signature = certificate.tbs_certificate_bytes, certificate.signature
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, signed, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 -- to check, not to sign.
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, signed, ec.ECDSA(hashes.SHA1()))  # noqa: S303 -- to check, not to sign.
