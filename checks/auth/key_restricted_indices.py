"""The check auth/key-restricted-indices."""

from __future__ import annotations

from checks.auth._key_access import SELECTOR, single
from checks.auth._key_calls import CHANGE, update_key, widened
from checks.auth._key_record import GONE, names_of
from checks.shared.applies import API_KEY_REMOTES
from checks.tables import docs
from checks.tables.restricted import RESTRICTED
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    KeyBodies,
    KeyLookup,
    KeyRecord,
    NotJudgedError,
    OfRemote,
    Remote,
    Severity,
    listed,
    overlaps,
    shorten,
)


def _documents(bodies: KeyBodies) -> Yields:
    for body in bodies.all:
        for entry in body.search:
            for name in entry.names if not entry.restricted else ():
                system = [row for row in RESTRICTED if name.text.startswith(".") and _meets(row, name.text)]
                if system:
                    yield Finding(
                        summary=f"{shorten(name.text, 80)} stands for system indices ({listed(system)}), which the entry hides: expected "
                        "allow_restricted_indices: true.",
                        remedy="If they are truly to be searched, set allow_restricted_indices in an entry of their own.",
                        facts={
                            "pattern": shorten(name.text, 80),
                            "observed": "hidden",
                            "expected": "allow_restricted_indices",
                            "system": tuple(system),
                        },
                        origin=name.origin,
                    )


def _meets(row: str, pattern: str) -> bool:
    try:
        return overlaps((row,), pattern)
    except NotJudgedError:
        return False


@check(
    "auth/key-restricted-indices",
    severity=Severity.WARNING,
    applies=API_KEY_REMOTES,
    docs=(docs.API_CREATE_KEY, docs.CCR),
    tags=("api-key", "privileges"),
    source="documentation: create cross-cluster API key, allow_restricted_indices; Elasticsearch SystemIndices, RestrictedIndices",
    in_documents=_documents,
)
def key_restricted_indices(remote_side: OfRemote[KeyLookup], remote: Remote) -> Yields:
    """System indices are declared to be searched, and the API key hides them.

    Why it matters: a pattern in a key never stands for system indices, however wide it is, unless its entry says
    ``allow_restricted_indices``. They are missing from the answers without an error.

    How to fix: if they are truly to be searched, set ``allow_restricted_indices: true`` in that entry of ``access.search``.

    Example: ``use.search: [.kibana*]``, and a key with ``names: ["*"]``.
    """
    record = remote_side.record
    hidden = [pattern for pattern in single(remote.use.search) if pattern.startswith(".")]
    if not hidden:
        yield NotApplicable("no pattern under use.search begins with a dot")
    elif record is None:
        yield GONE
    elif not record.search:
        yield NotApplicable("the key allows no search; auth/key-no-search-access is about that")
    else:
        for pattern in hidden:
            if SELECTOR in pattern:
                yield Unknown(f"{shorten(pattern, 80)} names a part of it ({SELECTOR}), which is not judged here")
                continue
            try:
                yield from _restricted(record, pattern)
            except NotJudgedError as error:
                yield Unknown(
                    f"whether the key shows the system indices that {shorten(pattern, 80)} stands for: {error}"
                )


def _restricted(record: KeyRecord, pattern: str) -> Yields:
    allowed = tuple(one for one in record.search if one.restricted)
    system = [row for row in RESTRICTED if overlaps((row,), pattern)]
    left = [row for row in system if not overlaps(names_of(allowed), row)]
    if left:
        yield Finding(
            summary=f"{shorten(pattern, 80)} is to be searched and stands for system indices ({listed(left)}), which the key "
            f"{shorten(record.name, 80)} hides: expected allow_restricted_indices: true.",
            remedy=f"If they are truly to be searched, set allow_restricted_indices in an entry of access.search. {CHANGE}",
            fix=update_key(record, widened(record, restricted=(pattern,))),
            facts={
                "pattern": pattern,
                "observed": "hidden",
                "expected": "allow_restricted_indices",
                "system": tuple(left),
            },
        )
