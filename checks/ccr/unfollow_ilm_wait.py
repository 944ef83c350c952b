"""The check ccr/unfollow-ilm-wait."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from checks.ccr._calls import open_index, resume, statistics, stop
from checks.ccr._followers import UNLICENSED, of_remote
from checks.shared.fixes import on_local
from checks.tables import docs
from checks.tables.versions import ILM_STEPS_SHOWN
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    Follower,
    Indices,
    LocalVersion,
    Now,
    OfLocal,
    Remote,
    Replication,
    Severity,
    Thresholds,
    shorten,
)

_HOUR: Final = 3600.0
_WAITS: Final = "wait-for-follow-shard-tasks"


@check(
    "ccr/unfollow-ilm-wait",
    severity=Severity.WARNING,
    docs=(docs.CCR_TERMINATE, docs.API_RESUME_FOLLOW),
    tags=("replication", "ilm"),
    source=f"WaitForFollowShardTasksStep; {ILM_STEPS_SHOWN.source}; the limit is chosen by diag",
)
def unfollow_ilm_wait(
    replication: Replication,
    remote: Remote,
    indices: OfLocal[Indices],
    local_version: LocalVersion,
    thresholds: Thresholds,
    now: Now,
) -> Yields:
    """ILM waits for a follower to catch up before it ends following, and the follower does not.

    Why it matters: the policy goes no further: the index is not moved, shrunk or deleted, and the disks fill up.

    How to fix: fix what keeps the follower back: its lag, its error or its pause. The step then goes on by itself. If the leader is not to be
    followed any more, pause, close and unfollow it by hand.

    Example: a follower that was paused, and whose policy reached ``wait-for-follow-shard-tasks`` meanwhile.
    """
    followers = {one.index: one for one in of_remote(replication, remote)}
    steps = [one for one in indices.all if one.name in followers and one.step]
    if not followers:
        yield NotApplicable("no index follows one of this remote")
    elif local_version.number < ILM_STEPS_SHOWN.since:
        yield NotApplicable(
            f"{local_version} does not show the steps of ILM in the metadata of an index, as 7.8 and later do"
        )
    elif not steps:
        yield NotApplicable("no follower of this remote is managed by ILM")
    for one in steps:
        if one.step != _WAITS:
            continue
        if one.step_since is None:
            yield Unknown(f"since when the follower {shorten(one.name, 80)} is in the step {_WAITS} is not known")
        elif not now.has_passed(one.step_since, days=thresholds.follower_wait_hours_warning / 24):
            continue
        elif back := _kept_back(followers[one.name]):
            yield _waits(followers[one.name], _hours(now, one.step_since), back, thresholds)
        elif replication.unlicensed:
            yield NotApplicable(UNLICENSED)
        else:
            yield _waits_for_nothing(followers[one.name], _hours(now, one.step_since))


def _hours(now: Now, since: datetime) -> float:
    return (now.at - since).total_seconds() / _HOUR


def _kept_back(one: Follower) -> str:
    """Why it does not catch up; empty where nothing is seen."""
    if one.fatal:
        return f"has stopped ({shorten(one.fatal, 200)})"
    if one.paused:
        return "is paused"
    return f"is {one.lag:,} operations behind" if one.lag else ""


def _waits_for_nothing(one: Follower, hours: float) -> Unknown:
    """ILM looks every few minutes: a follower that had caught up would not wait for hours."""
    name = shorten(one.index, 80)
    why = (
        "its reads fail, so that its lag does not change"
        if one.exceptions
        else f"nothing is seen that keeps it back; GET {name}/_ilm/explain says more"
    )
    return Unknown(f"the follower {name} is in the step {_WAITS} for {hours:,.0f} hours, and {why}")


def _waits(one: Follower, hours: float, back: str, thresholds: Thresholds) -> Finding:
    name = shorten(one.index, 80)
    first = (
        on_local(resume(one.index), when="to catch up")
        if one.paused
        else on_local(statistics(one.index), when="to look")
    )
    return Finding(
        summary=f"ILM waits in the step {_WAITS} for {hours:,.0f} hours, expected at most {thresholds.follower_wait_hours_warning:g}: the follower "
        f"{name} {back}.",
        remedy=f"{'Resume it' if one.paused else 'Its statistics show what keeps it back'}; or end following without waiting.",
        fix=(*first, *on_local(*stop(one), open_index(one.index), when="to end following without waiting")),
        facts={"follower": one.index, "observed": round(hours, 1), "expected": thresholds.follower_wait_hours_warning},
    )
