"""The check ccr/active-without-task."""

from __future__ import annotations

from typing import Final

from checks.ccr._followers import UNLICENSED, of_remote
from checks.shared.fixes import CLIENT_ROLE, call, on_local, on_local_nodes, put_settings
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import (
    Finding,
    Follower,
    Remote,
    Replication,
    Severity,
    as_fact,
    listed,
)

_ASSIGNMENT: Final = "_cluster/state/metadata?filter_path=metadata.persistent_tasks.tasks.assignment"
_ALLOCATION: Final = "cluster.persistent_tasks.allocation.enable"


@check(
    "ccr/active-without-task",
    severity=Severity.ERROR,
    explains=("ccr/follower-lag", "ccr/unfollow-ilm-wait", "ccr/write-failures"),
    docs=(docs.CCR_INSPECT, docs.API_FOLLOW_STATS),
    tags=("replication",),
    source="TransportFollowInfoAction (active: the persistent task exists), TransportFollowStatsAction (statistics come from tasks that run)",
)
def active_without_task(replication: Replication, remote: Remote) -> Yields:
    """A follower is reported as active, and no task replicates it.

    Why it matters: ``GET _ccr/info`` says ``active`` as soon as the task is wanted; statistics come from a task that runs. A task that no node
    may take stays away, and nothing is replicated, without any error.

    How to fix: give a data node the role ``remote_cluster_client`` (config/client-role-partial-ccr); ``GET _cluster/state/metadata`` says under
    ``persistent_tasks`` why a task is not assigned.

    Example: after ``node.roles`` was set, the only node with ``remote_cluster_client`` is a dedicated master.
    """
    found = of_remote(replication, remote)
    if not found:
        yield NotApplicable("no index follows one of this remote")
    elif replication.unlicensed:
        yield NotApplicable(UNLICENSED)
        return
    without = [one.index for one in found if not one.paused and _lacks_task(one)]
    if without:
        yield Finding(
            summary=f"{len(without)} of {len(found)} followers are active according to GET _ccr/info, and GET _ccr/stats shows no task for them: "
            f"nobody replicates {listed(without)}; expected a task for each.",
            remedy="The cluster state says why no node takes the task. Most often no data node has the role remote_cluster_client, or "
            "cluster.persistent_tasks.allocation.enable is none.",
            fix=(
                *on_local(call("GET", _ASSIGNMENT), when="to look"),
                *on_local_nodes(yml=[CLIENT_ROLE], when="if no data node has the role; restart the node"),
                *on_local(
                    put_settings({_ALLOCATION: None}, transient={_ALLOCATION: None}), when="if allocation is disabled"
                ),
            ),
            facts={"observed": as_fact(without), "expected": "a task for each", "count": len(without)},
        )


def _lacks_task(one: Follower) -> bool:
    """Whether no task runs. Where the evidence does not say so directly, anything that only a task reports shows that one runs."""
    if one.has_task is not None:
        return not one.has_task
    signs = (one.lag, one.seconds_since_read, one.fatal, one.exceptions, one.most_retries, one.failed_writes)
    return one.writes_fail is None and not any(signs)
