"""What TLS to an API trusts: files of CAs, or the public roots."""

from __future__ import annotations

import functools
import ssl
from pathlib import Path

import certifi

from diag.collect.api_identity import presenting
from diag.collect.tls_handshake import ClientKey
from diag.local_files import read_trust
from diag.model import Reason, Step, Unavailable


def context_for(ca: tuple[Path, ...], pem: str = "", identity: ClientKey | None = None) -> ssl.SSLContext | Unavailable:
    """Make a context that trusts these files, or ``pem`` in their place, without both the public roots; or say why it cannot be made.

    ``identity`` is what it shows a peer that asks for a certificate of the client.
    """
    trusted = pem or _trusted(ca)
    if isinstance(trusted, Unavailable):
        return trusted
    if identity is None:
        return context_of(trusted)
    # It holds a key: it is made for one client, and not kept.
    context = _made(trusted)
    return context if isinstance(context, Unavailable) else presenting(context, identity)


def _trusted(ca: tuple[Path, ...]) -> str | Unavailable:
    """The certificates that are trusted, as PEM."""
    trust = read_trust(ca)
    if isinstance(trust, Unavailable):
        return _unusable(trust.reason, f"ca cannot be used: {trust}")
    if trust.public_roots:
        return certifi.contents()
    if not trust.anchors:
        problems = "; ".join(f"{file.path}: {file.problem}" for file in trust.files if file.problem)
        return _unusable(Reason.NOT_USABLE, f"ca holds no certificate to trust: {problems}")
    return "".join(certificate.pem for certificate in trust.anchors)


@functools.lru_cache(maxsize=32)
def context_of(pem: str) -> ssl.SSLContext | Unavailable:
    """Give the context that trusts these certificates alone: building one costs more than a handshake."""
    return _made(pem)


def _made(pem: str) -> ssl.SSLContext | Unavailable:
    context = plain_context()
    try:
        context.load_verify_locations(cadata=pem)
    except (ssl.SSLError, ValueError):
        return _unusable(Reason.NOT_USABLE, "ca holds a certificate that OpenSSL does not take")
    return context


def plain_context() -> ssl.SSLContext:
    """Make a context that verifies chain and name, and trusts nobody yet.

    The flags are written out, so that every Python judges alike: later ones add X509_STRICT by themselves, which refuses
    certificates that Elasticsearch takes.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = True
    context.verify_mode = ssl.CERT_REQUIRED
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_flags = (context.verify_flags | ssl.VERIFY_X509_TRUSTED_FIRST | ssl.VERIFY_X509_PARTIAL_CHAIN) & (
        ~ssl.VERIFY_X509_STRICT
    )
    return context


def _unusable(reason: Reason, detail: str) -> Unavailable:
    return Unavailable(step=Step.API, reason=reason, detail=detail)
