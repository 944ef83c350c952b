"""How long an API key lives: how much of that is left, and whether it ends at all."""

from __future__ import annotations

from typing import Final

DAY: Final = 86400.0
