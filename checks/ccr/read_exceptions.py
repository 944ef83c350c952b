"""The check ccr/read-exceptions."""

from __future__ import annotations

from checks.ccr._calls import change_settings, open_index, statistics
from checks.ccr._followers import each
from checks.ccr._reasons import class_of, names_its_cause
from checks.shared.fixes import Remedy, on_local, on_remote
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import (
    Finding,
    Follower,
    Index,
    Indices,
    OfRemote,
    Remote,
    RemoteInfo,
    Replication,
    Severity,
    Unavailable,
    shorten,
)


@check(
    "ccr/read-exceptions",
    severity=Severity.WARNING,
    severities=(Severity.ERROR,),
    docs=(docs.CCR_INSPECT, docs.API_FOLLOW_STATS),
    tags=("replication",),
    source="documentation: CCR stats API, read_exceptions",
    explains=("ccr/follower-lag",),
)
def read_exceptions(
    replication: Replication, remote: Remote, info: RemoteInfo | Unavailable, indices: OfRemote[Indices] | Unavailable
) -> Yields:
    """A follower fails to read from its leader, and tries again.

    Why it matters: while it fails it falls behind, and the lag that Elasticsearch shows stands still; after 12 hours the leader no longer
    has what it needs. A privilege that was taken away shows here and nowhere else.

    How to fix: the type of the error says what to look at: the connection, the privileges of the key, the leader index. Where the API of the remote cluster shows
    the leader closed or blocked, that is named.

    Example: ``connect_transport_exception`` since the firewall was changed.
    """
    for one in each(replication, remote):
        if isinstance(one, NotApplicable):
            yield one
            continue
        leader = None if isinstance(indices, Unavailable) else indices.named(one.leader)
        shut = "" if leader is None or one.paused or one.fatal else _shut(leader)
        if one.exceptions or shut:
            yield _failing_reads(one, shut, info)


def _shut(leader: Index) -> str:
    """Say what keeps a leader from being read, as the remote cluster reports it."""
    if leader.closed:
        return "closed"
    return "blocked by index.blocks.read" if "read" in (leader.blocks or ()) else ""


def _failing_reads(one: Follower, shut: str, info: RemoteInfo | Unavailable) -> Finding:
    leader = shorten(one.leader, 80)
    why = f" because its leader {leader} is {shut} on the remote cluster" if shut else class_of(one.exceptions[0], info)
    stated = f": {shorten(one.exceptions[0], 300)}" if one.exceptions else "."
    found = _remedy(one, shut)
    return Finding(
        summary=f"The follower {shorten(one.index, 80)} fails to read ({one.most_retries} tries so far){why}{stated}",
        remedy=found.sentence,
        fix=found.fix,
        in_group_only=bool(shut) or names_its_cause(one.exceptions[0]),
        severity=Severity.ERROR if shut or one.most_retries > 10 else Severity.WARNING,  # noqa: PLR2004 -- ten tries, further and further apart, take a minute.
        facts={
            "follower": one.index,
            "leader": one.leader,
            "observed": one.exceptions,
            "retries": one.most_retries,
            "leader_is": shut or "not known",
        },
    )


def _remedy(one: Follower, shut: str) -> Remedy:
    if shut == "closed":
        return Remedy("Open the leader; the follower then goes on by itself.", on_remote(open_index(one.leader)))
    if shut:
        unblocked = change_settings(one.leader, {"index.blocks.read": None})
        return Remedy("Remove the block of the leader; the follower then goes on by itself.", on_remote(unblocked))
    return Remedy(
        "Fix what the error names; the follower then goes on by itself.",
        on_local(statistics(one.index), when="to look"),
    )
