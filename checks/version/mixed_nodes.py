"""The check version/mixed-nodes."""

from __future__ import annotations

from datetime import datetime, timedelta

from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    Nodes,
    Now,
    OfLocal,
    OfRemote,
    Severity,
    Thresholds,
    Unavailable,
    listed,
)


@check(
    "version/mixed-nodes",
    severity=Severity.WARNING,
    severities=(Severity.INFO,),
    docs=(docs.UPGRADE, docs.CCR_UPGRADE),
    tags=("nodes", "upgrade"),
    source="documentation: upgrade; nodes info API; the limit is chosen by diag",
)
def mixed_nodes(
    local_nodes: OfLocal[Nodes] | Unavailable,
    remote_nodes: OfRemote[Nodes] | Unavailable,
    thresholds: Thresholds,
    now: Now,
) -> Yields:
    """The nodes of a cluster run different releases.

    Why it matters: in the middle of an upgrade that is as it should be. Left so, a search works or fails by the node that it meets.
    Once no node was restarted for a day (``checks.thresholds.mixed_hours_warning``), it is a warning: the upgrade has stopped.

    How to fix: finish the upgrade.

    Example: one node of the remote was forgotten at 8.14 while the others run 8.15.
    """
    sides = [("local", local_nodes), ("remote", remote_nodes)]
    for whose, nodes in sides:
        if isinstance(nodes, Unavailable):
            continue
        if len(nodes.versions) > 1:
            started = _last_start(nodes)
            long = started is not None and now.has_passed(started, days=thresholds.mixed_hours_warning / 24)
            since = (
                f", and none was restarted for {_hours(now.at - started)} hours" if started is not None and long else ""
            )
            yield Finding(
                summary=f"The nodes of the {whose} cluster run {listed([str(one) for one in nodes.versions])}{since}; "
                "expected one release.",
                remedy=f"Finish the upgrade of the {whose} cluster.",
                severity=Severity.WARNING if long else Severity.INFO,
                facts={"side": whose, "observed": tuple(map(str, nodes.versions)), "expected": "one release"},
            )
        elif nodes.failed:
            yield Unknown(
                f"{nodes.failed} of {nodes.failed + len(nodes.all)} nodes of the {whose} cluster did not say which release they run"
            )
    absent = [nodes for _, nodes in sides if isinstance(nodes, Unavailable)]
    yield from (Unknown(str(nodes), piece=nodes) for nodes in absent if not nodes.not_configured)
    if len(absent) == len(sides) and all(nodes.not_configured for nodes in absent):
        yield NotApplicable(str(absent[0]))


def _last_start(nodes: Nodes) -> datetime | None:
    """When the last node was started: so long at least they have run what they run. None where one does not say."""
    starts = [node.started_at for node in nodes.all if node.started_at is not None]
    return max(starts) if starts and len(starts) == len(nodes.all) and not nodes.failed else None


def _hours(time: timedelta) -> int:
    return int(time.total_seconds() // 3600)
