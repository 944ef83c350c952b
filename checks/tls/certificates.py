"""What certificates are made of: usages, keys, signatures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from checks.causes import NO_CONNECTION, NOTHING_AFTER_TLS
from checks.tables import docs
from checks.tls.wording import lacking, server_prefix, subject, unread
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    Certificate,
    Chain,
    ClientIdentity,
    Finding,
    Kind,
    Reason,
    Remote,
    RemoteEvidence,
    SecurityModel,
    Severity,
    Unavailable,
    as_fact,
    listed,
    shorten,
)

_SERVER: Final = "serverauth"
_CLIENT: Final = "clientauth"
_ANY: Final = frozenset({"any", "anyextendedkeyusage", "2.5.29.37.0"})
_SPOKEN: Final = {_SERVER: "serverAuth", _CLIENT: "clientAuth"}
# Below the first number Java refuses the key, below the second it is weak by today's measure.
_KEY_BITS: Final = {"RSA": (1024, 2048), "DSA": (1024, 2048), "EC": (224, 256)}
_STRONG_KEYS: Final = frozenset({"ED25519", "ED448"})
_BROKEN_HASHES: Final = frozenset({"md2", "md4", "md5"})
_WEAK_HASHES: Final = frozenset({"sha1"})


@check(
    "tls/eku-missing",
    second_hop=True,
    severity=Severity.ERROR,
    applies=Applies.settings(),
    beside_connection=Severity.WARNING,
    docs=(docs.EXTCA,),
    tags=("tls", "mutual-tls"),
    source="documentation: external CA for transport TLS; elasticsearch#137688; RFC 5280 section 4.2.1.12",
    explains=("tls/client-cert-rejected", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
)
def eku_missing(remote: Remote, chain: Chain | Unavailable, identity: ClientIdentity | Unavailable) -> Yields:
    """The extended key usage of a certificate leaves out what it is used for.

    Why it matters: in the certificate model each node is server and client with the same certificate, so that an extended
    key usage has to name both; in the API key model the peer is a server only. The extension may be missing: then every use
    is fine. Public CAs are giving up clientAuth.

    How to fix: have the certificate reissued by a private CA, with both usages or without the extension.

    Example: a certificate of a web server (serverAuth) serves on port 9443, and is refused on port 9300.
    """
    mutual = remote.security_model is SecurityModel.CERTIFICATE
    wanted = (_SERVER, _CLIENT) if mutual else (_SERVER,)
    open_ones: list[Unknown] = [Unknown(text) for text in lacking(chain)]
    if isinstance(chain, Chain):
        yield from _lacking_usages(chain.leaf, "of the peer", wanted, f"{server_prefix(remote)} of the remote cluster")
        yield from _soon_lost(chain) if mutual else ()
    if mutual and isinstance(identity, ClientIdentity):
        if identity.problem or not identity.chain:
            open_ones.append(Unknown(f"{shorten(identity.path)} could not be read: {shorten(identity.problem)}"))
        for leaf in identity.chain[:1]:
            ours = "xpack.security.transport.ssl of the local cluster"
            yield from _lacking_usages(leaf, f"that we present ({shorten(identity.path)})", wanted, ours)
    elif mutual and isinstance(identity, Unavailable) and identity.reason is not Reason.NOT_TOLD:
        open_ones.append(Unknown(str(identity)))
    yield from open_ones


def _lacking_usages(leaf: Certificate, whose: str, wanted: tuple[str, ...], where: str) -> Iterator[Finding | Unknown]:
    if leaf.extended_key_usage is None:
        if leaf.problem:
            yield Unknown(unread(leaf))
        return
    usages = {usage.replace("_", "").lower() for usage in leaf.extended_key_usage}
    missing = [] if usages & _ANY else [_SPOKEN[usage] for usage in wanted if usage not in usages]
    if missing:
        spoken = " and ".join(_SPOKEN[usage] for usage in wanted)
        yield Finding(
            summary=f"The certificate {whose} ({subject(leaf)}) may not be used as {' and '.join(missing)}: its extended key usage "
            f"names {listed(leaf.extended_key_usage) or 'nothing'}; expected {spoken}.",
            remedy=f"Have it reissued by a private CA with {spoken} or without the extension, and configure it under {where}.",
            facts={
                "observed": as_fact(leaf.extended_key_usage),
                "expected": tuple(_SPOKEN[usage] for usage in wanted),
                "missing": tuple(missing),
                "subject": subject(leaf),
            },
        )


def _soon_lost(chain: Chain) -> Iterator[Finding]:
    usages = {usage.replace("_", "").lower() for usage in chain.leaf.extended_key_usage or ()}
    if chain.public and _CLIENT in usages:
        yield Finding(
            summary=f"The certificate of the peer ({subject(chain.leaf)}) comes from a public CA, and these stop issuing clientAuth: "
            "its next renewal will lack it, while the transport interface needs serverAuth and clientAuth.",
            remedy="Move xpack.security.transport.ssl of the remote cluster to a private CA before the certificate is renewed.",
            severity=Severity.WARNING,
            facts={"observed": "public CA", "expected": "private CA", "subject": subject(chain.leaf)},
        )


@check(
    "tls/weak-key",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.JDK,),
    tags=("tls", "strength"),
    source="documentation: supported TLS versions by JDK version; Java: jdk.certpath.disabledAlgorithms",
    explains=NO_CONNECTION,
)
def weak_key(chain: Chain) -> Yields:
    """A certificate has a key that is too short.

    Why it matters: Java refuses RSA keys below 1024 bits and elliptic curves below 224. Keys below 2048 and 256 work
    until an update raises the limit.

    How to fix: reissue the certificate with a key of RSA 2048 or more, or of a curve of 256 bits or more.

    Example: a CA made years ago with ``openssl req -newkey rsa:1024``.
    """
    if not chain.certificates:
        yield Unknown("the peer presented no certificate")
    for position, certificate in enumerate(chain.certificates):
        kind = certificate.key_type.upper().replace("-", "").replace("_", "")
        limits = next((bits for name, bits in _KEY_BITS.items() if kind.startswith(name)), None)
        if kind in _STRONG_KEYS:
            continue
        if limits is None or certificate.key_bits <= 0:
            yield Unknown(
                f"the key of {subject(certificate)} is of a kind that is not known here: {shorten(certificate.key_type, 40) or 'it could not be read'}"
            )
        elif certificate.key_bits < limits[1]:
            who = "The CA certificate" if position else "The certificate"
            refused = certificate.key_bits < limits[0]
            yield Finding(
                summary=f"{who} {subject(certificate)} has a key of {shorten(certificate.key_type, 40)} {certificate.key_bits} bits"
                f"{', which Java refuses' if refused else ''}; expected at least {limits[1]}.",
                remedy="Reissue it with a longer key: elasticsearch-certutil cert --keysize 2048 (a CA: elasticsearch-certutil ca), on "
                "every node of the remote cluster.",
                severity=Severity.ERROR if refused else Severity.WARNING,
                facts={
                    "observed": certificate.key_bits,
                    "expected": limits[1],
                    "key_type": shorten(certificate.key_type, 40),
                    "subject": subject(certificate),
                },
            )


@check(
    "tls/weak-signature",
    severity=Severity.WARNING,
    docs=(docs.ECE_SHA1, docs.JDK),
    tags=("tls", "strength"),
    source="documentation: allow SHA-1 signed certificates (ECE); Java: jdk.certpath.disabledAlgorithms",
    explains=NO_CONNECTION,
)
def weak_signature(about: RemoteEvidence, chain: Chain) -> Yields:
    """A certificate is signed with a broken hash.

    Why it matters: Java refuses signatures with MD5, and with SHA-1 below public roots. Elastic Cloud Enterprise refuses
    SHA-1 from 3.5.0 on. The signature of a root on itself is of no account: it is trusted as it stands.

    How to fix: reissue the certificate; today's CAs sign with SHA-256.

    Example: a company CA that was set up with ``default_md = sha1``.
    """
    signed = [
        one for one in chain.certificates if not one.self_signed and (one is chain.leaf or one.subject != one.issuer)
    ]
    if not signed:
        yield NotApplicable("the only certificate is signed by itself")
    for certificate in signed:
        hashed = certificate.signature_hash.lower().replace("-", "")
        broken, weak = hashed in _BROKEN_HASHES, hashed in _WEAK_HASHES
        if broken or weak:
            refused = " Java refuses it." if broken else ""
            ece = (
                " Elastic Cloud Enterprise 3.5.0 and newer refuses it."
                if weak and about.remote.kind is Kind.ECE
                else ""
            )
            yield Finding(
                summary=f"The certificate {subject(certificate)} is signed with {hashed.upper()}; expected SHA-256 or better.{refused}{ece}",
                remedy=f"Have it reissued with SHA-256 by {shorten(certificate.issuer, 120)}, on every node of the remote cluster.",
                severity=Severity.ERROR if broken else Severity.WARNING,
                facts={"observed": hashed, "expected": "sha256", "subject": subject(certificate)},
            )
        elif not hashed and certificate.problem:
            yield Unknown(unread(certificate))


CHECKS = (eku_missing, weak_key, weak_signature)
