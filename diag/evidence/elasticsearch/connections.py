"""Whether the local cluster is connected to its remotes, as it reports (``GET /_remote/info``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from diag.evidence.call import Call
from diag.evidence.piece import Piece, Subject
from diag.evidence.reading import flag, mapping, number, text, unreadable
from diag.evidence.terms import Reason, Step, Unavailable, Version
from diag.lazy_dataclass import dataclass

CALL: Final = Call(path="/_remote/info")
ONE_URL: Final = Unavailable(
    step=Step.API,
    reason=Reason.NOT_REQUESTED,
    detail="no other_urls are configured: the nodes behind url are asked as one",
)
# From this release on the absence of credentials in the answer means that there are none in use.
_SHOWS_CREDENTIALS: Final = Version(8, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteInfo:
    """What the local cluster says of one remote: the node that was asked, at that moment.

    ``listed`` is false where it does not name the alias. ``open`` of ``wanted``: proxy sockets, or nodes in mode sniff.
    ``has_credential`` is None where the release does not tell.
    """

    listed: bool
    connected: bool = False
    mode: str = ""
    open: int = 0
    wanted: int = 0
    skip_unavailable: bool | None = None
    has_credential: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectedPerNode:
    """What each address of the local cluster's API says of one remote: connected or not. Connections belong to a node each.

    ``keys`` says of the addresses that tell it whether that node uses an API key for the remote: each node has a keystore of its own.
    """

    all: tuple[tuple[str, bool], ...]
    keys: tuple[tuple[str, bool], ...] = ()


def read(answer: object, release: Version | Unavailable) -> Mapping[str, RemoteInfo] | Unavailable:
    """Read what the cluster says of each alias."""
    reported = mapping(answer)
    if not isinstance(answer, Mapping) or not all(isinstance(one, dict) for one in reported.values()):
        return unreadable(CALL)
    shows_credentials = isinstance(release, Version) and release >= _SHOWS_CREDENTIALS
    return {text(alias): _info(mapping(one), shows_credentials=shows_credentials) for alias, one in reported.items()}


def _info(reported: Mapping[str, object], *, shows_credentials: bool) -> RemoteInfo:
    has_credential = "cluster_credentials" in reported
    proxy = "num_proxy_sockets_connected" in reported
    return RemoteInfo(
        listed=True,
        connected=flag(reported.get("connected")) is True,
        mode=text(reported.get("mode")) or ("proxy" if proxy else "sniff"),  # Up to 7.5 there is nothing but sniff.
        open=number(reported.get("num_proxy_sockets_connected" if proxy else "num_nodes_connected")),
        wanted=number(reported.get("max_proxy_socket_connections" if proxy else "max_connections_per_cluster")),
        skip_unavailable=flag(reported.get("skip_unavailable")),
        has_credential=has_credential if shows_credentials or has_credential else None,
    )


INFO: Final = Piece(name="info", noun=RemoteInfo, subjects=(Subject.LOCAL_VIEW,), calls=(CALL,))
VIEWS: Final = Piece(name="views", noun=ConnectedPerNode, subjects=(Subject.LOCAL_VIEW,), calls=(CALL,), absent=ONE_URL)
