"""Where several checks apply: remotes of one security model, clusters that have releases."""

from __future__ import annotations

from typing import Final

from checks.shared.release_range import RELEASED
from diag.check import Applies
from diag.model import SecurityModel

API_KEY_REMOTES: Final = Applies.settings(models=(SecurityModel.API_KEY,))
CERTIFICATE_REMOTES: Final = Applies.settings(models=(SecurityModel.CERTIFICATE,))
BOTH_RELEASED: Final = Applies(local_kinds=RELEASED, remote_kinds=RELEASED)
CERTIFICATE_MODEL: Final = Applies(models=(SecurityModel.CERTIFICATE,))
