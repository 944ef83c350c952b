"""Which interface a node was reached on, by its answer to a request that carries no credential at all.

The remote cluster server misses the header with the key, or names the license that it needs; the transport interface misses a login,
knows no such action (up to 8.7, and while security is off), or refuses the action to its anonymous user. What is not known here is
UNCLEAR.
"""

from __future__ import annotations

from collections.abc import Sequence

from diag.evidence.address.transport import Interface
from diag.evidence.elasticsearch.errors import ErrorKind
from diag.wire.error_frames import ACTION_NOT_FOUND, ELASTICSEARCH, RemoteError, read_error
from diag.wire.faults import WireError
from diag.wire.frames import Frame


def judge_interface(answers: Sequence[Frame]) -> Interface:
    """Tell by the answers to one request without credentials, in the order in which they came, which interface gave them."""
    errors = tuple(error for frame in answers if frame.is_error for error in _read(frame))
    # The server goes first, for its second frame quotes what the transport interface would say.
    if any(ErrorKind.OF_REMOTE_CLUSTER_SERVER.fits(error.message) for error in errors):
        return Interface.REMOTE_CLUSTER_SERVER
    if any(ErrorKind.OF_TRANSPORT.fits(error.message) for error in errors):
        return Interface.TRANSPORT
    if any(error.kind == ELASTICSEARCH and error.es_id == ACTION_NOT_FOUND for error in errors):
        return Interface.TRANSPORT
    return Interface.UNCLEAR


def _read(frame: Frame) -> tuple[RemoteError, ...]:
    try:
        return read_error(frame)
    except WireError:
        return ()
