"""The body that makes or changes a cross-cluster API key, as ``CrossClusterApiKeyRoleDescriptorBuilder`` of 8.19.0 reads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from diag.documents.body_fields import Refusals, no_object
from diag.documents.candidate import Candidate
from diag.documents.key_fields import judge_entry, judge_expiration, judge_metadata, judge_name
from diag.documents.row import KindRow, Reading, problems_of
from diag.documents.tree import Branch, Text
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.security_bodies import AccessEntry, BodyText, KeyBodies, KeyBody

_FIELDS: Final = ("name", "access", "expiration", "metadata", "certificate_identity")
# What may be changed without the access, as long as it is not the expiration alone.
_CHANGED_ALONE: Final = ("metadata", "certificate_identity")
_PARTS: Final = ("search", "replication")
_ENTRY: Final = ("names", "query", "field_security", "allow_restricted_indices")
_LIMITS: Final = ("query", "field_security")
_HINTS: Final = {
    "privileges": "what a key may do is fixed: search and replication say it",
    "clusters": "a key is about the indices of the cluster that makes it",
    "index": "did you mean names?",
    "indices": "did you mean names?",
}
_NAMES_OUTSIDE: Final = {"names": "it belongs into an entry of search or replication"}
_NOT_HERE: Final = {
    "role_descriptors": "a cross-cluster key has access instead",
    "type": "the address of the request says it",
    "id": "the address of the request says it",
}


def _recognise(candidate: Candidate) -> str:
    branch = candidate.branch
    if branch is None or not candidate.is_json:
        return ""
    access = branch.get("access")
    if isinstance(access, Branch) and (branch.keys <= {*_FIELDS} or access.keys & {*_PARTS}):
        return "it holds access of a key"
    return "it holds search or replication" if branch.keys and branch.keys <= {*_PARTS} and _has_names(branch) else ""


def _has_names(branch: Branch) -> bool:
    """Whether it is access alone, as it is written down in examples."""
    entries = (one for key in _PARTS for one in Refusals().objects(branch, key))
    return any(one.keys & {*_ENTRY} for one in entries)


def _read(candidate: Candidate, reading: Reading) -> tuple[object, ...]:
    del reading
    return _body(candidate, required=False, changes=False)


def of_request(method: str, candidate: Candidate) -> tuple[object, ...]:
    """Read the body of a request: POST makes a key, PUT changes one."""
    changes = method.upper() == "PUT"
    return _body(candidate, required=not changes, changes=changes)


def _body(candidate: Candidate, *, required: bool, changes: bool) -> tuple[object, ...]:
    found = problems_of(candidate, DocumentKind.KEY_BODY)
    branch = candidate.branch
    if branch is None:
        return found or (KeyBodies(all=(KeyBody(refused=no_object(candidate), origin=candidate.source.whole),)),)
    return (KeyBodies(all=(key_body(branch, required=required, changes=changes),)), *found)


def key_body(branch: Branch, *, required: bool = False, changes: bool = False) -> KeyBody:
    """Read a body. ``required``: it has to have a name. One that has nothing but search and replication is the access alone."""
    refused = Refusals()
    if branch.keys and branch.keys <= {*_PARTS}:
        return _with_access(branch, refused, None, changes=changes, body=branch)
    refused.known(branch, _FIELDS[1:] if changes else _FIELDS, _NOT_HERE)
    if required and "name" not in branch.keys:
        refused.add("name is missing", "name with a text", branch.origin)
    access = branch.entry("access")
    if access is not None and not isinstance(access.value, Branch):
        refused.add("access is no object", "search or replication in it", access.value.origin)
    elif access is None and not (changes and branch.keys & {*_CHANGED_ALONE}):
        refused.add("access is missing", "access with search or replication", branch.origin)
    judge_name(None if changes else branch.entry("name"), refused)
    judge_expiration(branch.entry("expiration"), refused, changes=changes)
    judge_metadata(branch.entry("metadata"), refused)
    lifetime = branch.get("expiration")
    written = (
        BodyText(text=lifetime.value, origin=lifetime.origin)
        if isinstance(lifetime, Text) and not lifetime.is_null
        else None
    )
    inner = access.value if access is not None and isinstance(access.value, Branch) else None
    return _with_access(inner, refused, written, changes=changes, body=branch)


def _with_access(
    access: Branch | None, refused: Refusals, lifetime: BodyText | None, *, changes: bool, body: Branch
) -> KeyBody:
    search, replication = ((), ()) if access is None else read_access(access, refused)
    return KeyBody(
        search=search,
        replication=replication,
        lifetime=lifetime,
        changes=changes,
        identity=None if (identity := body.entry("certificate_identity")) is None else identity.origin,
        refused=tuple(refused.all),
        origin=body.origin if access is None else access.origin,
    )


def read_access(access: Branch, refused: Refusals) -> tuple[tuple[AccessEntry, ...], tuple[AccessEntry, ...]]:
    """Read ``access`` of a key: its entries for search and for replication."""
    refused.known(access, _PARTS, _NAMES_OUTSIDE)
    search, replication = (tuple(_entries(access, part, refused)) for part in _PARTS)
    if not (search or replication) and not refused.all:
        refused.add("access allows nothing", "at least one entry of search or replication", access.origin)
    return search, replication


def _entries(access: Branch, part: str, refused: Refusals) -> Iterator[AccessEntry]:
    for one in refused.objects(access, part):
        refused.known(one, _ENTRY, _HINTS)
        judge_entry(one, refused)
        limit = next((entry.origin for entry in one.entries if entry.key in _LIMITS), None)
        restricted = one.get("allow_restricted_indices")
        yield AccessEntry(
            names=refused.texts(one, "names"),
            restricted=isinstance(restricted, Text) and restricted.value == "true",
            limit=limit,
        )


ROW: Final = KindRow(kind=DocumentKind.KEY_BODY, recognise=_recognise, read=_read)
