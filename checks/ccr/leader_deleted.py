"""The check ccr/leader-deleted."""

from __future__ import annotations

from checks.ccr._calls import delete, follow_again, open_index, stop
from checks.ccr._followers import UNLICENSED, follows_another, has_lost_its_leader, of_remote
from checks.shared.fixes import on_local
from checks.shared.index_patterns import CUT, is_whole
from checks.shared.reported_errors import MAX_ERROR_LENGTH
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check, missing
from diag.model import (
    Finding,
    Follower,
    Indices,
    OfLocal,
    OfRemote,
    Remote,
    Replication,
    Severity,
    Unavailable,
    shorten,
)


@check(
    "ccr/leader-deleted",
    severity=Severity.ERROR,
    docs=(docs.CCR_TERMINATE, docs.CCR_RECREATE),
    tags=("replication",),
    source="elasticsearch#96234; a deleted leader, and one that was made anew, were tried on 6.8.23",
    explains=(
        "ccr/fatal-exception",
        "ccr/read-exceptions",
        "ccr/follower-lag",
        "ccr/unfollow-ilm-wait",
        "ccr/retention-lease-expired",
    ),
)
def leader_deleted(
    replication: Replication,
    remote: Remote,
    indices: OfRemote[Indices] | Unavailable,
    here: OfLocal[Indices] | Unavailable,
) -> Yields:
    """The leader of a follower does not exist any more.

    Why it matters: the follower receives nothing, and never will: it looks for that very index, so that a new one of the same name
    does not help. Its data may be the last copy there is.

    How to fix: to keep the data as an ordinary index, pause, close and unfollow the follower. To go on, make the leader again,
    delete the follower, and follow anew. A follower that reads without an error has a leader: where the list of the remote cluster lacks it, the
    list is most likely that of another cluster, and nothing is concluded from it.

    Example: somebody deleted ``logs-2024`` on the remote cluster to make room.
    """
    found = of_remote(replication, remote)
    there = None if isinstance(indices, Unavailable) else frozenset(one.name for one in indices.all)
    whole = isinstance(indices, Indices) and is_whole(indices.all)
    another = frozenset(one for one in found if follows_another(one, here, indices))
    gone = another | {one for one in found if there is not None and whole and one.leader not in there}
    odd = next((one for one in found if one in gone and _seems_to_read(one)), None)
    for one in found:
        if has_lost_its_leader(one) or (one in gone and odd is None):
            yield _deleted(one, another=there is not None and one.leader in there)
    if odd is not None:
        yield _contradicted(odd, replication)
    elif found and replication.unlicensed:
        yield NotApplicable(UNLICENSED)
    if not found:
        yield NotApplicable("no index follows one of this remote")
    elif isinstance(indices, Unavailable):
        yield missing(indices)
    elif not whole:
        yield Unknown(CUT)


def _seems_to_read(one: Follower) -> bool:
    """Tell a follower of which no trouble is known: it has a leader, whatever a list says."""
    return not (one.fatal or one.paused or one.exceptions)


def _contradicted(one: Follower, replication: Replication) -> Unknown:
    name, leader = shorten(one.index, 80), shorten(one.leader, 80)
    but = (
        "whether the follower still reads is not reported without a license"
        if replication.unlicensed
        else "the follower reads without an error"
    )
    return Unknown(
        f"the remote cluster at url does not have {leader}, the leader of {name}, and {but}: is url of this remote that of the cluster "
        "that the alias leads to?"
    )


def _deleted(one: Follower, *, another: bool) -> Finding:
    name, leader = shorten(one.index, 80), shorten(one.leader, 80)
    more = (
        " An index of that name is there now, which is another one to the follower."
        if another
        else f" It says: {shorten(one.fatal, MAX_ERROR_LENGTH)}"
        if one.fatal
        else ""
    )
    first = "" if another else ", once the leader exists again"
    return Finding(
        summary=f"The leader {leader} of the follower {name} does not exist on the remote cluster any more.{more}",
        remedy="Keep the data as an ordinary index (unfollow answers with an error, because the leader is missing, and takes effect all the same), "
        f"or {'' if another else 'make the leader again, '}delete the follower and follow again.",
        fix=(
            *on_local(*stop(one), open_index(one.index), when="to keep the data as an ordinary index"),
            *on_local(delete(one.index), follow_again(one), when=f"to follow again instead{first}"),
        ),
        facts={"follower": one.index, "leader": one.leader, "observed": "no such leader", "expected": "the leader"},
    )
