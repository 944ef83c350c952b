"""What the configured API key looks like, and who else has the same one."""

from __future__ import annotations

from typing import Final

from diag.check import Applies, NotApplicable, Unknown
from diag.model import (
    Reason,
    SecurityModel,
    Unavailable,
)

BY_KEY: Final = Applies.settings(models=(SecurityModel.API_KEY,))


def not_known(credential: Unavailable) -> NotApplicable | Unknown:
    if credential.reason is Reason.NOT_TOLD:
        return NotApplicable("no credential is configured for this remote")
    return Unknown(str(credential))
