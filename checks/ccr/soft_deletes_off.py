"""The check ccr/soft-deletes-off."""

from __future__ import annotations

from typing import Final

from checks.ccr._calls import follow
from checks.ccr._followers import of_remote
from checks.shared.fixes import call, on_local, on_remote
from checks.shared.index_patterns import CUT, is_whole, meant
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    Fix,
    Index,
    Indices,
    OfRemote,
    Remote,
    Replication,
    Severity,
    as_fact,
    listed,
    shorten,
)

_MAX_FINDINGS: Final = 20
_REINDEX: Final = "Reindex it on the remote cluster into a new index with soft deletes, and follow that one."


@check(
    "ccr/soft-deletes-off",
    severity=Severity.ERROR,
    docs=(docs.CCR,),
    tags=("replication", "settings"),
    source="documentation: cross-cluster replication, soft deletes",
    explains=("ccr/autofollow-errors", "ccr/autofollow-silent"),
)
def soft_deletes_off(replication: Replication, remote: Remote, indices: OfRemote[Indices]) -> Yields:
    """An index that is to be replicated does not keep the history that a follower reads (soft deletes).

    Why it matters: it can't be followed: ``leader index [x] does not have soft deletes enabled``. Auto-follow says so once, and then passes
    over it. Looked at is what ``use.replicate`` names, and the leaders that are followed.

    How to fix: soft deletes can't be turned on later. Make a new index with them on the remote cluster, and reindex into it.

    Example: an index made by 6.8, where they are off unless asked for.
    """
    leaders = {one.leader for one in of_remote(replication, remote)}
    examined = [
        one
        for one in indices.all
        if one.name in leaders or (meant(remote.use.replicate, one, indices) and not one.system)
    ]
    if not (remote.use.replicate or leaders):
        yield NotApplicable("nothing is replicated from this remote, and no use.replicate is declared for it")
    elif not examined and is_whole(indices.all):
        yield NotApplicable("the remote cluster has no index that is followed or that use.replicate names")
    elif not is_whole(indices.all) and (remote.use.replicate or leaders - {one.name for one in examined}):
        yield Unknown(CUT)
    off = [one for one in examined if not one.replicable]
    for one in off[:_MAX_FINDINGS]:
        yield _without_history(one, remote)
    if more := [one.name for one in off[_MAX_FINDINGS:]]:
        yield Finding(
            summary=f"{len(more)} more such indices of the remote cluster have no soft deletes: {listed(more)}.",
            remedy=_REINDEX.replace("it", "each", 1),
            fix=_reindex("<index>", remote),
            facts={"observed": as_fact(more), "expected": "index.soft_deletes.enabled: true"},
        )


def _reindex(name: str, remote: Remote) -> tuple[Fix, ...]:
    new = "<new index>"
    return (
        *on_remote(
            call("PUT", new, {"settings": {"index.soft_deletes.enabled": True}}),
            call("POST", "_reindex", {"source": {"index": name}, "dest": {"index": new}}),
        ),
        *on_local(follow(new, remote.alias, new)),
    )


def _without_history(one: Index, remote: Remote) -> Finding:
    name = shorten(one.name, 80)
    why = (
        "index.soft_deletes.enabled is false"
        if one.soft_deletes is not None
        else f"it was made by {one.created_in}, where they are off unless asked for"
    )
    return Finding(
        summary=f"The index {name} of the remote cluster is to be replicated and has no soft deletes: {why}.",
        remedy=_REINDEX,
        fix=_reindex(one.name, remote),
        facts={"index": one.name, "observed": why, "expected": "index.soft_deletes.enabled: true"},
    )
