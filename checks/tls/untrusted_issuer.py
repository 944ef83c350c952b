"""The check tls/untrusted-issuer."""

from __future__ import annotations

from typing import Final

from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TLS
from checks.shared.certificate_text import named, server_prefix, subject, unsent_issuer
from checks.shared.chain_not_judged import chain_not_judged
from checks.shared.fixes import trust_ca
from checks.tables import docs
from checks.tls._chain import trusted
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import (
    Chain,
    ChainFault,
    FaultFound,
    Finding,
    LocalCluster,
    Nodes,
    OfLocal,
    RemoteEvidence,
    Severity,
    Trust,
    Unavailable,
    as_fact,
    listed,
    shorten,
)

# Faults that have a check of their own.
_OTHER_CHECKS: Final = {
    ChainFault.KEY_IDENTIFIER: "tls/key-identifier-mismatch",
    ChainFault.NAME_CONSTRAINTS: "tls/name-constraints",
}


@check(
    "tls/untrusted-issuer",
    second_hop=True,
    severity=Severity.CRITICAL,
    severities=(Severity.WARNING,),
    applies=Applies.settings(),
    essential=True,
    while_connected=Severity.ERROR,
    docs=(docs.TROUBLESHOOT_TLS_TRUST, docs.CLIENT_TLS_SETTINGS, docs.TROUBLESHOOT_HANDSHAKE),
    tags=("tls", "trust"),
    source="Elasticsearch SslDiagnostics; documentation: troubleshoot remote clusters, TLS trust; RFC 5280 section 6",
    explains=("tls/chain-incomplete", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
)
def untrusted_issuer(
    remote_evidence: RemoteEvidence,
    cluster: LocalCluster,
    local_nodes: OfLocal[Nodes] | Unavailable,
    trust: Trust,
    chain: Chain,
) -> Yields:
    """The certificate of the peer does not lead to a CA that the local cluster trusts.

    Why it matters: the local cluster refuses the connection (``failed to establish trust with server``). Names and dates
    are looked at apart from it: each fault is reported by itself.

    How to fix: an unknown root has to be trusted: ``xpack.security.remote_cluster_client.ssl.certificate_authorities`` in
    the API key model, ``xpack.security.transport.ssl.certificate_authorities`` in the certificate model; the two are never
    mixed. A missing intermediate has to be sent by the server.

    Example: the CA of the HTTP interface was configured, and the remote cluster server has a certificate of another one.
    """
    if chain.trusted:
        return
    if open_ := chain_not_judged(remote_evidence, cluster, local_nodes):
        yield open_
        return
    for fault in chain.faults:
        if fault.fault in _OTHER_CHECKS:
            yield NotApplicable(f"a trusted CA issued it; {_OTHER_CHECKS[fault.fault]} is about what Java refuses")
            return
    why = " ".join(_explain(fault) for fault in chain.faults[:3]) or "No path of signatures leads to a trusted CA."
    unusable = [f"{shorten(file.path)}: {shorten(file.problem, 100)}" for file in trust.files if file.problem]
    also = f" Not usable as a list of CAs: {listed(unusable)}." if unusable else ""
    sending, other = "", _other_remedy(remote_evidence, chain)
    how = trust_ca(cluster, remote_evidence.remote, when="if that issuer is right")
    if unsent_issuer(chain):
        sending = f" If the issuer is an intermediate, append it to the file of {server_prefix(remote_evidence.remote)}.certificate on the remote instead."
    yield Finding(
        summary=f"The certificate of the peer ({subject(chain.leaf)}) is not trusted. {why} Trusted: {trusted(trust)}.{also}",
        remedy=other or f"If that issuer is right, trust its root. {how.sentence}{sending}",
        fix=() if other else how.fix,
        severity=Severity.WARNING if remote_evidence.connection_established and not _was_replaced(chain) else None,
        facts={
            "observed": shorten(chain.leaf.issuer),
            "expected": as_fact([ca.subject for ca in trust.anchors]) or "a public root",
            "faults": tuple(fault.fault.value for fault in chain.faults),
            "path": as_fact(chain.path),
            "presented": as_fact([certificate.subject for certificate in chain.certificates]),
        },
    )


def _was_replaced(chain: Chain) -> bool:
    """Whether a CA of the trusted name signed with another key: then an open connection is most likely older than that."""
    return any(found.fault is ChainFault.SAME_NAME_OTHER_KEY for found in chain.faults)


def _other_remedy(remote_evidence: RemoteEvidence, chain: Chain) -> str:
    """Say what fixes a chain whose CA is trusted, or whose certificates are of no use to anybody; empty where trust is what lacks."""
    kinds = {found.fault for found in chain.faults}
    where = f"and configure it under {server_prefix(remote_evidence.remote)} on every node of the remote cluster"
    if ChainFault.POLICY in kinds:
        return (
            f"Have the certificate of the peer reissued with the policy that its CA demands, or by another CA, {where}."
        )
    if ChainFault.ISSUER_NOT_A_CA in kinds:
        return f"Have the certificate of the peer reissued by a CA that may issue it (basicConstraints CA:TRUE, keyUsage keyCertSign), {where}."
    if kinds == {ChainFault.UNREADABLE}:
        return f"Have the certificate that is named reissued in a form that Java reads, {where}."
    return ""


def _explain(found: FaultFound) -> str:
    name, issuer = named(found.subject), named(found.issuer or found.subject)
    detail = f": {shorten(found.detail, 120)}" if found.detail else ""
    is_root = found.issuer in {"", found.subject}
    words = {
        ChainFault.ISSUER_NOT_SENT: f"{name} is issued by {issuer}, whose certificate the peer did not send and which is not trusted "
        "here: an intermediate that the server should send, or a root that has to be trusted.",
        ChainFault.UNTRUSTED_ROOT: f"The chain ends at the root {name}, which is not trusted here."
        if is_root
        else f"The chain ends at {name}, whose issuer {issuer} is neither sent nor trusted here: another intermediate, or the root.",
        ChainFault.SELF_SIGNED_LEAF: "It is signed by itself, and is not itself among the trusted certificates.",
        ChainFault.SAME_NAME_OTHER_KEY: f"{name} names {issuer} as its issuer, but the CA of that name has another key{detail}.",
        ChainFault.WRONG_ORDER: "The certificates are not sent in order, the leaf first and each followed by its issuer.",
        ChainFault.ISSUER_NOT_A_CA: f"{name} signed a certificate and is not a CA{detail}.",
        ChainFault.POLICY: f"{name} lacks a certificate policy{detail}.",
        ChainFault.KEY_IDENTIFIER: f"{name} names another key of its issuer{detail}.",
        ChainFault.NAME_CONSTRAINTS: f"The CA {name} may not issue this certificate{detail}.",
        ChainFault.UNREADABLE: f"The certificate {name} is of no use{detail}.",
    }
    return words[found.fault]
