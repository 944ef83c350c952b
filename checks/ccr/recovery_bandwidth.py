"""The check ccr/recovery-bandwidth."""

from __future__ import annotations

import math
from typing import Final

from checks.ccr._followers import of_remote
from checks.shared.fixes import on_local, put_settings
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import (
    Finding,
    InitialRecoveries,
    Remote,
    Replication,
    Severity,
    Thresholds,
)

_HOUR: Final = 3600.0
_MB: Final = 1 << 20
_GB: Final = 1 << 30


@check(
    "ccr/recovery-bandwidth",
    severity=Severity.INFO,
    docs=(docs.CCR_SETTINGS,),
    tags=("replication", "settings"),
    source="documentation: cross-cluster replication settings; the limit is chosen by diag",
)
def recovery_bandwidth(
    replication: Replication, remote: Remote, copies: InitialRecoveries, thresholds: Thresholds
) -> Yields:
    """The first copy of followers takes long at the rate that is allowed.

    Why it matters: until it is done the index is not there for searches, and the leader has to keep everything that happens meanwhile.

    How to fix: raise ``ccr.indices.recovery.max_bytes_per_sec`` on the local cluster, if the link and the disks carry more. It holds for each
    node, so that several nodes copy faster than one.

    Example: 5 TB at the usual 40 MB a second take 36 hours.
    """
    local_side = {one.index for one in of_remote(replication, remote)}
    left = sum(one.left for one in copies.all if one.index in local_side)
    if not left:
        yield NotApplicable("no follower of this remote is being copied now")
    elif copies.rate <= 0:
        yield NotApplicable("ccr.indices.recovery.max_bytes_per_sec sets no limit")
    elif left > copies.rate * _HOUR * thresholds.follower_copy_hours_info:
        hours = left / copies.rate / _HOUR
        wanted = math.ceil(left / (thresholds.follower_copy_hours_info * _HOUR) / _MB)
        yield Finding(
            summary=f"{_size(left)} are left to copy from this remote, which takes one node {hours:,.1f} hours at "
            f"ccr.indices.recovery.max_bytes_per_sec: {_rate(copies.rate)}; expected at most {thresholds.follower_copy_hours_info:g} hours.",
            remedy=f"Raise the rate if the link and the disks carry it; now it is {_rate(copies.rate)} for each node.",
            fix=on_local(put_settings({"ccr.indices.recovery.max_bytes_per_sec": f"{wanted}mb"})),
            facts={"observed": _rate(copies.rate), "expected": f"{wanted}mb", "left": left, "hours": round(hours, 1)},
        )


def _size(number: int) -> str:
    return f"{number / _GB:,.1f} GB" if number >= _GB else f"{number / _MB:,.1f} MB"


def _rate(number: int) -> str:
    """A number of bytes as Elasticsearch writes it in a setting."""
    for unit, size in (("gb", _GB), ("mb", _MB), ("kb", 1 << 10)):
        if number % size == 0:
            return f"{number // size}{unit}"
    return f"{number}b"
