"""Times at which replication needs care: an upgrade of clusters that follow each other, and the end of following by ILM."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from checks.ccr.followers import of_remote
from checks.config.direction import leads_here
from checks.remedies import shorten
from checks.tables import docs
from checks.version.released import RELEASED, extremes, may_be, span, unsure
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    Follower,
    LocalCluster,
    LocalIndices,
    LocalNodes,
    LocalVersion,
    Reason,
    Remote,
    RemoteFollows,
    RemoteNodes,
    RemoteRegistrations,
    RemoteVersion,
    Replication,
    Severity,
    Thresholds,
    Unavailable,
    Version,
)

_HOUR: Final = 3600.0
_STEPS_SHOWN: Final = Version(7, 8)
_WAITS: Final = "wait-for-follow-shard-tasks"


@check(
    "ccr/upgrade-order",
    severity=Severity.WARNING,
    applies=Applies(local_kinds=RELEASED, remote_kinds=RELEASED),
    docs=(docs.CCR_UPG, docs.CCR_BI),
    tags=("replication", "version"),
    source="documentation: upgrading clusters using cross-cluster replication, bi-directional",
)
def upgrade_order(  # noqa: PLR0913, PLR0917 -- each is one piece of evidence.
    remote: Remote,
    replication: Replication,
    follows: RemoteFollows | Unavailable,
    registrations: RemoteRegistrations | Unavailable,
    cluster: LocalCluster,
    local: LocalVersion,
    ours: LocalNodes | Unavailable,
    other: RemoteVersion,
    theirs: RemoteNodes | Unavailable,
) -> Yields:
    """The two clusters follow each other, and run different releases.

    Why it matters: a follower has to be on a cluster of the same or a newer release than its leader, which then does not hold for one of the two
    directions. An index that auto-follow takes up meanwhile on the older side fails.

    How to fix: pause following and auto-follow on both sides, upgrade both to the same release, then resume. Where only one follows the other,
    the follower goes first: version/ccr-local-older.

    Example: one of two clusters that follow each other was upgraded to 8.16, the other is at 8.15.
    """
    here, there = extremes(local, ours), extremes(other, theirs)
    if remote.alias not in replication.aliases:
        yield NotApplicable("nothing is replicated from this remote")
    elif isinstance(follows, Unavailable):
        yield NotApplicable(str(follows)) if follows.reason is Reason.NOT_ASKED else Unknown(str(follows))
    elif not follows.aliases:
        yield NotApplicable(
            "the remote cluster follows nothing: one direction only, version/ccr-local-older is about that"
        )
    elif len({*here, *there}) == 1:
        return
    elif not other.exact and may_be(other, local.number) is not False:
        yield Unknown(unsure(other, "whether both run the same release"))
    elif (mutual := _leads_back(follows, registrations, cluster, ours)) is None:
        yield Unknown("the remote cluster follows something, and it can't be told whether that is the local cluster")
    elif not mutual:
        yield NotApplicable(
            "what the remote cluster follows does not lead here: version/ccr-local-older is about one direction"
        )
    else:
        yield _differ(here, there)


def _leads_back(
    follows: RemoteFollows,
    registrations: RemoteRegistrations | Unavailable,
    cluster: LocalCluster,
    nodes: LocalNodes | Unavailable,
) -> bool | None:
    """Tell whether the remote cluster follows the local one; None where some of what it follows can't be placed."""
    if isinstance(registrations, Unavailable):
        return None
    used = (one for one in registrations.all if one.alias in follows.aliases)
    found = {leads_here(one, registrations, cluster, nodes) for one in used}
    return True if True in found else None if None in found else False


def _differ(here: tuple[Version, ...], there: tuple[Version, ...]) -> Finding:
    return Finding(
        summary=f"The clusters follow each other; the local one runs {here[0]}{span(here)} and the remote one {there[0]}{span(there)}, "
        "expected the same release.",
        remedy="On both clusters: POST <follower>/_ccr/pause_follow and POST _ccr/auto_follow/<name>/pause; upgrade both to the same release; "
        "then POST <follower>/_ccr/resume_follow and POST _ccr/auto_follow/<name>/resume, within 12 hours of the pause.",
        facts={"observed": (str(here[0]), str(there[0])), "expected": "the same release"},
    )


@check(
    "ccr/unfollow-ilm-wait",
    severity=Severity.INFO,
    docs=(docs.CCR_TERM, docs.A_RESUME),
    tags=("replication", "ilm"),
    source="WaitForFollowShardTasksStep; elasticsearch#66035, elasticsearch#69114; the limit is our choice",
)
def unfollow_ilm_wait(
    replication: Replication,
    remote: Remote,
    indices: LocalIndices,
    local: LocalVersion,
    limits: Thresholds,
    now: datetime,
) -> Yields:
    """ILM waits for a follower to catch up before it ends following, and the follower does not.

    Why it matters: the policy goes no further: the index is not moved, shrunk or deleted, and the disks fill up.

    How to fix: mend what keeps the follower back: its lag, its error or its pause. The step then goes on by itself. If the leader is not to be
    followed any more, pause, close and unfollow it by hand.

    Example: a follower that was paused, and whose policy reached ``wait-for-follow-shard-tasks`` meanwhile.
    """
    followers = {one.index: one for one in of_remote(replication, remote)}
    steps = [one for one in indices.all if one.name in followers and one.step]
    if not followers:
        yield NotApplicable("no index follows one of this remote")
    elif local.number < _STEPS_SHOWN:
        yield NotApplicable(f"{local} does not show the steps of ILM in the metadata of an index, as 7.8 and later do")
    elif not steps:
        yield NotApplicable("no follower of this remote is managed by ILM")
    for one in steps:
        back = _kept_back(followers[one.name])
        if one.step != _WAITS or not back:
            continue
        if one.step_since is None:
            yield Unknown(f"since when the follower {shorten(one.name, 80)} is in the step {_WAITS} is not told")
        elif (hours := (now - one.step_since).total_seconds() / _HOUR) > limits.follower_wait_hours_warning:
            yield _waits(followers[one.name], hours, back, limits)


def _kept_back(one: Follower) -> str:
    """Why it does not catch up; empty where nothing is seen."""
    if one.fatal:
        return f"has stopped ({shorten(one.fatal, 200)})"
    if one.paused:
        return "is paused"
    return f"is {one.lag:,} operations behind" if one.lag else ""


def _waits(one: Follower, hours: float, back: str, limits: Thresholds) -> Finding:
    name = shorten(one.index, 80)
    resume = f"POST {name}/_ccr/resume_follow" if one.paused else f"GET {name}/_ccr/stats shows what keeps it back"
    return Finding(
        summary=f"ILM waits in the step {_WAITS} for {hours:,.0f} hours, expected at most {limits.follower_wait_hours_warning:g}: the follower "
        f"{name} {back}.",
        remedy=f"{resume}. To end following without waiting: POST {name}/_ccr/pause_follow, POST {name}/_close, POST {name}/_ccr/unfollow, "
        f"POST {name}/_open.",
        severity=Severity.WARNING,
        facts={"follower": one.index, "observed": round(hours, 1), "expected": limits.follower_wait_hours_warning},
    )


CHECKS = (upgrade_order, unfollow_ilm_wait)
