"""The body that makes a role, and the roles of an API key of the REST API, as far as they are about remotes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from diag.documents.body_fields import Refusals, no_object
from diag.documents.candidate import Candidate
from diag.documents.key_fields import judge_entry
from diag.documents.row import KindRow, Reading, problems_of
from diag.documents.tree import Branch
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.security_bodies import BodyRefusal, RoleBodies, RoleBody, RoleEntry
from diag.text import shown

_REMOTE: Final = ("remote_indices", "remote_cluster")
_FIELDS: Final = (
    *("cluster", "indices", "index", *_REMOTE, "applications", "run_as", "metadata", "global", "transient_metadata"),
    *("description", "restriction"),
)
_OF_INDICES: Final = ("names", "privileges", "query", "field_security", "allow_restricted_indices")
_ENTRIES: Final = {
    "indices": _OF_INDICES,
    "remote_indices": ("clusters", *_OF_INDICES),
    "remote_cluster": ("clusters", "privileges"),
}
# What remote_cluster can give; every other privilege there is refused.
_ON_CLUSTER: Final = ("monitor_enrich", "monitor_stats")
_HINTS: Final = {
    "cluster": "did you mean clusters?",
    "index": "did you mean names?",
    "access": "a cross-cluster key has access, a role has none",
}

_OF_A_KEY: Final = ("name", "role_descriptors", "expiration", "metadata")
_HINTS_OF_A_KEY: Final = {"access": "a cross-cluster key is made by POST /_security/cross_cluster/api_key"}


def _recognise(candidate: Candidate) -> str:
    branch = candidate.branch
    if branch is None or not candidate.is_json:
        return ""
    key = next((key for key in ("role_descriptors", *_REMOTE) if key in branch.keys), "")
    return f"it holds {key}" if key else ""


def _read(candidate: Candidate, reading: Reading) -> tuple[object, ...]:
    del reading
    return _bodies(candidate, "")


def of_request(path: str, candidate: Candidate) -> tuple[object, ...]:
    """Read the body of a request: the last part of its address is the name of a role."""
    is_role = "/role/" in path
    return _bodies(candidate, unquote(path.rpartition("/")[2]) if is_role else "", is_key=not is_role)


def _bodies(candidate: Candidate, name: str, *, is_key: bool = False) -> tuple[object, ...]:
    found = problems_of(candidate, DocumentKind.ROLE_BODY)
    branch = candidate.branch
    if branch is None:
        return found or (RoleBodies(all=(RoleBody(name=name, refused=no_object(candidate)),)),)
    descriptors = branch.get("role_descriptors")
    if is_key and not isinstance(descriptors, Branch):
        return (RoleBodies(all=(RoleBody(name=name, refused=_unknown_of_a_key(branch)),)), *found)
    if not isinstance(descriptors, Branch):
        return (RoleBodies(all=(_role(branch, name),)), *found)
    roles = (_role(one.value, one.key) for one in descriptors.entries if isinstance(one.value, Branch))
    return (RoleBodies(all=tuple(roles)), *found)


def _unknown_of_a_key(branch: Branch) -> tuple[BodyRefusal, ...]:
    """What an ordinary key, which says no more than its name, is refused for."""
    refused = Refusals()
    refused.known(branch, _OF_A_KEY, _HINTS_OF_A_KEY)
    return tuple(refused.all)


def _role(branch: Branch, name: str) -> RoleBody:
    refused = Refusals()
    refused.known(branch, _FIELDS, _HINTS)
    indices = (*_entries(branch, "indices", refused), *_entries(branch, "index", refused))
    remote_indices = tuple(_entries(branch, "remote_indices", refused))
    _judge_remote_cluster(branch, refused)
    return RoleBody(name=name, indices=indices, remote_indices=remote_indices, refused=tuple(refused.all))


def _entries(branch: Branch, key: str, refused: Refusals) -> Iterator[RoleEntry]:
    known = _ENTRIES.get(key, _OF_INDICES)
    for one in refused.objects(branch, key):
        refused.known(one, known, _HINTS)
        judge_entry(one, refused)
        yield RoleEntry(
            clusters=refused.texts(one, "clusters") if "clusters" in known else (),
            names=refused.texts(one, "names") if "names" in known else (),
            privileges=refused.texts(one, "privileges"),
            origin=one.origin,
        )


def _judge_remote_cluster(branch: Branch, refused: Refusals) -> None:
    for one in _entries(branch, "remote_cluster", refused):
        for privilege in one.privileges:
            if privilege.text.lower() not in _ON_CLUSTER:
                message = f"{shown(privilege.text, 60)} cannot be given on a remote cluster"
                refused.add(message, " or ".join(_ON_CLUSTER), privilege.origin)


ROW: Final = KindRow(kind=DocumentKind.ROLE_BODY, recognise=_recognise, read=_read)
