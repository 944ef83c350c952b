"""The check tls/name-constraints."""

from __future__ import annotations

from checks.shared.causes import CHAIN_NOT_VERIFIED, NO_CONNECTION, NOTHING_AFTER_TLS
from checks.shared.certificate_text import server_prefix, subject
from checks.shared.chain_not_judged import unverified
from checks.shared.fixes import inspect
from checks.tables import docs
from checks.tls._java_path import facts
from diag.check import NotApplicable, Yields, check
from diag.model import (
    Chain,
    ChainFault,
    ClusterEvidence,
    Finding,
    RemoteEvidence,
    Severity,
    shorten,
)


@check(
    "tls/name-constraints",
    second_hop=True,
    severity=Severity.CRITICAL,
    while_connected=Severity.WARNING,
    docs=(docs.TROUBLESHOOT_TLS_TRUST, docs.EXTERNAL_CA),
    tags=("tls", "trust", "names"),
    source="RFC 5280 section 4.2.1.10; measured with Java 17 and 25",
    explains=(*CHAIN_NOT_VERIFIED, "tls/public-vs-private-ca", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
)
def name_constraints(cluster_evidence: ClusterEvidence, remote_evidence: RemoteEvidence, chain: Chain) -> Yields:
    """A CA of the chain is not allowed to issue certificates for the names of the peer.

    Why it matters: a company CA is often bound to the domains of the company. Java refuses a certificate when one of its names lies
    outside, whether that name is looked for or not, and whether the extension is critical or not.

    How to fix: have the certificate issued by a CA that may issue these names, or without the names outside.

    Example: the CA permits ``corp.example``, and the certificate carries ``logs.example.org`` as well as ``logs.corp.example``.
    """
    if taken := unverified(cluster_evidence, remote_evidence):
        yield taken
        return
    found = [fault for fault in chain.faults if fault.fault is ChainFault.NAME_CONSTRAINTS]
    if not found and not chain.trusted:
        yield NotApplicable("no trusted CA issued the certificate")
    for fault in found[:1]:
        yield Finding(
            summary=f"The CA {shorten(fault.subject, 120)} may not issue the certificate of the peer ({subject(chain.leaf)}): {shorten(fault.detail)}. "
            "Java refuses it.",
            remedy="Have the certificate reissued without the names that this CA may not issue, or by another CA, and configure it under "
            f"{server_prefix(remote_evidence.remote)} on every node of the remote cluster.",
            fix=inspect("openssl", "x509", "-in", "<ca.pem>", "-noout", "-ext", "nameConstraints"),
            facts=facts(fault, "names that the CA may issue"),
        )
