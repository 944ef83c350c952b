"""Exceptions as a node writes them into an error frame (StreamInput, ElasticsearchException), read as far as they can be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from diag.lazy_dataclass import dataclass
from diag.wire.faults import Malformed, WireError
from diag.wire.frames import Frame, encode_frame
from diag.wire.primitives import Reader, optional_text, text, vint

ELASTICSEARCH: Final = 0  # The kind of all exceptions of Elasticsearch's own; ``es_id`` tells them apart.
ILLEGAL_ARGUMENT: Final = 6
ILLEGAL_STATE: Final = 14
SECURITY, ACTION_NOT_FOUND, REMOTE_TRANSPORT = 4, 101, 103

_MAX_DEPTH: Final = 10
_MAX_MESSAGE_LENGTH: Final = 500
_KINDS: Final = {
    1: "CorruptIndexException",
    4: "NullPointerException",
    5: "NumberFormatException",
    ILLEGAL_ARGUMENT: "IllegalArgumentException",
    7: "AlreadyClosedException",
    8: "EOFException",
    9: "SecurityException",
    10: "StringIndexOutOfBoundsException",
    11: "ArrayIndexOutOfBoundsException",
    12: "FileNotFoundException",
    ILLEGAL_STATE: "IllegalStateException",
    15: "LockObtainFailedException",
    16: "InterruptedException",
    17: "IOException",
}
# Those that have a cause right behind their message; behind it comes the stack.
_WITH_CAUSE: Final = {ELASTICSEARCH, ILLEGAL_ARGUMENT, 7, 9, ILLEGAL_STATE, 15, 17}
_ES_NAMES: Final = {
    SECURITY: "ElasticsearchSecurityException",
    12: "ConnectTransportException",
    19: "ResourceNotFoundException",
    34: "TransportException",
    62: "NotSerializableExceptionWrapper",
    68: "ElasticsearchException",
    ACTION_NOT_FOUND: "ActionNotFoundTransportException",
    102: "TransportSerializationException",
    REMOTE_TRANSPORT: "RemoteTransportException",
    133: "CircuitBreakingException",
    145: "ElasticsearchStatusException",
    162: "ElasticsearchAuthenticationProcessingError",
}
_NO_ES_ID: Final = -1


@dataclass(frozen=True, slots=True)
class RemoteError:
    """One exception: its kind, for kind 0 the id of its class, the name where it is known, and its message (at most 500 characters).

    The message may hold the id of a key: it is for judging, and is not shown.
    """

    kind: int
    es_id: int
    name: str
    message: str


def read_error(frame: Frame) -> tuple[RemoteError, ...]:
    """Read the exceptions of an error frame, the outermost first; what cannot be read further ends them.

    Raises Malformed where the frame holds no error at all.
    """
    if not frame.is_response or not frame.is_error:
        msg = "an answer or a request, expected an error"
        raise Malformed(msg)
    reader, found = Reader(frame.body), list[RemoteError]()
    try:
        while len(found) < _MAX_DEPTH and reader.boolean():
            error = _exception(reader)
            found.append(error)
            if error.kind not in _WITH_CAUSE:
                break
    except WireError:
        # Whatever was read up to here is what the node said first; the rest is of no use.
        pass
    return tuple(found)


def _exception(reader: Reader) -> RemoteError:
    kind = reader.vint()
    es_id = reader.vint() if kind == ELASTICSEARCH else _NO_ES_ID
    name = _ES_NAMES.get(es_id, "") if kind == ELASTICSEARCH else _KINDS.get(kind, "")
    if kind != ELASTICSEARCH and not name:
        msg = f"an exception of kind {kind}, which has no message at its beginning"
        raise Malformed(msg)
    return RemoteError(kind, es_id, name, (reader.optional_text() or "")[:_MAX_MESSAGE_LENGTH])


def error_response(
    errors: Sequence[RemoteError], version: int, *, request_id: int = 2, status: str = "UNAUTHORIZED"
) -> bytes:
    """Make the error frame of a node, with empty stacks; ``errors`` are given as read_error does, the outermost first."""
    body = b"\0"
    for error in reversed(errors):
        body = b"\1" + vint(error.kind) + _written(error, body, status)
    return encode_frame(Frame(request_id=request_id, version=version, is_response=True, is_error=True, body=body))


def _written(error: RemoteError, cause: bytes, status: str) -> bytes:
    stack = b"\0\0"
    if error.kind != ELASTICSEARCH:
        return optional_text(error.message) + (cause if error.kind in _WITH_CAUSE else b"") + stack
    no_headers, no_metadata = b"\0", b"\0"
    extra = text(status) if error.es_id == SECURITY else b""
    return vint(error.es_id) + optional_text(error.message) + cause + stack + no_headers + no_metadata + extra
