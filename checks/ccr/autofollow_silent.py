"""The check ccr/autofollow-silent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from checks.ccr._followers import of_remote
from checks.shared.index_patterns import CUT, excluded, included, is_whole, meant
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
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

# So long a new index may be on its way: auto-follow takes notice of it once its shards have started, and then copies it.
_NEW: Final = timedelta(minutes=10)
_MAX_PATTERNS: Final = 5


@check(
    "ccr/autofollow-silent",
    severity=Severity.WARNING,
    severities=(Severity.INFO,),
    docs=(docs.CCR_AUTO, docs.CCR_SETUP),
    tags=("replication",),
    source="elasticsearch#36886; AutoFollowPattern, AutoFollowCoordinator; tried on 6.8.23 (a leader that is itself a follower is followed)",
)
def autofollow_silent(replication: Replication, remote: Remote, indices: OfRemote[Indices], now: datetime) -> Yields:
    """An index that is to be replicated is not followed, and no error says so.

    Why it matters: it is missing here when it is needed. Auto-follow takes what is made after its pattern and is open; whatever was there
    before is left out without a word.

    How to fix: follow it by hand, ``PUT <follower>/_ccr/follow``, and let an auto-follow pattern name what comes. What
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
    coming = {one.name for one in wanted if automatic and one.created is not None and now - one.created < _NEW}
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


# What is known of auto-follow, and why an index is not followed: None stands for a cluster without a license, which does not tell.
_WHY: Final = {
    True: "They are older than the auto-follow pattern, or it does not name them.",
    False: "No active auto-follow pattern names this remote.",
    None: "The license of the local cluster does not include replication, so that nothing new is followed: that comes first (license/ccr).",
}


def _not_followed(remote: Remote, missing: Sequence[Index], *, automatic: bool | None) -> Finding:
    names = [one.name for one in missing]
    why = _WHY[automatic]
    return Finding(
        summary=f"Indices of the remote cluster that use.replicate names are not followed here: {len(names)} ({listed(names)}). {why}",
        remedy=f"{_follow(remote, names[0])}{' and likewise the others' if len(names) > 1 else ''}; "
        f"for what comes, PUT _ccr/auto_follow/<name> {_later(remote)}",
        facts={
            "observed": as_fact(names),
            "expected": "followed",
            "count": len(names),
            "auto_followed": automatic is True,
        },
    )


def _later(remote: Remote) -> str:
    """The body of an auto-follow pattern for what use.replicate declares."""
    wanted, out = included(remote.use.replicate), excluded(remote.use.replicate)
    body = {
        "remote_cluster": shorten(remote.alias),
        "leader_index_patterns": _shown(wanted),
        **({"leader_index_exclusion_patterns": _shown(out)} if out else {}),
    }
    return json.dumps(body) + (" (exclusions: 7.14 and later)" if out else "")


def _shown(patterns: Sequence[str]) -> list[str]:
    shown = [shorten(one, 80) for one in patterns[:_MAX_PATTERNS]]
    return shown if len(patterns) <= _MAX_PATTERNS else [*shown, "…"]


def _not_followed_again(remote: Remote, missing: Sequence[Index]) -> Finding:
    """Where two clusters follow each other, their patterns leave the copies of the other side out: that is no fault."""
    names = [one.name for one in missing]
    return Finding(
        summary=f"Indices that use.replicate names are followers themselves on the remote cluster, and not followed here: {listed(names)}.",
        remedy=f"If they are to be passed on: {_follow(remote, names[0])}; if they come from this cluster, nothing is to be done.",
        severity=Severity.INFO,
        facts={"observed": as_fact(names), "count": len(names)},
    )


def _follow(remote: Remote, name: str) -> str:
    body = json.dumps({"remote_cluster": shorten(remote.alias), "leader_index": shorten(name)})
    return f"PUT {shorten(name)}/_ccr/follow {body}"
