"""How many worker processes there are: as the configuration says, or as many as there is work and cores for."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from diag.config.worker_count import AUTO, Workers
from diag.plan import Plan

# Remotes a second from which on the work of rounds keeps a core of its own busy for a tenth of the time: 1,500 with an interval of a minute.
BUSY_REMOTES_A_SECOND: Final = 25.0
MAX_AUTO: Final = 8
_CGROUP: Final = Path("/sys/fs/cgroup")


def number_of_workers(setting: Workers, plan: Plan) -> int:
    """The processes for a plan; 0: rounds run in the process itself."""
    if setting != AUTO:
        return setting
    # A cluster whose remotes are read from its API has one at least.
    remotes = sum(max(1, len(cluster.remotes)) for cluster in plan.in_shard)
    busy = remotes / plan.config.interval / BUSY_REMOTES_A_SECOND
    return 0 if busy < 1 else min(math.ceil(busy), usable_cores(), MAX_AUTO)


def usable_cores(cgroup: Path = _CGROUP, own: Path = Path("/proc/self/cgroup")) -> int:
    """The cores that this process may use: by its affinity, and by the quota of the groups that it is in (a container, a unit)."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, math.floor(min([float(cores), *_quotas(cgroup, own)])))


def _quotas(cgroup: Path, own: Path) -> Iterator[float]:
    """The cores by the quota of each group, from the own one up to the outermost."""
    try:
        place = next((line[3:] for line in own.read_text().splitlines() if line.startswith("0::")), "/")
    except OSError:
        place = "/"
    folder = cgroup / place.strip("/")
    for group in (folder, *folder.parents):
        if not group.is_relative_to(cgroup):
            return
        try:
            quota, period = (group / "cpu.max").read_text().split()
            yield int(quota) / int(period)
        except (OSError, ValueError, ZeroDivisionError):  # There is none, or it says "max".
            continue
