"""The check ccr/autofollow-silent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from checks.ccr._calls import follow
from checks.ccr._followers import of_remote
from checks.shared.fixes import call, on_local
from checks.shared.index_patterns import CUT, excluded, included, is_whole, meant
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    Index,
    Indices,
    Json,
    Now,
    OfRemote,
    Remote,
    Replication,
    Request,
    Severity,
    as_fact,
    listed,
)

# So long a new index may be on its way: auto-follow takes notice of it once its shards have started, and then copies it.
_NEW_DAYS: Final = timedelta(minutes=10) / timedelta(days=1)
_MAX_CALLS: Final = 5


@check(
    "ccr/autofollow-silent",
    severity=Severity.WARNING,
    severities=(Severity.INFO,),
    docs=(docs.CCR_AUTO_FOLLOW, docs.CCR_SETUP),
    tags=("replication",),
    source="elasticsearch#36886; AutoFollowPattern, AutoFollowCoordinator; tried on 6.8.23 (a leader that is itself a follower is followed)",
)
def autofollow_silent(replication: Replication, remote: Remote, indices: OfRemote[Indices], now: Now) -> Yields:
    """An index that is to be replicated is not followed, and no error says so.

    Why it matters: it is missing here when it is needed. Auto-follow takes open indices that are made after its pattern; whatever was
    there before is left out without an error.

    How to fix: follow it by hand, ``PUT <follower>/_ccr/follow``, and let an auto-follow pattern name what is created later. What
    ``use.replicate`` declares is compared with what is followed; closed indices and those that Elasticsearch makes for itself are left out.

    Example: a pattern ``logs-*`` made today, and ``logs-2023`` from last year.
    """
    patterns = remote.use.replicate
    wanted = [one for one in indices.all if meant(patterns, one, indices) and not one.closed]
    if not patterns:
        yield NotApplicable("no use.replicate is declared for this remote")
        return
    if not is_whole(indices.all):
        yield Unknown(CUT)
    elif not wanted:
        yield NotApplicable("the remote cluster has no open index that use.replicate names")
    followed = {one.leader for one in of_remote(replication, remote)}
    automatic = None if replication.unlicensed else remote.alias in replication.auto_followed
    coming = {
        one.name
        for one in wanted
        if automatic and one.created is not None and not now.has_come(one.created, days=_NEW_DAYS)
    }
    missing = [one for one in wanted if one.name not in followed | coming]
    ordinary = [one for one in missing if one.replicable and not one.system and not one.follows]
    if ordinary:
        yield _not_followed(remote, ordinary, automatic=automatic)
    if second := [one for one in missing if one.replicable and not one.system and one.follows]:
        yield _not_followed_again(remote, second)
    if system := [one.name for one in missing if one.system]:
        yield Finding(
            summary=f"System indices can't be replicated, and use.replicate names some: {listed(system)}.",
            remedy="Take them out of use.replicate; their features have ways of their own to the other cluster, such as a snapshot.",
            facts={"observed": as_fact(system), "expected": "ordinary indices"},
        )


# What is known of auto-follow, and why an index is not followed: None stands for a cluster without a license, which does not report it.
_WHY: Final = {
    True: "They are older than the auto-follow pattern, or it does not name them.",
    False: "No active auto-follow pattern names this remote.",
    None: "The license of the local cluster does not include replication, so that nothing new is followed: fix that first (license/ccr).",
}


def _not_followed(remote: Remote, missing: Sequence[Index], *, automatic: bool | None) -> Finding:
    names = [one.name for one in missing]
    why = _WHY[automatic]
    return Finding(
        summary=f"Indices of the remote cluster that use.replicate names are not followed here: {len(names)} ({listed(names)}). {why}",
        remedy=f"Follow {'it' if len(names) == 1 else 'each of them'} by hand, and let an auto-follow pattern name what is created later"
        f"{' (exclusions: 7.14 and later)' if excluded(remote.use.replicate) else ''}.",
        fix=(
            *on_local(*_follow(remote, names)),
            *on_local(
                call("PUT", "_ccr/auto_follow/<name>", _pattern(remote)),
                when="for what is created later, where no pattern names it",
            ),
        ),
        facts={
            "observed": as_fact(names),
            "expected": "followed",
            "count": len(names),
            "auto_followed": automatic is True,
        },
    )


def _pattern(remote: Remote) -> dict[str, Json]:
    """The body of an auto-follow pattern for what use.replicate declares."""
    out = excluded(remote.use.replicate)
    return {
        "remote_cluster": remote.alias,
        "leader_index_patterns": list(included(remote.use.replicate)),
        **({"leader_index_exclusion_patterns": list(out)} if out else {}),
    }


def _follow(remote: Remote, names: Sequence[str]) -> tuple[Request, ...]:
    return tuple(follow(name, remote.alias, name) for name in names[:_MAX_CALLS])


def _not_followed_again(remote: Remote, missing: Sequence[Index]) -> Finding:
    """Where two clusters follow each other, their patterns leave the copies of the other side out: that is no fault."""
    names = [one.name for one in missing]
    return Finding(
        summary=f"Indices that use.replicate names are followers themselves on the remote cluster, and not followed here: {listed(names)}.",
        remedy="Follow them if they are to be passed on; if they come from this cluster, nothing is to be done.",
        fix=on_local(*_follow(remote, names), when="if they are to be passed on"),
        severity=Severity.INFO,
        facts={"observed": as_fact(names), "count": len(names)},
    )
