"""When a chain can't be judged: nobody told diag what the nodes trust, the nodes verify nothing, or they are connected already."""

from __future__ import annotations

from checks.shared.verification import verification
from diag.check import NotApplicable, Unknown
from diag.model import LocalCluster, LocalNodes, RemoteEvidence, RemoteInfo, Trust, Unavailable


def not_to_be_judged(
    about: RemoteEvidence, cluster: LocalCluster, nodes: LocalNodes | Unavailable
) -> Unknown | NotApplicable | None:
    """Say why an issuer that diag does not know says nothing here; None where it does."""
    found = verification(cluster, about.remote, nodes)
    if not found.looks_at_issuers:
        return NotApplicable(
            f"verification_mode is none ({found.source}): any issuer is taken; config/verification-mode-weak is about that"
        )
    return vouched_for(about)


def vouched_for(about: RemoteEvidence) -> Unknown | None:
    """Say that trust can't be judged: no CA was given to diag, and nobody said that there is none, or the local cluster is connected."""
    info, trust = about.belief.info, about.trust
    if isinstance(trust, Trust) and trust.assumed and not (isinstance(info, RemoteInfo) and info.connected):
        if not about.remote.registered:
            return Unknown(
                "diag was given no CA, so whether a local cluster trusts this chain can't be told; give --ca FILE"
            )
        return Unknown(
            "diag was given no CA for this remote, which was read from the cluster: whether its nodes trust this chain can't be told; "
            "name the CA as ca of this remote in diag.yaml"
        )
    if isinstance(info, RemoteInfo) and info.connected and isinstance(trust, Trust) and trust.public_roots:
        return Unknown(
            "the local cluster is connected, so it trusts a CA that diag was not given: name it as ca of this remote in diag.yaml"
        )
    return None
