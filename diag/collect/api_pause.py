"""How long to wait before a call is made again that a peer turned away."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

# Seconds before each further try where a peer turns a call away and does not say how long to wait.
PAUSES: Final = (1.0, 2.0, 4.0, 8.0, 16.0)


def pause_of(retry_after: str, otherwise: float) -> float:
    """How many seconds a peer asks to wait (RFC 9110, Retry-After: seconds, or a date); without a usable word ``otherwise``."""
    if retry_after.strip().isdecimal():
        return float(retry_after.strip()[:9])
    try:
        until = parsedate_to_datetime(retry_after)
    except ValueError:
        return otherwise
    until = until if until.tzinfo is not None else until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())
