"""The check trust/ca-rotated."""

from __future__ import annotations

from checks.shared.causes import CHAIN_NOT_VERIFIED, NO_CONNECTION, NOTHING_AFTER_TLS
from checks.shared.fixes import Remedy, trust_ca
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import (
    Chain,
    ClusterEvidence,
    Endpoints,
    Finding,
    History,
    RemoteEvidence,
    Severity,
    shorten,
)


@check(
    "trust/ca-rotated",
    severity=Severity.ERROR,
    severities=(Severity.INFO,),
    docs=(docs.DIFFERENT_CA, docs.HOSTED_EDIT_CONNECTION),
    tags=("ca", "history"),
    source="documentation: update certificates with a different CA",
    explains=(*CHAIN_NOT_VERIFIED, "trust/ca-same-dn-other-key", "trust/ca-not-signing-all-nodes", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
)
def ca_rotated(
    cluster_evidence: ClusterEvidence, remote_evidence: RemoteEvidence, endpoints: Endpoints, past: History
) -> Yields:
    """The remote's certificates are signed by another CA than before.

    Why it matters: whoever trusts only the old CA does not connect any more. Where the new one is trusted too, nothing is broken, and the old
    one can be taken out once every node has moved.

    How to fix: add the new CA on the local cluster and keep both until all nodes have moved.

    Example: the remote renewed its CA on a Friday.
    """
    chains = [probe.chain for probe in endpoints.probes if isinstance(probe.chain, Chain)]
    before = {issuer for observation in past.looks for issuer in observation.issuers}
    if not before or not chains:
        yield NotApplicable("no certificate was seen now" if before else "no earlier round knew who signed")
        return
    new = [chain for chain in chains if (chain.leaf.authority_key_id or chain.leaf.issuer) not in before]
    # One that is not trusted breaks something: it comes first.
    for chain in sorted(new, key=lambda one: one.trusted)[:1]:
        issuer = shorten(chain.leaf.issuer, 120)
        trusted = "is trusted" if chain.trusted else "is not trusted here"
        how = trust_ca(cluster_evidence.cluster, remote_evidence.remote)
        how = (
            Remedy("Remove the old CA when every node of the remote has moved.")
            if chain.trusted
            else Remedy(f"Trust {issuer} as well as the old CA. {how.sentence}", how.fix)
        )
        yield Finding(
            summary=f"The certificates are signed by another CA than before: {issuer}, which {trusted}.",
            remedy=how.sentence,
            fix=how.fix,
            severity=Severity.INFO if chain.trusted else None,
            facts={"observed": issuer, "expected": "the CA as before"},
        )
