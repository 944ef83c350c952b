"""Why followers stop or fail, by Elasticsearch's own texts, and how each is fixed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from checks.ccr._calls import change_settings, open_index, pause, recreate, resume
from checks.shared.fixes import Remedy, on_local, on_remote
from diag.model import ErrorKind, Fix, Follower, RemoteInfo, Unavailable, dataclass


def _nothing_to_type(_: Follower) -> tuple[Fix, ...]:
    return ()


def _open(_: Follower) -> tuple[Fix, ...]:
    return on_local(open_index("<index>"), when="where the index is closed; a leader is opened on the remote cluster")


def _unblock(_: Follower) -> tuple[Fix, ...]:
    settings = {"index.blocks.read_only_allow_delete": None, "index.blocks.read_only": None, "index.blocks.write": None}
    return on_local(change_settings("<index>", {**settings}), when="where the index is blocked")


def _raise_limit(one: Follower) -> tuple[Fix, ...]:
    settings: dict[str, str | bool | None] = {"index.mapping.total_fields.limit": "<number of fields>"}
    return (*on_remote(change_settings(one.leader, settings)), *on_local(change_settings(one.index, settings)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reason:
    """A class of errors: of which kinds they are, what they come from, and what to do.

    ``again``: only a new copy helps. ``of_requests``: whatever keeps requests from being answered may be behind it.
    """

    kind: ErrorKind
    why: str
    what_to_do: str
    fix: Callable[[Follower], tuple[Fix, ...]] = _nothing_to_type
    again: bool = False
    of_requests: bool = False


# In this order: an error of a license is a security_exception too, and a diverged history names operations as well.
_REASONS: Final = (
    _Reason(
        kind=ErrorKind.HISTORY_CHANGED,
        why="because the history of its leader is another one than it followed: the leader was restored from a snapshot, or a shard of it "
        "was allocated by force",
        what_to_do="Elasticsearch would refuse to resume it",
        again=True,
    ),
    _Reason(
        kind=ErrorKind.LICENSE,
        why="because a license does not include replication",
        what_to_do="Fix the license: license/ccr and license/apikey-noncompliant say which one",
        of_requests=True,
    ),
    _Reason(
        kind=ErrorKind.SECURITY,
        why="because a privilege or a valid key is missing",
        what_to_do="Grant what is missing to the key (access.replication) or to the role of the user who started it (read_ccr, and read and monitor "
        "on the leader)",
        of_requests=True,
    ),
    _Reason(
        kind=ErrorKind.INDEX_CLOSED,
        why="because an index is closed",
        fix=_open,
        what_to_do="Open it where the error says that it is closed",
    ),
    _Reason(
        kind=ErrorKind.INDEX_BLOCKED,
        why="because an index is blocked",
        what_to_do="Free disk space where it is short, then remove the block",
        fix=_unblock,
    ),
    _Reason(
        kind=ErrorKind.NO_FOLLOWER,
        why="because the index here is no follower any more",
        what_to_do="It was unfollowed or created again",
        again=True,
    ),
    _Reason(
        kind=ErrorKind.MAPPING_LIMIT,
        why="because its mapping may not grow further",
        what_to_do="Raise index.mapping.total_fields.limit of the leader, from where followers take it, and of the follower",
        fix=_raise_limit,
    ),
    _Reason(
        kind=ErrorKind.UNKNOWN_SETTING,
        why="because the leader has a setting or a mapping that is not known here",
        what_to_do="Upgrade this cluster to the release of the leader cluster or later, with the same plugins",
    ),
)


def class_of(text: str, info: RemoteInfo | Unavailable) -> str:
    """Say in a few words why, with a blank before them; empty where the text is not known."""
    if is_of_connection(text):
        back = isinstance(info, RemoteInfo) and info.connected
        return (
            " because the remote was not connected, which it is again"
            if back
            else " because the remote is not connected"
        )
    found = _reason(text)
    return f" {found.why}" if found is not None else ""


def needs_a_new_copy(text: str) -> bool:
    """Tell an error after which the follower can't go on, whatever is fixed."""
    found = _reason(text)
    return found is not None and found.again


def is_of_connection(text: str) -> bool:
    """Tell an error of a connection that could not be opened."""
    return ErrorKind.CONNECTION.fits(text) or ErrorKind.NOTHING_OPENS.fits(text)


def names_its_cause(text: str) -> bool:
    """Tell an error that no fault of the connection or of the login explains: it is about an index."""
    if is_of_connection(text):
        return False
    found = _reason(text)
    return found is not None and not found.of_requests


def remedy(one: Follower, info: RemoteInfo | Unavailable) -> Remedy:
    """How the error that a follower has stopped by is fixed."""
    again = (pause(one.index), resume(one.index))
    if is_of_connection(one.fatal):
        if isinstance(info, RemoteInfo) and info.connected:
            sentence = "The remote is connected again, and the follower does not resume by itself: pause and resume it."
            return Remedy(sentence, on_local(*again))
        return Remedy(
            "Fix the connection first, then pause and resume the follower.",
            on_local(*again, when="once the remote is connected"),
        )
    fixed = on_local(*again, when="once the cause is fixed")
    found = _reason(one.fatal)
    if found is None:
        return Remedy("Fix what the error names, then pause and resume the follower.", fixed)
    if found.again:
        return Remedy(f"{found.what_to_do}. Recreate it.", on_local(*recreate(one)))
    return Remedy(f"{found.what_to_do}; then pause and resume the follower.", (*found.fix(one), *fixed))


def _reason(text: str) -> _Reason | None:
    return next((one for one in _REASONS if one.kind.fits(text)), None)
