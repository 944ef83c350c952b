"""The check runtime/remote-health."""

from __future__ import annotations

from checks.shared.fixes import call, on_remote
from checks.tables import docs
from diag.check import Applies, Yields, check
from diag.model import (
    ClusterHealth,
    Finding,
    Severity,
)


@check(
    "runtime/remote-health",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.CCS_FAILURES,),
    tags=("remote",),
    source="documentation: cluster health API",
    explains=("runtime/skipped-clusters", "ccr/read-exceptions", "ccr/follower-lag"),
)
def remote_health(health: ClusterHealth) -> Yields:
    """The remote cluster is red: a primary shard is missing.

    Why it matters: searches of the affected indices give part of the results or fail, and followers of them stop.

    How to fix: ``GET _cluster/allocation/explain`` on the remote cluster says why a shard is not assigned.

    Example: the only node with a shard was shut down.
    """
    if health.status == "red":
        yield Finding(
            summary="The health of the remote cluster is red; expected green or yellow.",
            remedy="The remote cluster says why a shard is not assigned.",
            fix=on_remote(call("GET", "_cluster/allocation/explain"), when="to look"),
            facts={"observed": health.status, "expected": "green or yellow"},
        )
