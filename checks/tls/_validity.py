"""The dates of certificates: those the peer presents, the trusted CAs, and those of the local cluster."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)


def in_days(length: timedelta) -> str:
    """Say a length of time in its largest useful unit."""
    for unit, name in ((DAY, "days"), (_HOUR, "hours"), (timedelta(minutes=1), "minutes")):
        if length >= 2 * unit:
            return f"{length // unit} {name}"
    return f"{max(0, int(length.total_seconds()))} seconds"
