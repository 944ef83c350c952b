"""How long an API key lives: how much of that is left, and whether it ends at all."""

from __future__ import annotations

from typing import Final

from diag.check import Applies
from diag.model import SecurityModel

DAY: Final = 86400.0


BY_KEY: Final = Applies.settings(models=(SecurityModel.API_KEY,))
