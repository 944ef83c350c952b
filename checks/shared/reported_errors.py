"""What the probe from here and the errors of Elasticsearch say about a connection, in words for a sentence."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from checks.shared.peer import answered, is_remote_cluster_server
from diag.model import Endpoints, RemoteInfo, ResolvedCluster, SecurityModel, Unavailable

# So much of what Elasticsearch itself says of an error stands in a sentence.
MAX_ERROR_LENGTH: Final = 300
FROM_HERE: Final = "seen from this machine, which need not have the network of the nodes"
# What stands in an error where the login of diag lacks a privilege: it says nothing of the connection.
_OWN_LACK: Final = ("is unauthorized for user", "no remote indices privileges apply", "is unauthorized for API key")
# The remote cluster itself refused, with the key as the bound: what it may, and the roles of the user, both have to allow it.
_BY_THE_REMOTE: Final = "authenticated by API key id"
_ROLES: Final = re.compile(r"with (?:assigned|effective) roles \[([^\]]*)\]")
_SUPERUSER: Final = "superuser"
# Fragments of Elasticsearch's texts, and what each means; measured on 8.19 and 9.2.
_CLASSES: Final = (
    ("license is non-compliant", "the license of the remote cluster does not allow API keys"),
    ("api key is expired", "the API key has expired"),
    ("has been invalidated", "the API key was invalidated"),
    ("unable to find apikey", "the remote cluster has no such API key"),
    ("expected API key type", "the API key is of the wrong type"),
    ("unable to authenticate user", "the remote cluster does not take the API key"),
    ("error attempting to authenticate", "the API key cannot be read"),
    ("but none found", "no API key is sent: the local keystore has none under this alias"),
    ("Unable to open any", "no connection opens"),
    ("unknown host", "the name of the host does not resolve"),
)


def reported(resolved: ResolvedCluster | Unavailable) -> ResolvedCluster | None:
    """What came of asking the remote through the cluster; None where that says nothing of the connection."""
    return None if isinstance(resolved, Unavailable) or is_own_lack(resolved.error) else resolved


def is_own_lack(error: str) -> bool:
    """Tell whether an error is about what the login of diag may do."""
    return any(part in error for part in _OWN_LACK)


class MissingOn(StrEnum):
    """What lacks the privilege that an error is about."""

    LOGIN = "the login of diag"
    KEY = "the API key"
    KEY_OR_ROLE = "the API key or the role of the login of diag"


def lack_of(error: str) -> MissingOn | None:
    """Tell what lacks a privilege by an error; None where it is about something else."""
    if not is_own_lack(error):
        return None
    before, by_the_remote, _ = error.partition(_BY_THE_REMOTE)
    if not by_the_remote:
        return MissingOn.LOGIN
    roles = {role.strip() for found in _ROLES.findall(before) for role in found.split(",")}
    return MissingOn.KEY if _SUPERUSER in roles else MissingOn.KEY_OR_ROLE


def meaning(error: str) -> str:
    """Say what an error of Elasticsearch means; empty where its text is not known."""
    return next((what for part, what in _CLASSES if part in error), "")


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
