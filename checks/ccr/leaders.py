"""The leader indices on the remote cluster: whether they exist, whether they can be followed, what they use that is not replicated."""

from __future__ import annotations

from typing import Final

from checks.ccr.followers import UNLICENSED, has_lost_its_leader, of_remote
from checks.ccr.indices import CUT, is_whole, meant
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    MAX_FACTS,
    Finding,
    Follower,
    Index,
    LocalIndices,
    Reason,
    Remote,
    RemoteIndices,
    Replication,
    Severity,
    Unavailable,
    as_fact,
    listed,
    shorten,
)

_MOST_FINDINGS: Final = 20
_REINDEX: Final = (
    'On the remote cluster: PUT <new index> {{"settings": {{"index.soft_deletes.enabled": true}}}}, then POST _reindex from {name} '
    "into it, and follow that one."
)
_CALLS: Final = {"ILM policies": "_ilm/policy", "ingest pipelines": "_ingest/pipeline"}


@check(
    "ccr/leader-deleted",
    severity=Severity.ERROR,
    docs=(docs.CCR_TERM, docs.CCR_RECREATE),
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
def leader_deleted(replication: Replication, remote: Remote, indices: RemoteIndices | Unavailable) -> Yields:
    """The leader of a follower does not exist any more.

    Why it matters: the follower receives nothing, and never will: it looks for that very index, so that a new one of the same name
    does not help. Its data may be the last copy.

    How to fix: to keep the data as an ordinary index, pause, close and unfollow the follower. To go on, make the leader again,
    delete the follower, and follow anew. A follower that reads without an error has a leader: where the list of the remote cluster lacks it, the
    list is most likely that of another cluster, and nothing is concluded from it.

    Example: somebody deleted ``logs-2024`` on the remote cluster to make room.
    """
    found = of_remote(replication, remote)
    there = None if isinstance(indices, Unavailable) else frozenset(one.name for one in indices.all)
    whole = isinstance(indices, RemoteIndices) and is_whole(indices.all)
    missing = frozenset(one for one in found if there is not None and whole and one.leader not in there)
    odd = next((one for one in found if one in missing and _seems_to_read(one)), None)
    for one in found:
        if has_lost_its_leader(one) or (one in missing and odd is None):
            yield _deleted(one, another=there is not None and one.leader in there)
    if odd is not None:
        yield _contradicted(odd, replication)
    elif found and replication.unlicensed:
        yield NotApplicable(UNLICENSED)
    if not found:
        yield NotApplicable("no index follows one of this remote")
    elif isinstance(indices, Unavailable):
        yield NotApplicable(str(indices)) if indices.reason is Reason.NOT_ASKED else Unknown(str(indices))
    elif not whole:
        yield Unknown(CUT)


def _seems_to_read(one: Follower) -> bool:
    """Tell a follower of which no trouble is known: it has a leader, whatever a list says."""
    return not (one.fatal or one.paused or one.exceptions)


def _contradicted(one: Follower, replication: Replication) -> Unknown:
    name, leader = shorten(one.index, 80), shorten(one.leader, 80)
    but = (
        "whether the follower still reads is not told without a licence"
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
        else f" It says: {shorten(one.fatal, 300)}"
        if one.fatal
        else ""
    )
    make = "" if another else "make the leader again, "
    return Finding(
        summary=f"The leader {leader} of the follower {name} does not exist on the remote cluster any more.{more}",
        remedy=f"To keep the data as an ordinary index: POST {name}/_ccr/pause_follow, POST {name}/_close, POST {name}/_ccr/unfollow "
        f"(its answer is an error, for no leader is there to forget the follower; it counts all the same), POST {name}/_open. To follow again instead: {make}DELETE {name}, then PUT {name}/_ccr/follow",
        facts={"follower": one.index, "leader": one.leader, "observed": "no such leader", "expected": "the leader"},
    )


@check(
    "ccr/soft-deletes-off",
    severity=Severity.ERROR,
    docs=(docs.CCR,),
    tags=("replication", "settings"),
    source="documentation: cross-cluster replication, soft deletes",
    explains=("ccr/autofollow-errors", "ccr/autofollow-silent"),
)
def soft_deletes_off(replication: Replication, remote: Remote, indices: RemoteIndices) -> Yields:
    """An index that is to be replicated does not keep the history that a follower reads (soft deletes).

    Why it matters: it can't be followed: ``leader index [x] does not have soft deletes enabled``. Auto-follow says so once, and then passes
    over it. Looked at is what ``use.replicate`` names, and the leaders that are followed.

    How to fix: soft deletes can't be turned on later. Make a new index with them on the remote cluster, and reindex into it.

    Example: an index made by 6.8, where they are off unless asked for.
    """
    leaders = {one.leader for one in of_remote(replication, remote)}
    looked_at = [
        one
        for one in indices.all
        if one.name in leaders or (meant(remote.use.replicate, one, indices) and not one.system)
    ]
    if not (remote.use.replicate or leaders):
        yield NotApplicable("nothing is replicated from this remote, and no use.replicate is declared for it")
    elif not looked_at and is_whole(indices.all):
        yield NotApplicable("the remote cluster has no index that is followed or that use.replicate names")
    elif not is_whole(indices.all) and (remote.use.replicate or leaders - {one.name for one in looked_at}):
        yield Unknown(CUT)
    off = [one for one in looked_at if not one.replicable]
    for one in off[:_MOST_FINDINGS]:
        yield _without_history(one)
    if more := [one.name for one in off[_MOST_FINDINGS:]]:
        yield Finding(
            summary=f"{len(more)} more such indices of the remote cluster have no soft deletes: {listed(more)}.",
            remedy=_REINDEX.format(name="each"),
            facts={"observed": as_fact(more), "expected": "index.soft_deletes.enabled: true"},
        )


def _without_history(one: Index) -> Finding:
    name = shorten(one.name, 80)
    why = (
        "index.soft_deletes.enabled is false"
        if one.soft_deletes is not None
        else f"it was made by {one.created_in}, where they are off unless asked for"
    )
    return Finding(
        summary=f"The index {name} of the remote cluster is to be replicated and has no soft deletes: {why}.",
        remedy=_REINDEX.format(name=name),
        facts={"index": one.name, "observed": why, "expected": "index.soft_deletes.enabled: true"},
    )


@check(
    "ccr/not-replicated-parts",
    severity=Severity.INFO,
    docs=(docs.CCR,),
    tags=("replication", "failover"),
    source="documentation: cross-cluster replication, what is not replicated; a follower works without these, so that it is an info",
)
def not_replicated_parts(replication: Replication, remote: Remote, theirs: RemoteIndices, ours: LocalIndices) -> Yields:
    """A leader uses an ILM policy or an ingest pipeline that the local cluster does not have.

    Why it matters: replication copies documents, settings and mappings of an index, and nothing else. A follower works without them; after a
    failover, when it is written to, documents go in unprocessed or not at all, and the index is not rolled over.

    How to fix: create them on the local cluster under the same names, from what the remote cluster shows. Templates and aliases are not
    replicated either, and not compared here.

    Example: ``index.default_pipeline: geoip`` on the leader, and no such pipeline where it is followed.
    """
    names = {one.leader for one in of_remote(replication, remote)}
    leaders = [one for one in theirs.all if one.name in names]
    if not names:
        yield NotApplicable("no index follows one of this remote")
    elif not is_whole(theirs.all) and names - {one.name for one in leaders}:
        yield Unknown(CUT)
    elif not leaders:
        yield NotApplicable("the remote cluster has none of the leaders; ccr/leader-deleted is about that")
    for what, used, here in (
        ("ILM policies", sorted({one.policy for one in leaders} - {""}), ours.policies),
        ("ingest pipelines", sorted({name for one in leaders for name in one.pipelines}), ours.pipelines),
    ):
        missing = tuple(name for name in used if name not in here)
        if missing and not is_whole(here):
            yield Unknown(f"the local cluster has more {what} than are read")
        elif missing:
            yield _not_here(what, missing)


def _not_here(what: str, missing: tuple[str, ...]) -> Finding:
    call = f"{_CALLS[what]}/{shorten(missing[0], 80)}"
    return Finding(
        summary=f"Leaders use {what} that the local cluster does not have: {listed(missing)}.",
        remedy=f"On the local cluster: PUT {call} with what GET {call} shows on the remote cluster"
        f"{'; likewise the others' if len(missing) > 1 else ''}.",
        facts={"observed": missing[:MAX_FACTS], "expected": "the same on the local cluster", "what": what},
    )


CHECKS = (leader_deleted, soft_deletes_off, not_replicated_parts)
