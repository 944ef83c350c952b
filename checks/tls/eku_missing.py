"""The check tls/eku-missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TLS
from checks.shared.certificate_files import leaves
from checks.shared.certificate_text import lacking, server_prefix, subject, unread
from checks.shared.chain_not_judged import unverified
from checks.tables import docs
from diag.check import Applies, Unknown, Yields, check
from diag.model import (
    Certificate,
    CertificateFiles,
    Chain,
    ClientIdentity,
    ClusterEvidence,
    Finding,
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


def _documents(files: CertificateFiles) -> Yields:
    for one in leaves(files):
        for found in _lacking_usages(
            one.certificate, f"in {one.path}", (_SERVER, _CLIENT), "xpack.security.transport.ssl"
        ):
            if isinstance(found, Unknown):
                yield found
                continue
            server_only = found.facts["missing"] == (_SPOKEN[_CLIENT],)
            severity = Severity.WARNING if server_only else Severity.ERROR
            more = " It is enough for an interface that is a server only." if server_only else ""
            yield replace(found, summary=f"{found.summary}{more}", severity=severity, origin=one.origin)


@check(
    "tls/eku-missing",
    second_hop=True,
    severity=Severity.ERROR,
    severities=(Severity.WARNING,),
    applies=Applies.settings(),
    while_connected=Severity.WARNING,
    docs=(docs.EXTERNAL_CA,),
    tags=("tls", "mutual-tls"),
    source="documentation: external CA for transport TLS; elasticsearch#137688; RFC 5280 section 4.2.1.12",
    explains=("tls/client-cert-rejected", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
    in_documents=_documents,
)
def eku_missing(
    cluster_evidence: ClusterEvidence,
    remote_evidence: RemoteEvidence,
    chain: Chain | Unavailable,
    identity: ClientIdentity | Unavailable,
) -> Yields:
    """The extended key usage of a certificate leaves out what it is used for.

    Why it matters: in the certificate model each node is server and client with the same certificate, so that an extended
    key usage has to name both; in the API key model the peer is a server only. The extension may be missing: then every use
    is fine. Public CAs are giving up clientAuth.

    How to fix: have the certificate reissued by a private CA, with both usages or without the extension.

    Example: a certificate of a web server (serverAuth) serves on port 9443, and is refused on port 9300.
    """
    mutual = remote_evidence.remote.security_model is SecurityModel.CERTIFICATE
    wanted = (_SERVER, _CLIENT) if mutual else (_SERVER,)
    open_ones: list[Unknown] = [*lacking(chain)]
    if isinstance(chain, Chain) and (taken := unverified(cluster_evidence, remote_evidence)):
        yield taken
    elif isinstance(chain, Chain):
        where = f"{server_prefix(remote_evidence.remote)} of the remote cluster"
        yield from _lacking_usages(chain.leaf, "of the peer", wanted, where)
        yield from _usage_ends_soon(chain) if mutual else ()
    if mutual and isinstance(identity, ClientIdentity):
        if identity.problem or not identity.chain:
            open_ones.append(Unknown(f"{shorten(identity.path)} could not be read: {shorten(identity.problem)}"))
        for leaf in identity.chain[:1]:
            local_side = "xpack.security.transport.ssl of the local cluster"
            yield from _lacking_usages(leaf, f"that we present ({shorten(identity.path)})", wanted, local_side)
    elif mutual and isinstance(identity, Unavailable) and not identity.not_configured:
        open_ones.append(Unknown(str(identity), piece=identity))
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


def _usage_ends_soon(chain: Chain) -> Iterator[Finding]:
    usages = {usage.replace("_", "").lower() for usage in chain.leaf.extended_key_usage or ()}
    if chain.public and _CLIENT in usages:
        yield Finding(
            summary=f"The certificate of the peer ({subject(chain.leaf)}) comes from a public CA, and these stop issuing clientAuth: "
            "its next renewal will lack it, while the transport interface needs serverAuth and clientAuth.",
            remedy="Move xpack.security.transport.ssl of the remote cluster to a private CA before the certificate is renewed.",
            severity=Severity.WARNING,
            facts={"observed": "public CA", "expected": "private CA", "subject": subject(chain.leaf)},
        )
