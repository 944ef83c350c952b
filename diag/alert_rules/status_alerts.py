"""How alerts on a status are called and how severe they are: in the rules, and where the daemon tells an Alertmanager itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from diag.model import Status

REMOTE_ALERTS: Final[Mapping[Status, str]] = {
    Status.FAIL: "RemoteClusterFailing",
    Status.UNKNOWN: "RemoteClusterUnknown",
    Status.WARN: "RemoteClusterWarning",
}
CLUSTER_ALERTS: Final[Mapping[Status, str]] = {
    Status.FAIL: "LocalClusterFailing",
    Status.UNKNOWN: "LocalClusterUnknown",
    Status.WARN: "LocalClusterWarning",
}
SEVERITIES: Final[Mapping[Status, str]] = {
    Status.FAIL: "critical",
    Status.UNKNOWN: "warning",
    Status.WARN: "info",
}
