"""The check runtime/old-slow-unavailable."""

from __future__ import annotations

from checks.tables import docs
from checks.tables.versions import FAST_SKIPS
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import (
    Finding,
    LocalVersion,
    RemoteInfo,
    Severity,
)


@check(
    "runtime/old-slow-unavailable",
    severity=Severity.INFO,
    applies=Applies.settings(),
    docs=(docs.CCS_FAILURES,),
    tags=("search", "version"),
    source=FAST_SKIPS.source,
)
def old_slow_unavailable(info: RemoteInfo, local_version: LocalVersion) -> Yields:
    """The remote is down, and the local cluster is of a release that waits long for it.

    Why it matters: before 7.16 a search that skips a remote which does not answer still waits for it, up to 30 seconds each time.

    How to fix: fix the connection, or leave it out of the search; upgrade the local cluster to 7.16 or later.

    Example: every search over ``*:logs-*`` takes 30 seconds since one remote was shut down.
    """
    if info.connected or not info.listed:
        yield NotApplicable("the remote is connected" if info.listed else "the local cluster does not name this alias")
    elif local_version.number < FAST_SKIPS.since:
        yield Finding(
            summary=f"The remote is not connected, and {local_version} waits for it in each search, up to 30 seconds.",
            remedy="Fix the connection, or leave it out of the search; upgrade the local cluster to 7.16 or later.",
            facts={"observed": str(local_version), "expected": "7.16 or later"},
        )
