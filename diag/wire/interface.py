"""Which interface a node was met on, by its answer to a request that carries no credential at all.

The remote cluster server misses the header with the key, or names the license that it needs; the transport interface misses a login,
knows no such action (up to 8.7, and while security is off), or refuses the action to its anonymous user. What is not known here is
UNCLEAR.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from diag.evidence.address.transport import Interface
from diag.wire.errors import ACTION_NOT_FOUND, ELASTICSEARCH, RemoteError, read_error
from diag.wire.faults import WireError
from diag.wire.frames import Frame

# Fragments of messages in lower case; those of the remote cluster server go first, for its second frame quotes the first one.
_SERVER: Final = (
    "transport header [_cross_cluster_access_credentials]",
    "dedicated remote cluster server port",
    "failed to extract credentials from headers",
    "[advanced-remote-cluster-security]",
)
_TRANSPORT: Final = (
    "missing authentication credentials for action",
    "missing authentication token for action",
    "no handler for action",
    "requires channel profile to be",
    "is unauthorized for user",
)


def judge_interface(answers: Sequence[Frame]) -> Interface:
    """Tell by the answers to one request without credentials, in the order in which they came, which interface gave them."""
    errors = tuple(error for frame in answers if frame.is_error for error in _read(frame))
    texts = [error.message.lower() for error in errors]
    if any(fragment in text for fragment in _SERVER for text in texts):
        return Interface.REMOTE_CLUSTER_SERVER
    if any(fragment in text for fragment in _TRANSPORT for text in texts):
        return Interface.TRANSPORT
    if any(error.kind == ELASTICSEARCH and error.es_id == ACTION_NOT_FOUND for error in errors):
        return Interface.TRANSPORT
    return Interface.UNCLEAR


def _read(frame: Frame) -> tuple[RemoteError, ...]:
    try:
        return read_error(frame)
    except WireError:
        return ()
