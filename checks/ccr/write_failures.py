"""The check ccr/write-failures."""

from __future__ import annotations

from typing import Final

from checks.ccr._followers import each
from checks.shared.causes import FOLLOWER_STANDS_STILL
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import (
    Finding,
    Follower,
    Index,
    Indices,
    OfLocal,
    Remote,
    Replication,
    Severity,
    Unavailable,
    shorten,
)

# What keeps replication from writing to an index; read blocks searches alone.
_BLOCKING: Final = ("read_only_allow_delete", "read_only", "write")


@check(
    "ccr/write-failures",
    severity=Severity.ERROR,
    severities=(Severity.INFO, Severity.WARNING),
    explains=FOLLOWER_STANDS_STILL,
    docs=(docs.CCR_INSPECT, docs.A_FSTATS),
    tags=("replication",),
    source="documentation: CCR stats API, failed_write_requests, write_buffer_operation_count; index blocks; tried on 6.8.23, where writes to a "
    "blocked follower are tried again for ever",
)
def write_failures(replication: Replication, remote: Remote, indices: OfLocal[Indices] | Unavailable) -> Yields:
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
