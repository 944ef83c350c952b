"""What a node says in the transport protocol: its handshake, and what it makes of a cross-cluster API key.

It answers as nodes of 6.8.23, 7.17.28, 8.19.0 and 9.2.0 were seen to: which handshakes it knows, the two error frames of a refused
key, and the headers of its own that it sends along, which hold who authenticated.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Final

from diag.lazy_dataclass import dataclass
from diag.model import Version
from diag.wire import (
    ACTION_NOT_FOUND,
    CREDENTIALS,
    ELASTICSEARCH,
    HANDSHAKE_VERSIONS,
    REMOTE_CLUSTER_HANDSHAKE,
    REMOTE_TRANSPORT,
    SECURITY,
    WITH_RELEASE,
    Frame,
    NodeAnswer,
    RemoteError,
    error_response,
    handshake_response,
    node_response,
    read_handshake_request,
    transport_version_of,
)

_KNOWN_SINCE: Final = {
    HANDSHAKE_VERSIONS[1]: Version(6, 8, 0),
    HANDSHAKE_VERSIONS[0]: Version(7, 6, 0),
    WITH_RELEASE: Version(8, 18, 0),
}
_FORGOTTEN_IN: Final = {HANDSHAKE_VERSIONS[1]: Version(9, 0, 0)}
_RELEASE: Final = Version(8, 15, 3)
_SCHEME: Final = "ApiKey "
_SECRET_LENGTH: Final = 22
# Older ones look whether there is such an action before they look who asks.
_KNOWS_REMOTE_HANDSHAKE: Final = Version(8, 8, 0)
_ADDRESS: Final = "127.0.0.1:9443"


class Interface(StrEnum):
    """Which of its two interfaces for nodes a node is reached on."""

    TRANSPORT = "transport"
    REMOTE_CLUSTER = "remote_cluster"


class KeyState(StrEnum):
    """What became of an API key that the node knows."""

    GOOD = "good"
    EXPIRED = "expired"
    INVALIDATED = "invalidated"
    REST = "rest"  # An ordinary API key, not one of the type cross_cluster.


_FAULTS: Final = {
    KeyState.GOOD: "",
    KeyState.EXPIRED: "api key is expired",
    KeyState.INVALIDATED: "api key [{id}] has been invalidated",
    KeyState.REST: "authentication expected API key type of [cross_cluster], but API key [{id}] has type [rest]",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a node sends upon a frame, and whether it hangs up then."""

    frames: tuple[bytes, ...] = ()
    hangs_up: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A node as it is reached on one interface. ``keys`` maps ``id:secret`` to what became of that key.

    ``address`` is the one that it publishes: an IPv4 address and a port, a name may go before.
    """

    release: Version = _RELEASE
    interface: Interface = Interface.REMOTE_CLUSTER
    keys: Mapping[str, KeyState] = field(default_factory=dict, repr=False)
    licensed: bool = True
    name: str = "lab-node"
    cluster: str = "lab-remote"
    address: str = _ADDRESS

    def answer(self, frame: Frame) -> Answer:
        """Answer a request. Raises WireError for one that no node understands; a node hangs up then."""
        if frame.is_handshake:
            return self._greet(frame)
        if self.interface is Interface.TRANSPORT:
            if frame.action == REMOTE_CLUSTER_HANDSHAKE and self.release < _KNOWS_REMOTE_HANDSHAKE:
                return Answer((self._error(frame, f"No handler for action [{frame.action}]", ACTION_NOT_FOUND),))
            return Answer((self._error(frame, f"missing authentication credentials for action [{frame.action}]"),))
        return self._authenticate(frame)

    def _greet(self, frame: Frame) -> Answer:
        asked = read_handshake_request(frame)
        known_since = _KNOWN_SINCE.get(asked.handshake_version)
        forgotten_in = _FORGOTTEN_IN.get(asked.handshake_version)
        if known_since is None or self.release < known_since or (forgotten_in and self.release >= forgotten_in):
            return Answer(hangs_up=True)
        own = transport_version_of(self.release)
        if asked.own is not None and self.release >= _KNOWN_SINCE[WITH_RELEASE]:
            own = min(own, asked.own)
        return Answer(
            (
                handshake_response(
                    asked.handshake_version,
                    transport_version=own,
                    release=str(self.release),
                    request_id=frame.request_id,
                ),
            )
        )

    def _authenticate(self, frame: Frame) -> Answer:
        """Check the key; the answer to the request itself comes first, as it was measured in live nodes."""
        fault, comes_alone = self._fault(frame.headers.get(CREDENTIALS))
        generic = f"unable to authenticate user [{_identifier(frame)}] for action [{frame.action}]"
        if CREDENTIALS not in frame.headers:
            generic = (
                f"Cross cluster requests through the dedicated remote cluster server port require transport header [{CREDENTIALS}] "
                "but none found. Please ensure you have configured remote cluster credentials on the cluster originating the request."
            )
        first = generic if self.licensed else "current license is non-compliant for [advanced-remote-cluster-security]"
        if fault:
            texts = (fault,) if comes_alone and self.licensed else (first, fault)
            return Answer(tuple(self._error(frame, text) for text in texts), hangs_up=True)
        if not self.licensed:
            return Answer((self._error(frame, first),))
        if frame.action != REMOTE_CLUSTER_HANDSHAKE:
            return Answer(
                (self._error(frame, f"action [{frame.action}] towards remote cluster is unauthorized for user"),)
            )
        stated = NodeAnswer(
            version=self.release,
            build_hash="0" * 40,
            node_name=self.name,
            cluster_name=self.cluster,
            address=self.address,
        )
        # A live node sends back who authenticated: nothing of that may be kept or shown.
        echoed = {"_xpack_security_authentication": f"key {_identifier(frame)} of {frame.headers[CREDENTIALS]}"}
        return Answer((node_response(stated, frame.version, echoed, request_id=frame.request_id),))

    def _fault(self, header: str | None) -> tuple[str, bool]:
        """Tell what is wrong with a key, empty for nothing, and whether that comes without a word before it."""
        if header is None:
            return "failed to extract credentials from headers", False
        key = _decoded(header)
        identifier, _, secret = key.partition(":")
        if len(secret) != _SECRET_LENGTH:
            return f"cross cluster access header [{CREDENTIALS}] value must be a valid API key credential", True
        state = self.keys.get(key)
        if state is not None:
            return _FAULTS[state].format(id=identifier), state is KeyState.REST
        if any(known.startswith(f"{identifier}:") for known in self.keys):
            return f"invalid credentials for API key [{identifier}]", False
        return f"unable to find apikey with id {identifier}", True

    def _error(self, frame: Frame, text: str, es_id: int = SECURITY) -> bytes:
        outermost = RemoteError(ELASTICSEARCH, REMOTE_TRANSPORT, "", f"[{self.name}][{self.address}][{frame.action}]")
        return error_response(
            (outermost, RemoteError(ELASTICSEARCH, es_id, "", text)), frame.version, request_id=frame.request_id
        )


def _decoded(header: str) -> str:
    try:
        return base64.b64decode(header.removeprefix(_SCHEME), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _identifier(frame: Frame) -> str:
    return _decoded(frame.headers.get(CREDENTIALS, "")).partition(":")[0]
