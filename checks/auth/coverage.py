"""Whether the access of the API key covers what the remote is declared to be used for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from checks.auth.records import (
    CHANGE,
    CROSS_CLUSTER,
    EXPRESSION,
    GONE,
    has_expression,
    lacks_replication,
    leaders_of,
    plain_names,
    serves_replication_only,
    uncovered,
)
from checks.tables import docs
from checks.tables.restricted import RESTRICTED
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    KeyAccess,
    KeyRecord,
    Remote,
    RemoteKey,
    Replication,
    SecurityModel,
    Severity,
    Unavailable,
    as_fact,
    listed,
    shorten,
)
from diag.model.patterns import TooLargeError, covers, matches, overlaps

_BY_KEY: Final = Applies.settings(models=(SecurityModel.API_KEY,))
# A key for a data stream covers the indices behind it too, whose names are others.
_BEHIND_STREAMS: Final = (".ds-", ".fs-")
# Before it the name of a data stream, after it which part of that is meant (data, failures).
_SELECTOR: Final = "::"


@dataclass(frozen=True, slots=True)
class _Gap:
    """A declared pattern that a part of the access (``search``, ``replication``) does not cover, or not wholly (``partly``)."""

    part: str
    pattern: str
    names: tuple[str, ...]
    partly: bool


def _gaps(record: KeyRecord, remote: Remote, replication: Replication | Unavailable) -> Iterator[_Gap | Unknown]:
    """What of the declared use a key leaves out. Where a part of the access is empty, other checks are about that."""
    if record.search:
        yield from _left_out("search", record.search, remote.use.search)
    if record.replication:
        known = () if has_expression(record.replication) else leaders_of(replication, remote)
        failing = uncovered(record.replication, known)
        for one in _left_out("replication", record.replication, remote.use.replicate):
            # The leaders that fail are named by auth/key-no-replication-access, and are not told twice.
            if not (isinstance(one, _Gap) and any(matches(one.pattern, leader) for leader in failing)):
                yield one


def _left_out(part: str, access: tuple[KeyAccess, ...], patterns: Iterable[str]) -> Iterator[_Gap | Unknown]:
    names = plain_names(access)
    for pattern in _single(patterns):
        if pattern.startswith("<"):
            yield Unknown(f"{shorten(pattern, 80)} is date math, which is not judged here")
            continue
        if _SELECTOR in pattern:
            yield Unknown(
                f"{shorten(pattern, 80)} names a part of a data stream ({_SELECTOR}), which is not judged here"
            )
            continue
        try:
            covered, partly = covers(names, pattern), overlaps(names, pattern)
        except TooLargeError as error:
            yield Unknown(f"whether the key covers {shorten(pattern, 80)}: {error}")
            continue
        if covered:
            continue
        if has_expression(access):
            yield Unknown(EXPRESSION)
        elif pattern.startswith(_BEHIND_STREAMS):
            yield Unknown(f"which data stream {shorten(pattern, 80)} belongs to is not told")
        else:
            yield _Gap(part, pattern, names, partly)


def _single(patterns: Iterable[str]) -> Iterator[str]:
    """Each pattern by itself, also where several stand in one text; what is taken out again (-) can't be among the names of a key."""
    for text in patterns:
        for part in (text,) if text.startswith("<") else text.split(","):
            name = part.strip()
            if name and not name.startswith("-"):
                yield "*" if name == "_all" else name


@check(
    "auth/key-index-not-covered",
    severity=Severity.ERROR,
    applies=_BY_KEY,
    docs=(docs.TRB_INSUFF, docs.A_KEYUP),
    tags=("api-key", "privileges"),
    source="documentation: troubleshoot remote clusters (insufficient privileges); create cross-cluster API key, access",
)
def key_index_not_covered(theirs: RemoteKey, remote: Remote, replication: Replication | Unavailable) -> Yields:
    """The API key does not cover indices that are declared to be searched or replicated.

    Why it matters: those indices are empty or refused for everybody, superusers too: local roles can only narrow what the key allows.

    How to fix: widen the access of the key on the remote cluster. An update replaces the whole access.

    Example: ``use.search: [logs-*, metrics-*]``, and a key with ``names: [logs-*]``.
    """
    record, use = theirs.record, remote.use
    if not (use.search or use.replicate):
        yield NotApplicable("neither use.search nor use.replicate is declared for this remote")
        return
    if record is None:
        yield GONE
        return
    if use.search and not record.search:
        yield NotApplicable("the key allows no search; auth/key-no-search-access is about that")
    if use.replicate and not record.replication:
        yield NotApplicable("the key allows no replication; auth/key-no-replication-access is about that")
    for gap in _gaps(record, remote, replication):
        yield gap if isinstance(gap, Unknown) else _not_covered(record, gap)


def _not_covered(record: KeyRecord, gap: _Gap) -> Finding:
    what = {"search": "searched", "replication": "replicated"}[gap.part]
    return Finding(
        summary=f"The key {shorten(record.name, 80)} covers {'only a part' if gap.partly else 'nothing'} of {shorten(gap.pattern, 80)}, which "
        f"is to be {what}; its access.{gap.part} has {listed(gap.names)}.",
        remedy=f"Add {shorten(gap.pattern, 80)} to access.{gap.part}: {CHANGE}",
        severity=Severity.WARNING if gap.partly else None,
        facts={
            "pattern": gap.pattern,
            "part": gap.part,
            "observed": as_fact(gap.names),
            "expected": gap.pattern,
            "covered": "partly" if gap.partly else "not at all",
        },
    )


@check(
    "auth/key-restricted-indices",
    severity=Severity.WARNING,
    applies=_BY_KEY,
    docs=(docs.A_KEY, docs.CCR),
    tags=("api-key", "privileges"),
    source="documentation: create cross-cluster API key, allow_restricted_indices; Elasticsearch SystemIndices, RestrictedIndices",
)
def key_restricted_indices(theirs: RemoteKey, remote: Remote) -> Yields:
    """System indices are declared to be searched, and the API key hides them.

    Why it matters: a pattern in a key never stands for system indices, however wide it is, unless its entry says
    ``allow_restricted_indices``. They are missing from the answers without an error.

    How to fix: if they are truly to be searched, set ``allow_restricted_indices: true`` in that entry of ``access.search``.

    Example: ``use.search: [.kibana*]``, and a key with ``names: ["*"]``.
    """
    record = theirs.record
    hidden = [pattern for pattern in _single(remote.use.search) if pattern.startswith(".")]
    if not hidden:
        yield NotApplicable("no pattern under use.search begins with a dot")
    elif record is None:
        yield GONE
    elif not record.search:
        yield NotApplicable("the key allows no search; auth/key-no-search-access is about that")
    else:
        for pattern in hidden:
            if _SELECTOR in pattern:
                yield Unknown(f"{shorten(pattern, 80)} names a part of it ({_SELECTOR}), which is not judged here")
                continue
            try:
                yield from _restricted(record, pattern)
            except TooLargeError as error:
                yield Unknown(f"whether {shorten(pattern, 80)} stands for system indices: {error}")


def _restricted(record: KeyRecord, pattern: str) -> Yields:
    allowed = tuple(one for one in record.search if one.restricted)
    system = [row for row in RESTRICTED if overlaps((row,), pattern)]
    left = [row for row in system if not overlaps(plain_names(allowed), row)]
    if left and has_expression(allowed):
        yield Unknown(EXPRESSION)
    elif left:
        yield Finding(
            summary=f"{shorten(pattern, 80)} is to be searched and stands for system indices ({listed(left)}), which the key "
            f"{shorten(record.name, 80)} hides: expected allow_restricted_indices: true.",
            remedy=f"If they are truly to be searched, set allow_restricted_indices: true in that entry of access.search: {CHANGE}",
            facts={
                "pattern": pattern,
                "observed": "hidden",
                "expected": "allow_restricted_indices",
                "system": tuple(left),
            },
        )


@check(
    "auth/key-change-path",
    severity=Severity.INFO,
    applies=_BY_KEY,
    docs=(docs.EC_EDIT_KEY, docs.A_KEYUP),
    tags=("api-key",),
    source="documentation: update cross-cluster API key (by its owner, not with an API key); change the API key of a connection",
)
def key_change_path(theirs: RemoteKey, remote: Remote, replication: Replication | Unavailable, now: datetime) -> Yields:
    """The access of the API key has to change, which needs no new key.

    Why it matters: a new key means the keystores of all nodes of the local cluster. The access of a key that still holds can be changed
    where it is, and counts from the next request on.

    How to fix: the user who made the key updates it, logged in with a password or a token: the call takes no API key as login.

    Example: an index is missing from the access of the key; see auth/key-index-not-covered.
    """
    record = theirs.record
    if record is None:
        yield GONE
        return
    gaps = list(_gaps(record, remote, replication))
    narrow = (not record.search and not serves_replication_only(record, remote, replication)) or any(
        isinstance(gap, _Gap) for gap in gaps
    )
    if not narrow and not lacks_replication(record, remote, replication):
        yield from (gap for gap in gaps if isinstance(gap, Unknown))
    elif record.type != CROSS_CLUSTER or record.invalidated or _is_over(record, now):
        yield NotApplicable("the key can't be changed any more, or is none for remotes: a new one is needed")
    else:
        owner = f"the user {shorten(record.owner, 80)}, who made it" if record.owner else "the user who made it"
        yield Finding(
            summary=f"The access of the key {shorten(record.name, 80)} can be changed where it is, by {owner}: no new key is needed.",
            remedy=f"As that user, with a password or a token and not with an API key: {CHANGE}",
            facts={"owner": record.owner, "observed": "the access is too narrow", "expected": "an update of the key"},
        )


def _is_over(record: KeyRecord, now: datetime) -> bool:
    return record.expires is not None and record.expires <= now


CHECKS = (key_index_not_covered, key_restricted_indices, key_change_path)
