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
    dataclass,
    roles_refused_remotely,
)

# So much of what Elasticsearch itself says of an error stands in a sentence.
MAX_ERROR_LENGTH: Final = 300
FROM_HERE: Final = "seen from this machine, which need not have the network of the nodes"
_SUPERUSER: Final = "superuser"


@dataclass(frozen=True, slots=True)
class _Known:
    """A kind of error, what it means, and what is done about it."""

    kind: ErrorKind
    means: str
    remedy: str


_NEW_KEY: Final = "Create a cross-cluster API key on the remote cluster, store its encoded form under this alias in the keystore of each local node, and reload it."
_SIGN: Final = "auth/signature-missing and auth/cert-identity-mismatch say how requests are signed."
# The first that fits; measured on 8.19 and 9.2, those of signatures by the source (ApiKeyService of 9.3).
_ERRORS: Final = (
    _Known(
        ErrorKind.LICENSE,
        "the license of the remote cluster does not allow API keys",
        "Fix the license of the remote cluster; license/apikey-noncompliant says which one it needs.",
    ),
    _Known(ErrorKind.KEY_EXPIRED, "the API key has expired", _NEW_KEY),
    _Known(ErrorKind.KEY_INVALIDATED, "the API key was invalidated", _NEW_KEY),
    _Known(ErrorKind.KEY_NOT_FOUND, "the remote cluster has no such API key", _NEW_KEY),
    _Known(ErrorKind.KEY_WRONG_TYPE, "the API key is of the wrong type", _NEW_KEY),
    _Known(
        ErrorKind.KEY_NEEDS_SIGNATURE,
        "the API key is bound to a certificate identity, and the request was not signed",
        _SIGN,
    ),
    _Known(ErrorKind.KEY_OF_OTHER_IDENTITY, "the API key is bound to another certificate identity", _SIGN),
    _Known(ErrorKind.NOT_AUTHENTICATED, "the remote cluster does not take the API key", _NEW_KEY),
    _Known(ErrorKind.KEY_UNREADABLE, "the API key cannot be read", _NEW_KEY),
    _Known(
        ErrorKind.KEY_NOT_SENT,
        "no API key is sent: the local keystore has none under this alias",
        "Store the encoded API key under this alias in the keystore of each local node, and reload it.",
    ),
    _Known(ErrorKind.NOTHING_OPENS, "no connection opens", ""),
    _Known(
        ErrorKind.UNKNOWN_HOST,
        "the name of the host does not resolve",
        "Correct the name in the address, or the name service of the local nodes.",
    ),
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
    found = _known(error)
    return found.means if found else ""


def what_to_do(error: str) -> str:
    """Say what is done about an error of Elasticsearch; empty where its text does not tell."""
    found = _known(error)
    return found.remedy if found else ""


def _known(error: str) -> _Known | None:
    return next((one for one in _ERRORS if one.kind.fits(error)), None)


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
    """How many connections are open, of how many."""
    what = "nodes" if info.mode == "sniff" else "sockets"
    return f"{info.open} of {info.wanted} {what}"
