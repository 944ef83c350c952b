"""Settings of the nodes that concern all remotes: how long they wait."""

from __future__ import annotations

import re
from typing import Final

_UNITS: Final = {"nanos": 1e-9, "micros": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def seconds_of(text: str) -> float | None:
    """Read a time of Elasticsearch, such as ``30s`` or ``500ms``; None for anything else."""
    found = re.fullmatch(r"(\d{1,12})(nanos|micros|ms|s|m|h|d)", text.strip().lower())
    return int(found[1]) * _UNITS[found[2]] if found else None
