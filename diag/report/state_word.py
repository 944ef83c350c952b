"""The state of a remote or of a local cluster as a reader sees it: symbol, word and colour."""

from __future__ import annotations

from typing import Final

from diag.engine import own_status
from diag.model import ClusterReport, RemoteReport, Status
from diag.report.coverage_text import MAINTENANCE, excuse
from diag.report.styler import Span

_STATES: Final[dict[Status, Span]] = {
    Status.FAIL: ("✗ FAIL", "bad"),
    Status.WARN: ("! WARN", "warn"),
    Status.UNKNOWN: ("? UNKNOWN", "warn"),
    Status.OK: ("✓ ok", "good"),
}
_IN_MAINTENANCE: Final[Span] = (f"? {MAINTENANCE}", "warn")


def state_of(remote: RemoteReport) -> Span:
    """The state of a remote."""
    if not (excused := excuse(remote)):
        return _STATES[remote.status]
    return _IN_MAINTENANCE if excused == MAINTENANCE else (f"✓ {excused}", "good")


def own_state_of(cluster: ClusterReport) -> Span:
    """The state of a local cluster itself, its remotes aside; without any remote it is never ok."""
    status = own_status(cluster)
    if not cluster.remotes and status is not Status.FAIL:
        return _STATES[Status.UNKNOWN]
    return _IN_MAINTENANCE if is_in_maintenance(cluster) else _STATES[status]


def is_in_maintenance(cluster: ClusterReport) -> bool:
    """Whether nothing but a time of maintenance leaves it open how the local cluster itself is."""
    return cluster.maintenance is not None and own_status(cluster) is Status.UNKNOWN
