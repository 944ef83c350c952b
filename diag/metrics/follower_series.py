"""Cross-cluster replication in series: one of each family for each follower of which it is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from diag.metrics.label_values import Lines, label
from diag.model import Follower, FollowersHealth, InitialRecoveries, LocalApi, Replication, Unavailable

FAMILIES: Final[Mapping[str, str]] = {
    "diag_ccr_lag_operations": "How many operations a follower is behind its leader, summed over its shards.",
    "diag_ccr_since_last_read_seconds": "How long ago a follower last read from its leader; the longest of its shards.",
    "diag_ccr_paused": "1 where a follower is paused, else 0; one whose first copy runs is not.",
    "diag_ccr_red": "1 where a follower index is red, else 0.",
    "diag_ccr_copy_left_bytes": "How many bytes the first copy of a follower from its leader still has to fetch.",
}


def of_cluster(head: str, api: LocalApi) -> Lines:
    """Write what is known of each follower; ``head`` are the labels of the local cluster."""
    replication, health, recoveries = api[Replication], api[FollowersHealth], api[InitialRecoveries]
    if isinstance(replication, Unavailable):
        return {}
    shards = {} if isinstance(health, Unavailable) else {one.index: one for one in health.all}
    left = {} if isinstance(recoveries, Unavailable) else {one.index: one.left for one in recoveries.all}
    values: dict[str, list[tuple[Follower, str]]] = {family: [] for family in FAMILIES}
    for one in replication.followers:
        known = shards.get(one.index)
        # While a follower is copied for the first time, Elasticsearch calls it paused: where that can't be told, nothing is said.
        starts = known is None or bool(known.initializing)
        if not (one.paused and starts) or (known is not None and not isinstance(recoveries, Unavailable)):
            values["diag_ccr_paused"].append((one, str(int(one.paused and one.index not in left))))
        if known is not None:
            values["diag_ccr_red"].append((one, str(int(known.status == "red"))))
        if one.index in left:
            values["diag_ccr_copy_left_bytes"].append((one, str(left[one.index])))
        if not (one.paused or replication.unlicensed):
            values["diag_ccr_lag_operations"].append((one, str(one.lag)))
            values["diag_ccr_since_last_read_seconds"].append((one, repr(one.seconds_since_read)))
    return {
        family: [
            f'{family}{head},remote="{label(one.remote)}",follower="{label(one.index)}"}} {value}\n'
            for one, value in found
        ]
        for family, found in values.items()
    }
