"""The check ccr/write-failures."""

from __future__ import annotations

from typing import Final

from checks.ccr._calls import change_settings
from checks.ccr._followers import each
from checks.shared.causes import FOLLOWER_STOPPED
from checks.shared.fixes import call, on_local
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import (
    Fact,
    Finding,
    Follower,
    Index,
    Indices,
    OfLocal,
    Remote,
    Replication,
    Severity,
    Unavailable,
    in_path,
    shorten,
)

# What keeps replication from writing to an index; read blocks searches alone.
_BLOCKING: Final = ("read_only_allow_delete", "read_only", "write")
_DISKS: Final = call("GET", "_cat/allocation")


@check(
    "ccr/write-failures",
    severity=Severity.ERROR,
    severities=(Severity.INFO, Severity.WARNING),
    explains=FOLLOWER_STOPPED,
    docs=(docs.CCR_INSPECT, docs.API_FOLLOW_STATS),
    tags=("replication",),
    source="documentation: CCR stats API, failed_write_requests, write_buffer_operation_count; index blocks; tried on 6.8.23, where writes to a "
    "blocked follower are tried again for ever",
)
def write_failures(replication: Replication, remote: Remote, indices: OfLocal[Indices] | Unavailable) -> Yields:
    """A follower can't be written to: what it reads from its leader does not arrive in the index.

    Why it matters: such writes are tried again for ever and without an error; the lag that is shown may stand at 0 meanwhile. Most often the
    disks were too full, and Elasticsearch set ``index.blocks.read_only_allow_delete``.

    How to fix: free disk space or remove the block: ``PUT <follower>/_settings {"index.blocks.read_only_allow_delete": null}``. It then goes
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
    facts: dict[str, Fact] = {
        "follower": one.index,
        "observed": one.failed_writes,
        "expected": 0,
        "blocks": blocks,
    }
    if blocks:
        unblocked = change_settings(one.index, {f"index.blocks.{block}": None for block in blocks})
        return Finding(
            summary=f"The follower {name} is blocked by {', '.join(f'index.blocks.{block}' for block in blocks)}: nothing can be written to it. "
            f"{counted if one.failed_writes else 'No write has failed yet'}.",
            remedy="If disks are full (read_only_allow_delete), free space first. Then remove the block.",
            fix=(*on_local(_DISKS, when="to look"), *on_local(unblocked, when="once there is space")),
            facts=facts,
        )
    if one.writes_fail is False and one.waiting_writes == 0:
        return Finding(
            summary=f"{counted} since its task began; none while diag looked, and none wait: that is over.",
            remedy="Nothing is to be done; the counter begins anew with the task.",
            severity=Severity.INFO,
            facts=facts,
        )
    return _still_failing(one, index, counted, facts)


def _still_failing(one: Follower, index: Index | None, counted: str, facts: dict[str, Fact]) -> Finding:
    lately = "" if index is None or index.blocks is None else "; it has no index.blocks that forbids writing"
    return Finding(
        summary=f"{counted}{', and more all the time' if one.writes_fail else ''}{lately}: what it reads does not arrive.",
        remedy="Look for blocks (index.blocks, cluster.blocks) and full disks; the log of the node that holds the follower says why writes fail. "
        "Remove the block; the follower then goes on by itself.",
        fix=(
            *on_local(
                call("GET", f"{in_path(one.index)}/_settings/index.blocks*"),
                call("GET", "_cluster/settings"),
                _DISKS,
                when="to look",
            ),
            *on_local(
                change_settings(one.index, {"index.blocks.read_only_allow_delete": None, "index.blocks.write": None}),
                when="if it is blocked",
            ),
        ),
        severity=Severity.ERROR if one.writes_fail or one.waiting_writes else Severity.WARNING,
        facts=facts,
    )
