"""What the answers of a remote cluster server say of an API key (CrossClusterAccessAuthenticationService, ApiKeyService).

A refused key is answered by two error frames: one by whoever handles the request, which says little, and one by the check of the
header, which tells why; then the peer closes. They may come in either order, so the most telling one of all frames decides.
Neither order nor texts are promised by anybody: what is not known here is UNCLEAR, never accepted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from diag.evidence.address.transport import KeyVerdict
from diag.evidence.elasticsearch.errors import ErrorKind
from diag.lazy_dataclass import dataclass
from diag.wire.error_frames import ACTION_NOT_FOUND, ELASTICSEARCH, RemoteError, read_error
from diag.wire.faults import WireError
from diag.wire.frames import Frame
from diag.wire.node_handshake import NodeAnswer, read_node_response


@dataclass(frozen=True, slots=True)
class KeyJudgement:
    """The verdict on a key; ``node`` is what the node says of itself where it took the key."""

    verdict: KeyVerdict
    unlicensed: bool = False
    node: NodeAnswer | None = None
    detail: str = ""


_NO_SERVER: Final = "the interface that answered is not the remote cluster server"
_UNSIGNED: Final = "the key is bound to a certificate identity, and the request was not signed"
# The most telling ones first: the first that fits any message of any frame decides.
_MEANINGS: Final = (
    (ErrorKind.KEY_EXPIRED, KeyVerdict.EXPIRED, "the key has expired; its secret is right"),
    (ErrorKind.KEY_WRONG_SECRET, KeyVerdict.WRONG_SECRET, "a key with this id exists, its secret is another one"),
    (ErrorKind.KEY_INVALIDATED, KeyVerdict.INVALIDATED, "the key has been invalidated"),
    (ErrorKind.KEY_NOT_FOUND, KeyVerdict.UNKNOWN_ID, "the remote cluster has no key with this id"),
    (ErrorKind.KEY_WRONG_TYPE, KeyVerdict.WRONG_TYPE, "the key is of the type rest, expected cross_cluster"),
    (ErrorKind.KEY_NEEDS_SIGNATURE, KeyVerdict.IDENTITY_REQUIRED, _UNSIGNED),
    (
        ErrorKind.KEY_OF_OTHER_IDENTITY,
        KeyVerdict.IDENTITY_REQUIRED,
        "the key is bound to another certificate identity",
    ),
    (ErrorKind.KEYS_DISABLED, KeyVerdict.KEYS_DISABLED, "API keys are not enabled on the remote cluster"),
    (ErrorKind.KEY_SECRET_MALFORMED, KeyVerdict.MALFORMED, "the secret has not 22 characters"),
    (ErrorKind.KEY_NOT_ENCODED, KeyVerdict.MALFORMED, "the key is no base64 of id:secret"),
    (ErrorKind.TOO_BUSY, KeyVerdict.UNCLEAR, "the remote cluster was too busy to check the key"),
    (ErrorKind.KEY_LOOKUP_FAILED, KeyVerdict.UNCLEAR, "the remote cluster could not look the key up"),
    (
        ErrorKind.MIXED_VERSIONS,
        KeyVerdict.MIXED_VERSIONS,
        "some node of the remote cluster is older than 8.10, so that it takes no API key yet",
    ),
    (
        ErrorKind.KEY_MAY_NOT_CONNECT,
        KeyVerdict.REFUSED,
        "the key is right, and what it may do does not include the handshake",
    ),
    (ErrorKind.OF_TRANSPORT, KeyVerdict.NOT_REMOTE_CLUSTER_SERVER, _NO_SERVER),
    (ErrorKind.NOT_AUTHENTICATED, KeyVerdict.REFUSED, "the key was refused without a reason"),
)


def is_final(answers: Sequence[Frame]) -> bool:
    """Tell whether nothing more is to be waited for: a good key is answered at once; after an error another one may follow."""
    return any(not frame.is_error for frame in answers)


def judge_key(answers: Sequence[Frame]) -> KeyJudgement:
    """Judge by the answers to one request with key and subject info, in the order in which they came."""
    errors = tuple(error for frame in answers if frame.is_error for error in read_error(frame))
    unlicensed = _says(errors, ErrorKind.LICENSE)
    for kind, verdict, detail in _MEANINGS:
        if _says(errors, kind):
            return KeyJudgement(verdict, unlicensed, detail=detail)
    if any(error.kind == ELASTICSEARCH and error.es_id == ACTION_NOT_FOUND for error in errors):
        return KeyJudgement(KeyVerdict.NOT_REMOTE_CLUSTER_SERVER, unlicensed, detail=_NO_SERVER)
    if unlicensed:
        detail = "the license of the remote cluster does not include API keys for remotes"
        return KeyJudgement(KeyVerdict.UNLICENSED, unlicensed=True, detail=detail)
    if errors:
        return KeyJudgement(KeyVerdict.UNCLEAR, detail=_unclear(errors))
    return _accepted(answers)


def _accepted(answers: Sequence[Frame]) -> KeyJudgement:
    for frame in answers:
        try:
            return KeyJudgement(KeyVerdict.ACCEPTED, node=read_node_response(frame))
        except WireError:
            continue
    what = "its answer is not understood" if answers else "it gave no answer"
    return KeyJudgement(KeyVerdict.UNCLEAR, detail=f"the key was tried on the node, and {what}")


def _says(errors: Sequence[RemoteError], kind: ErrorKind) -> bool:
    return any(kind.fits(error.message) for error in errors)


def _unclear(errors: Sequence[RemoteError]) -> str:
    if _says(errors, ErrorKind.KEY_HEADER_MISSING):
        return "the node asks for a header that was sent: something on the way takes headers out, or it is of another release"
    name = errors[-1].name or "an error of a kind that is not known here"
    return f"the node answered {name}, which says nothing of the key"
