"""When what is shown of a cluster can't be trusted any more, and when what is said of it then has to be said anew."""

from __future__ import annotations

import time
from datetime import datetime

import structlog

from diag.board import ClusterState, other_maintenance
from diag.model import Policy

STALE_AFTER = 3  # Intervals without a finished round after which nothing that is shown may look healthy.

log = structlog.stdlib.get_logger("diag.daemon")


def why_stale(name: str, state: ClusterState | None, seen: float, interval: float) -> str:
    """Why what is shown of a cluster can't be trusted from now on; empty where it can, or where that is shown already.

    ``seen`` is when a round last finished, by the steady clock; ``interval`` is in seconds.
    """
    limit = STALE_AFTER * interval
    if (state and state.round.failure) or time.monotonic() - seen <= limit:
        return ""
    log.warning("round.missing", cluster=name, seconds=round(limit))
    return f"no round finished within {STALE_AFTER} intervals ({limit:g} s)"


def why_to_say_anew(state: ClusterState | None, policy: Policy, now: datetime) -> str:
    """Why what is shown can't be trusted, where a time of maintenance began or ended since it was put up; else empty."""
    changed = state is not None and bool(state.round.failure) and other_maintenance(state.report, policy, now)
    return state.round.failure if state is not None and changed else ""
