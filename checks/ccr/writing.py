"""Followers that stand still on this side: no task that replicates, writes that fail, an index that is closed."""

from __future__ import annotations

from typing import Final

from checks.ccr.followers import UNLICENSED, each, of_remote
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    Follower,
    Index,
    LocalIndices,
    Remote,
    Replication,
    Severity,
    Unavailable,
    as_fact,
    listed,
    shorten,
)

# What keeps replication from writing to an index; read blocks searches alone.
_BLOCKING: Final = ("read_only_allow_delete", "read_only", "write")
_STANDS_STILL: Final = ("ccr/follower-lag", "ccr/unfollow-ilm-wait")


@check(
    "ccr/active-without-task",
    severity=Severity.ERROR,
    explains=("ccr/follower-lag", "ccr/unfollow-ilm-wait", "ccr/write-failures"),
    docs=(docs.CCR_INSPECT, docs.A_FSTATS),
    tags=("replication",),
    source="TransportFollowInfoAction (active: the persistent task exists), TransportFollowStatsAction (statistics come from tasks that run)",
)
def active_without_task(replication: Replication, remote: Remote) -> Yields:
    """A follower is called active, and no task replicates it.

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
            summary=f"{len(without)} of {len(found)} followers are active by GET _ccr/info, and GET _ccr/stats shows no task for them: nobody "
            f"replicates {listed(without)}.",
            remedy="GET _cluster/state/metadata?filter_path=metadata.persistent_tasks.tasks.assignment says why no node takes the task; most often "
            "no data node has the role remote_cluster_client, or cluster.persistent_tasks.allocation.enable is none.",
            facts={"observed": as_fact(without), "expected": "a task for each", "count": len(without)},
        )


def _lacks_task(one: Follower) -> bool:
    """Whether no task runs. Evidence that does not tell it directly shows nothing that only a task could have told."""
    if one.has_task is not None:
        return not one.has_task
    signs = (one.lag, one.seconds_since_read, one.fatal, one.exceptions, one.most_retries, one.failed_writes)
    return one.writes_fail is None and not any(signs)


@check(
    "ccr/follower-closed",
    severity=Severity.ERROR,
    explains=("ccr/write-failures", *_STANDS_STILL),
    docs=(docs.CCR_INSPECT, docs.CCR_TERM),
    tags=("replication",),
    source="documentation: open index API; ShardFollowNodeTask tries a write to a closed index again and again",
)
def follower_closed(replication: Replication, remote: Remote, indices: LocalIndices) -> Yields:
    """A follower index is closed while it should follow.

    Why it matters: nothing is written to a closed index and it can't be searched; after 12 hours the leader forgets what it misses. A follower
    that is paused may be closed on purpose: to be unfollowed, it has to.

    How to fix: ``POST <follower>/_open``. It then goes on by itself.

    Example: closed to change an analyzer, and forgotten.
    """
    if not of_remote(replication, remote):
        yield NotApplicable("no index follows one of this remote")
    for one in of_remote(replication, remote):
        index = indices.named(one.index)
        if index is None:
            yield Unknown(f"the local cluster does not show the follower {shorten(one.index, 80)}")
        elif index.closed and not one.paused:
            yield Finding(
                summary=f"The follower {shorten(one.index, 80)} is closed, and replication is not paused: nothing can be written to it.",
                remedy=f"POST {shorten(one.index, 80)}/_open. If it is to be no follower any more: POST {shorten(one.index, 80)}/_ccr/pause_follow, "
                f"POST {shorten(one.index, 80)}/_ccr/unfollow.",
                facts={"follower": one.index, "observed": "closed", "expected": "open"},
            )


@check(
    "ccr/write-failures",
    severity=Severity.ERROR,
    explains=_STANDS_STILL,
    docs=(docs.CCR_INSPECT, docs.A_FSTATS),
    tags=("replication",),
    source="documentation: CCR stats API, failed_write_requests, write_buffer_operation_count; index blocks; tried on 6.8.23, where writes to a "
    "blocked follower are tried again for ever",
)
def write_failures(replication: Replication, remote: Remote, indices: LocalIndices | Unavailable) -> Yields:
    """A follower can't be written to: what it reads from its leader does not arrive in the index.

    Why it matters: such writes are tried again for ever and without an error; the lag that is shown may stand at 0 meanwhile. Most often the
    disks were too full, and Elasticsearch set ``index.blocks.read_only_allow_delete``.

    How to fix: free disk space or take the block away: ``PUT <follower>/_settings {"index.blocks.read_only_allow_delete": null}``. It then goes
    on by itself. Failures that are over stay in the counter until the task begins anew; they are an info.

    Example: ``failed_write_requests: 97`` and growing, since the flood stage of the disk watermarks was reached.
    """
    for one in each(replication, remote):
        if isinstance(one, NotApplicable):
            yield one
            continue
        index = None if isinstance(indices, Unavailable) else indices.named(one.index)
        blocks = () if index is None else tuple(name for name in _BLOCKING if name in (index.blocks or ()))
        if not one.paused and not one.fatal and (one.failed_writes or blocks):
            yield _failing(one, index, blocks)


def _failing(one: Follower, index: Index | None, blocks: tuple[str, ...]) -> Finding:
    name = shorten(one.index, 80)
    waiting = f", {one.waiting_writes:,} operations wait" if one.waiting_writes else ""
    counted = f"{one.failed_writes:,} writes to the follower {name} have failed{waiting}"
    facts: dict[str, str | int | float | bool | tuple[str, ...]] = {
        "follower": one.index,
        "observed": one.failed_writes,
        "expected": 0,
        "blocks": blocks,
    }
    if blocks:
        settings = ", ".join(f'"index.blocks.{block}": null' for block in blocks)
        return Finding(
            summary=f"The follower {name} is blocked by {', '.join(f'index.blocks.{block}' for block in blocks)}: nothing can be written to it. "
            f"{counted if one.failed_writes else 'No write has failed yet'}.",
            remedy=f"If disks are full (read_only_allow_delete), free space first: GET _cat/allocation. Then PUT {name}/_settings {{{settings}}}",
            facts=facts,
        )
    if one.writes_fail is False and one.waiting_writes == 0:
        return Finding(
            summary=f"{counted} since its task began; none while it was looked at, and none wait: that is over.",
            remedy="Nothing is to be done; the counter begins anew with the task.",
            severity=Severity.INFO,
            facts=facts,
        )
    lately = "" if index is None or index.blocks is None else "; it has no index.blocks that forbids writing"
    return Finding(
        summary=f"{counted}{', and more all the time' if one.writes_fail else ''}{lately}: what it reads does not arrive.",
        remedy=f"GET {name}/_settings/index.blocks* and GET _cluster/settings (cluster.blocks) show blocks, GET _cat/allocation full disks, and the log of "
        f"the node that holds {name} says why writes fail. Take a block away with PUT {name}/_settings "
        '{"index.blocks.read_only_allow_delete": null, "index.blocks.write": null}; it then goes on by itself.',
        severity=Severity.ERROR if one.writes_fail or one.waiting_writes else Severity.WARNING,
        facts=facts,
    )


CHECKS = (active_without_task, follower_closed, write_failures)
