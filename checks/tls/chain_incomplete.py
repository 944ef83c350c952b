"""The check tls/chain-incomplete."""

from __future__ import annotations

from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TLS
from checks.shared.certificate_text import named, server_prefix
from checks.shared.chain_not_judged import chain_not_judged
from checks.shared.fixes import inspect
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import (
    Chain,
    ChainFault,
    Finding,
    LocalCluster,
    Nodes,
    OfLocal,
    RemoteEvidence,
    Severity,
    Unavailable,
    as_fact,
    shorten,
)


@check(
    "tls/chain-incomplete",
    second_hop=True,
    severity=Severity.ERROR,
    while_connected=Severity.WARNING,
    docs=(docs.SERVER_TLS_SETTINGS, docs.TROUBLESHOOT_TLS_TRUST),
    tags=("tls", "trust"),
    source="Elasticsearch SslDiagnostics; RFC 8446 section 4.4.2",
    explains=("tls/untrusted-issuer", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
)
def chain_incomplete(
    remote_evidence: RemoteEvidence, cluster: LocalCluster, local_nodes: OfLocal[Nodes] | Unavailable, chain: Chain
) -> Yields:
    """The peer does not send the certificate of an issuer, and that issuer is not trusted either.

    Why it matters: trust is built link by link from the certificate of the peer to a trusted CA. Java fetches no missing
    link by itself, other than browsers do.

    How to fix: if the issuer is an intermediate, put it behind the certificate in the PEM file of the server (or into its
    keystore). If it is a root, nothing is to be sent: it has to be trusted by the local cluster.

    Example: ``ssl.certificate`` holds the leaf alone, although an intermediate CA issued it.
    """
    if chain.leaf.self_signed:
        yield NotApplicable("the certificate is signed by itself: there is no issuer to send")
        return
    if not chain.trusted and (open_ := chain_not_judged(remote_evidence, cluster, local_nodes)):
        yield open_
        return
    for found in chain.faults:
        if found.fault is ChainFault.ISSUER_NOT_SENT and not chain.trusted:
            issuer = shorten(found.issuer or chain.leaf.issuer, 120)
            yield Finding(
                summary=f"The chain has a gap: {named(found.subject)} is issued by {issuer}, which the peer did not send "
                f"({len(chain.certificates)} sent) and which is not trusted here.",
                remedy=f"If it is an intermediate: append its certificate to the file of {server_prefix(remote_evidence.remote)}.certificate on "
                "every node of the remote cluster, the leaf first. If it is the root: trust it, as tls/untrusted-issuer says.",
                fix=inspect("openssl", "s_client", "-showcerts", "-connect", "<host:port>"),
                facts={
                    "observed": as_fact([certificate.subject for certificate in chain.certificates]),
                    "expected": issuer,
                    "subject": shorten(found.subject),
                },
            )
