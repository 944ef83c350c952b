"""The public roots, as a Java runtime without further configuration trusts them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from diag.lazy_dataclass import dataclass
from diag.model import Certificate
from diag.x509.decoding import decode
from diag.x509.library import quiet


@dataclass(frozen=True, slots=True)
class PublicRoots:
    """The public roots by name, in DER: only those that are asked for are ever decoded."""

    by_subject: Mapping[bytes, tuple[bytes, ...]]
    fingerprints: frozenset[str]

    def named(self, subject: bytes) -> tuple[bytes, ...]:
        """Give the roots that bear a name, which is given in DER."""
        return self.by_subject.get(subject, ())

    def certificates(self) -> tuple[Certificate, ...]:
        """Decode all of them: slow, for listings only."""
        return tuple(decode(der) for found in self.by_subject.values() for der in found)


@cache
def public_roots() -> PublicRoots:
    """Give the public roots; they are read once, when they are needed first."""
    import certifi  # noqa: PLC0415 -- most remotes name their CAs.

    by_subject, fingerprints = dict[bytes, tuple[bytes, ...]](), set[str]()
    with quiet():
        for root in x509.load_pem_x509_certificates(certifi.contents().encode()):
            der, subject = root.public_bytes(Encoding.DER), root.subject.public_bytes()
            by_subject[subject] = (*by_subject.get(subject, ()), der)
            fingerprints.add(hashlib.sha256(der).hexdigest())
    return PublicRoots(by_subject, frozenset(fingerprints))
