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

from diag.x509.dates import with_plain_dates
from diag.x509.der import first, header_size

# Which key makes which signature, by the beginning of the object identifier of the scheme (RFC 3279, 5758, 8410).
_KEY_OF_SCHEME: Final[dict[str, type]] = {
    "1.2.840.113549.1.1.": rsa.RSAPublicKey,
    "1.2.840.10045.4.": ec.EllipticCurvePublicKey,
    "1.2.840.10040.4.": dsa.DSAPublicKey,
    "1.3.101.112": ed25519.Ed25519PublicKey,
    "1.3.101.113": ed448.Ed448PublicKey,
}
_SHA1_SCHEMES: Final = {"1.2.840.113549.1.1.5", "1.2.840.10045.4.1"}
# The curves that the JDK still knows (17 and 25; measured).
JAVA_CURVES: Final = frozenset({"secp256r1", "secp384r1", "secp521r1"})
_UNSUPPORTED: Final = "a scheme or a key that is not looked at"
_quiet = threading.RLock()  # What is quiet may read further certificates.


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
    """Parse a certificate. Raises ValueError where it is none.

    Dates that the library refuses are no reason not to read the rest: others stand in their place then.
    """
    try:
        with quiet():
            return _parse(der)
    except _REFUSED:
        msg = "the bytes are no X.509 certificate"
        raise ValueError(msg) from None


def _parse(der: bytes) -> x509.Certificate:
    try:
        certificate = x509.load_der_x509_certificate(der)
        _ = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    except (ValueError, OverflowError):
        certificate = x509.load_der_x509_certificate(with_plain_dates(der))
    return certificate


def signed_part(der: bytes) -> bytes:
    """Give the part of a certificate that its issuer signed, byte for byte. Raises ValueError where there is none."""
    start = header_size(der)
    body = der[start:]
    return body[: header_size(body) + len(first(body).content)]


def check_signature(certificate: x509.Certificate, issuer: x509.Certificate, signed: bytes) -> Signature:
    """Tell whether the key of ``issuer``, which bears the name of the issuer, signed ``certificate``.

    ``signed`` are the bytes that it has to have signed.
    """
    scheme = certificate.signature_algorithm_oid.dotted_string
    try:
        key = issuer.public_key()
        wanted = next((kind for start, kind in _KEY_OF_SCHEME.items() if scheme.startswith(start)), None)
        if wanted is not None and not isinstance(key, wanted):
            return Signature.OTHER_KEY
        _verify(certificate, key, signed, sha1=scheme in _SHA1_SCHEMES)
    except InvalidSignature:
        return Signature.OTHER_KEY
    except _REFUSED:
        return Signature.NOT_CHECKED
    unsupported = isinstance(key, dsa.DSAPublicKey) or (
        isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name not in JAVA_CURVES
    )
    return Signature.NOT_CHECKED if unsupported else Signature.GOOD


def _verify(certificate: x509.Certificate, key: object, signed: bytes, *, sha1: bool) -> None:
    """Check the bytes by hand: the JDK still accepts SHA-1 below a private CA, and dates that the library can't read."""
    signature = certificate.signature
    algorithm = hashes.SHA1() if sha1 else certificate.signature_hash_algorithm  # noqa: S303 -- looked at, never signed with.
    match key:
        case rsa.RSAPublicKey():
            scheme = padding.PKCS1v15() if sha1 else certificate.signature_algorithm_parameters
            if (
                algorithm is None
                or isinstance(algorithm, hashes.MD5)
                or not isinstance(scheme, padding.AsymmetricPadding)
            ):
                raise UnsupportedAlgorithm(_UNSUPPORTED)
            key.verify(signature, signed, scheme, algorithm)
        case ec.EllipticCurvePublicKey() if algorithm is not None:
            key.verify(signature, signed, ec.ECDSA(algorithm))
        case dsa.DSAPublicKey() if algorithm is not None:
            key.verify(signature, signed, algorithm)
        case ed25519.Ed25519PublicKey() | ed448.Ed448PublicKey():
            key.verify(signature, signed)
        case _:
            raise UnsupportedAlgorithm(_UNSUPPORTED)
