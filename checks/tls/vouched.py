"""When the local cluster itself vouches for a certificate that we can't judge."""

from __future__ import annotations

from diag.check import Unknown
from diag.model import RemoteEvidence, RemoteInfo, Trust


def vouched_for(about: RemoteEvidence) -> Unknown | None:
    """Say that trust can't be judged: no CA was given to diag, and the local cluster is connected, so that it trusts one."""
    info, trust = about.belief.info, about.trust
    if isinstance(info, RemoteInfo) and info.connected and isinstance(trust, Trust) and trust.public_roots:
        return Unknown(
            "the local cluster is connected, so it trusts a CA that diag was not given: name it as ca of this remote in diag.yaml"
        )
    return None
