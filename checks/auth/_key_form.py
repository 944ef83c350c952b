"""What the configured API key looks like, and who else has the same one."""

from __future__ import annotations

from diag.check import NotApplicable, Unknown
from diag.model import (
    Reason,
    Unavailable,
)


def not_known(credential: Unavailable) -> NotApplicable | Unknown:
    if credential.reason is Reason.NOT_DECLARED:
        return NotApplicable("no credential is configured for this remote")
    return Unknown(str(credential), piece=credential)
