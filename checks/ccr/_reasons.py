"""Why followers stop or fail, by Elasticsearch's own texts, and what mends each: data and the words for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from diag.model import Follower, RemoteInfo, Unavailable, shorten

LEASE: Final = (
    "retention_lease",
    "retention lease",
    "ResourceNotFound",
    "resource_not_found",
    "no longer available for following",
    "missing operations",
)


LEADER_GONE: Final = ("index_not_found_exception",)
_CONNECTION: Final = ("no_seed_node_left", "Unable to open any", "connect_transport", "no_such_remote_cluster")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reason:
    """A class of errors: parts of their texts, what they come from, and what to do. ``again``: only a new copy helps."""

    parts: tuple[str, ...]
    why: str
    mend: str
    again: bool = False


# In this order: an error of a license is a security_exception too, and a diverged history names operations as well.
_REASONS: Final = (
    _Reason(
        parts=("history uuid", "restored from snapshot", "force allocated"),
        why="because the history of its leader is another one than it followed: the leader was restored from a snapshot, or a shard of it "
        "was allocated by force",
        mend="resume_follow would be refused",
        again=True,
    ),
    _Reason(
        parts=("license is non-compliant", "non-compliant for [ccr]"),
        why="because a license does not include replication",
        mend="Mend the license that license/ccr and license/apikey-noncompliant name",
    ),
    _Reason(
        parts=("security_exception", "unauthorized", "unable to authenticate"),
        why="for want of a privilege or a valid key",
        mend="Give the key (access.replication) and the role of who started it (read_ccr, and read and monitor on the leader) what they lack",
    ),
    _Reason(
        parts=("index_closed_exception", "[index closed]", "index closed"),
        why="because an index is closed",
        mend="Open it: POST <index>/_open, where the error says that it is closed",
    ),
    _Reason(
        parts=("index read-only", "FORBIDDEN/5", "FORBIDDEN/8", "FORBIDDEN/12", "flood-stage"),
        why="because an index is blocked",
        mend="Free disk space where that is short, then take the block away: PUT <index>/_settings with null for the index.blocks setting",
    ),
    _Reason(
        parts=("is not a following engine", "is not a follow index", "following_index", "not a following"),
        why="because the index here is no follower any more",
        mend="Something unfollowed it or made it anew",
        again=True,
    ),
    _Reason(
        parts=("Limit of total fields", "Limit of mapping"),
        why="because its mapping may not grow further",
        mend="Raise index.mapping.total_fields.limit of the leader, from where followers take it, and of the follower (PUT <follower>/_settings)",
    ),
    _Reason(
        parts=(
            "unknown setting",
            "please check that any required plugins are installed",
            "No handler for type",
            "failed to parse mapping",
        ),
        why="because the leader has a setting or a mapping that is not known here",
        mend="Bring this cluster to the release of the leader cluster at least, with the same plugins",
    ),
)


def is_about(text: str, parts: Sequence[str]) -> bool:
    """Tell an error by parts of its text."""
    return any(part in text for part in parts)


def class_of(text: str) -> str:
    """Say in a few words why, with a blank before them; empty where the text is not known."""
    if is_about(text, _CONNECTION):
        return " because the remote is not connected"
    found = _reason(text)
    return f" {found.why}" if found is not None else ""


def needs_a_new_copy(text: str) -> bool:
    """Tell an error after which the follower can't go on, whatever is mended."""
    found = _reason(text)
    return found is not None and found.again


def is_of_connection(text: str) -> bool:
    """Tell an error of a connection that could not be opened."""
    return is_about(text, _CONNECTION)


def recreate(one: Follower) -> str:
    """Word how a follower is made anew."""
    name = shorten(one.index, 80)
    body = f'{{"remote_cluster": "{shorten(one.remote, 80)}", "leader_index": "{shorten(one.leader, 80)}"}}'
    return (
        f"POST {name}/_ccr/pause_follow, POST {name}/_close, POST {name}/_ccr/unfollow, DELETE {name}, "
        f"then PUT {name}/_ccr/follow {body}"
    )


def remedy(one: Follower, info: RemoteInfo | Unavailable) -> str:
    """What mends the error that a follower has stopped by."""
    name = shorten(one.index, 80)
    resume = f"POST {name}/_ccr/pause_follow and POST {name}/_ccr/resume_follow"
    if is_of_connection(one.fatal):
        if isinstance(info, RemoteInfo) and info.connected:
            return f"The remote is connected again, and the follower does not begin again by itself: {resume}"
        return f"Mend the connection first, then {resume}"
    found = _reason(one.fatal)
    if found is None:
        return f"Mend that, then {resume}"
    return f"Recreate it ({found.mend}): {recreate(one)}" if found.again else f"{found.mend}; then {resume}"


def _reason(text: str) -> _Reason | None:
    return next((one for one in _REASONS if is_about(text, one.parts)), None)
