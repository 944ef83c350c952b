"""What the probe from here and the errors of Elasticsearch say about a connection, in words for a sentence."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from checks.shared.peer import answered, is_remote_cluster_server
from diag.model import (
    Endpoints,
    ErrorKind,
    RemoteInfo,
    ResolvedCluster,
    SecurityModel,
    Unavailable,
    roles_refused_remotely,
)

# So much of what Elasticsearch itself says of an error stands in a sentence.
MAX_ERROR_LENGTH: Final = 300
FROM_HERE: Final = "seen from this machine, which need not have the network of the nodes"
_SUPERUSER: Final = "superuser"
# The first that fits; measured on 8.19 and 9.2.
_MEANINGS: Final = (
    (ErrorKind.LICENSE, "the license of the remote cluster does not allow API keys"),
    (ErrorKind.KEY_EXPIRED, "the API key has expired"),
    (ErrorKind.KEY_INVALIDATED, "the API key was invalidated"),
    (ErrorKind.KEY_NOT_FOUND, "the remote cluster has no such API key"),
    (ErrorKind.KEY_WRONG_TYPE, "the API key is of the wrong type"),
    (ErrorKind.NOT_AUTHENTICATED, "the remote cluster does not take the API key"),
    (ErrorKind.KEY_UNREADABLE, "the API key cannot be read"),
    (ErrorKind.KEY_NOT_SENT, "no API key is sent: the local keystore has none under this alias"),
    (ErrorKind.NOTHING_OPENS, "no connection opens"),
    (ErrorKind.UNKNOWN_HOST, "the name of the host does not resolve"),
)


def reported(resolved: ResolvedCluster | Unavailable) -> ResolvedCluster | None:
    """What came of asking the remote through the cluster; None where that says nothing of the connection."""
    return None if isinstance(resolved, Unavailable) or ErrorKind.PRIVILEGE.fits(resolved.error) else resolved


class MissingOn(StrEnum):
    """What lacks the privilege that an error is about."""

    LOGIN = "the login of diag"
    KEY = "the API key"
    KEY_OR_ROLE = "the API key or the role of the login of diag"


def missing_privilege(error: str) -> MissingOn | None:
    """Tell what lacks a privilege by an error; None where it is about something else."""
    if not ErrorKind.PRIVILEGE.fits(error):
        return None
    roles = roles_refused_remotely(error)
    if roles is None:
        return MissingOn.LOGIN
    return MissingOn.KEY if _SUPERUSER in roles else MissingOn.KEY_OR_ROLE


def meaning(error: str) -> str:
    """Say what an error of Elasticsearch means; empty where its text is not known."""
    return next((what for kind, what in _MEANINGS if kind.fits(error)), "")


def reaches(endpoints: Endpoints | Unavailable, model: SecurityModel) -> bool | None:
    """Tell whether a node answered us at the same addresses; None where nothing was looked at, or the answer is open."""
    if isinstance(endpoints, Unavailable) or not endpoints.probes:
        return None
    if all(isinstance(probe.connection, Unavailable) for probe in endpoints.probes):
        return False
    nodes = [probe for probe in endpoints.probes if answered(probe.transport)]
    if model is SecurityModel.API_KEY and any(is_remote_cluster_server(probe.key) is False for probe in nodes):
        return None
    return True if nodes else None


def sockets(info: RemoteInfo) -> str:
    """How many connections stand, of how many."""
    what = "nodes" if info.mode == "sniff" else "sockets"
    return f"{info.open} of {info.wanted} {what}"
