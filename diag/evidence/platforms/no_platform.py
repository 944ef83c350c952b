"""What stands in the place of everything that a platform would tell, where none is configured."""

from __future__ import annotations

from typing import Final

from diag.evidence.terms import Reason, Step, Unavailable

NO_PLATFORM: Final = Unavailable(
    step=Step.CONFIGURATION,
    reason=Reason.NOT_REQUESTED,
    detail="no platform with a deployment is configured (platforms, deployment)",
)
