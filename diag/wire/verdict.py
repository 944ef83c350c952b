"""What the answers of a remote cluster server say of an API key (CrossClusterAccessAuthenticationService, ApiKeyService).

A refused key is answered by two error frames: one by whoever handles the request, which says little, and one by the check of the
header, which tells why; then the peer closes. They may come in either order, so the most telling one of all frames decides.
Neither order nor texts are promised by anybody: what is not known here is UNCLEAR, never accepted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from diag.evidence.address.transport import KeyVerdict
from diag.wire.errors import ACTION_NOT_FOUND, ELASTICSEARCH, RemoteError, read_error
from diag.wire.faults import WireError
from diag.wire.frames import Frame
from diag.wire.nodes import NodeAnswer, read_node_response


@dataclass(frozen=True, slots=True)
class KeyJudgement:
    """The verdict on a key; ``node`` is what the node says of itself where it took the key."""

    verdict: KeyVerdict
    unlicensed: bool = False
    node: NodeAnswer | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Text:
    """Fragments of a message, all of which have to be in it, and what the message says."""

    fragments: tuple[str, ...]
    verdict: KeyVerdict
    detail: str


_NO_SERVER: Final = "the interface that answered is not the remote cluster server"
# The most telling ones first: the first that fits any message of any frame decides.
_TEXTS: Final = (
    _Text(("api key is expired",), KeyVerdict.EXPIRED, "the key has expired; its secret is right"),
    _Text(
        ("invalid credentials for api key",),
        KeyVerdict.WRONG_SECRET,
        "a key with this id exists, its secret is another one",
    ),
    _Text(("has been invalidated",), KeyVerdict.INVALIDATED, "the key has been invalidated"),
    _Text(("unable to find apikey with id",), KeyVerdict.UNKNOWN_ID, "the remote cluster has no key with this id"),
    _Text(
        ("expected api key type of", "has type"),
        KeyVerdict.WRONG_TYPE,
        "the key is of the type rest, expected cross_cluster",
    ),
    _Text(
        ("requires certificate identity matching",),
        KeyVerdict.IDENTITY_REQUIRED,
        "the key is bound to a certificate identity, and the request was not signed",
    ),
    _Text(
        ("does not match api key certificate identity",),
        KeyVerdict.IDENTITY_REQUIRED,
        "the key is bound to another certificate identity",
    ),
    _Text(
        ("expected signature for cross cluster api key",),
        KeyVerdict.IDENTITY_REQUIRED,
        "the key is bound to a certificate identity, and the request was not signed",
    ),
    _Text(("api keys are not enabled",), KeyVerdict.KEYS_DISABLED, "API keys are not enabled on the remote cluster"),
    _Text(("invalid cross-cluster api key value",), KeyVerdict.MALFORMED, "the secret has not 22 characters"),
    _Text(("must be a valid api key credential",), KeyVerdict.MALFORMED, "the key is no base64 of id:secret"),
    _Text(("server is too busy",), KeyVerdict.UNCLEAR, "the remote cluster was too busy to check the key"),
    _Text(
        ("apikey authentication for id", "encountered a failure"),
        KeyVerdict.UNCLEAR,
        "the remote cluster could not look the key up",
    ),
    _Text(
        ("all nodes must have version",),
        KeyVerdict.MIXED_VERSIONS,
        "some node of the remote cluster is older than 8.10, so that it takes no API key yet",
    ),
    _Text(("requires channel profile to be",), KeyVerdict.NOT_REMOTE_CLUSTER_SERVER, _NO_SERVER),
    _Text(("missing authentication credentials for action",), KeyVerdict.NOT_REMOTE_CLUSTER_SERVER, _NO_SERVER),
    _Text(("missing authentication token for action",), KeyVerdict.NOT_REMOTE_CLUSTER_SERVER, _NO_SERVER),
    _Text(("no handler for action",), KeyVerdict.NOT_REMOTE_CLUSTER_SERVER, _NO_SERVER),
    _Text(
        ("towards remote cluster", "is unauthorized for"),
        KeyVerdict.REFUSED,
        "the key is right, and what it may do does not include the handshake",
    ),
    # An anonymous user of a secured transport interface: the action is refused to it, the key was not looked at.
    _Text(("is unauthorized for user",), KeyVerdict.NOT_REMOTE_CLUSTER_SERVER, _NO_SERVER),
    _Text(("unable to authenticate user",), KeyVerdict.REFUSED, "the key was refused without a reason"),
)
_UNLICENSED: Final = "current license is non-compliant"
_HEADER_MISSING: Final = "require transport header"


def is_final(answers: Sequence[Frame]) -> bool:
    """Tell whether nothing more is to be waited for: a good key is answered at once; after an error another one may follow."""
    return any(not frame.is_error for frame in answers)


def judge_key(answers: Sequence[Frame]) -> KeyJudgement:
    """Judge by the answers to one request with key and subject info, in the order in which they came."""
    errors = tuple(error for frame in answers if frame.is_error for error in read_error(frame))
    reported = next((text for text in _TEXTS if any(_fits(text, error) for error in errors)), None)
    unlicensed = any(_UNLICENSED in error.message.lower() for error in errors)
    if reported is not None:
        return KeyJudgement(reported.verdict, unlicensed, detail=reported.detail)
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


def _fits(text: _Text, error: RemoteError) -> bool:
    message = error.message.lower()
    return all(fragment in message for fragment in text.fragments)


def _unclear(errors: Sequence[RemoteError]) -> str:
    if any(_HEADER_MISSING in error.message.lower() for error in errors):
        return "the node asks for a header that was sent: something on the way takes headers out, or it is of another release"
    name = errors[-1].name or "an error of a kind that is not known here"
    return f"the node answered {name}, which says nothing of the key"
