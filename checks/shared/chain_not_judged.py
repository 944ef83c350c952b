"""When a chain can't be judged: diag does not know what the nodes trust, the nodes verify nothing, or they are connected already."""

from __future__ import annotations

from checks.shared.verification import Verification, verification
from diag.check import NotApplicable, Unknown
from diag.model import ClusterEvidence, LocalCluster, Nodes, RemoteEvidence, RemoteInfo, Trust, Unavailable


def chain_not_judged(
    remote_evidence: RemoteEvidence, cluster: LocalCluster, local_nodes: Nodes | Unavailable
) -> Unknown | NotApplicable | None:
    """Say why an issuer that diag does not know says nothing here; None where it does."""
    return _verifies_nothing(verification(cluster, remote_evidence.remote, local_nodes)) or ca_unknown_but_connected(
        remote_evidence
    )


def unverified(cluster_evidence: ClusterEvidence, remote_evidence: RemoteEvidence) -> NotApplicable | None:
    """Say that the local nodes take whatever certificate comes; None where they verify it, or where that is not known.

    Asked with a trust manager that takes everything, as Elasticsearch has then, Java looks at no issuer, date, usage, name or constraint
    (17 and 25; measured).
    """
    return _verifies_nothing(
        verification(cluster_evidence.cluster, remote_evidence.remote, cluster_evidence.api[Nodes])
    )


def _verifies_nothing(found: Verification) -> NotApplicable | None:
    if found.verifies_issuers:
        return None
    return NotApplicable(
        f"verification_mode is none ({found.source}): any certificate is taken, whatever its issuer; config/verification-mode-weak is about that"
    )


def ca_unknown_but_connected(remote_evidence: RemoteEvidence) -> Unknown | None:
    """Say that trust can't be judged: no CA was given to diag, and nothing declares that there is none, or the local cluster is connected."""
    info, trust = remote_evidence.belief[RemoteInfo], remote_evidence.trust
    if isinstance(trust, Trust) and trust.assumed and not (isinstance(info, RemoteInfo) and info.connected):
        if not remote_evidence.remote.registered:
            return Unknown(
                "diag was given no CA, so whether a local cluster trusts this chain is not known; give --ca FILE"
            )
        return Unknown(
            "diag was given no CA for this remote: whether the nodes of the local cluster trust this chain is not known; "
            "name the CA as ca of this remote in diag.yaml"
        )
    if isinstance(info, RemoteInfo) and info.connected and isinstance(trust, Trust) and trust.public_roots:
        return Unknown(
            "the local cluster is connected, so it trusts a CA that diag was not given: name it as ca of this remote in diag.yaml"
        )
    return None
