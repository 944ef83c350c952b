"""The calls that make, change and replace the API key of a remote, with what its record shows of its access."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import quote

from checks.shared.fixes import Remedy, call, on_remote, store_key
from diag.model import Fix, Json, KeyAccess, KeyLookup, KeyRecord, LocalCluster, Remote, Unavailable

CHANGE: Final = "Update the key on the remote cluster with the whole access, for the call replaces the one before; GET shows the id of the key."
_NO_NAMES: Final = ("<indices>",)


def update_key(record: KeyRecord, body: Mapping[str, Json], *, when: str = "") -> tuple[Fix, ...]:
    """Find the id of a key by its name, and change the key."""
    find = call("GET", f"_security/api_key?name={quote(record.name, safe='')}")
    return on_remote(find, call("PUT", "_security/cross_cluster/api_key/<id>", body), when=when)


def widened(
    record: KeyRecord, *, search: Iterable[str] = (), replication: Iterable[str] = (), restricted: Iterable[str] = ()
) -> dict[str, Json]:
    """The body that gives a key more: its own access, and in it these names; ``restricted`` are system indices to be searched."""
    hidden = list(restricted)
    shown: list[Json] = [{"names": hidden, "allow_restricted_indices": True}] if hidden else []
    parts = {
        "search": [*_with(record.search, tuple(search)), *shown],
        "replication": _with(record.replication, tuple(replication)),
    }
    access: dict[str, Json] = {part: entries for part, entries in parts.items() if entries}
    return {"access": access}


def create_key(remote: Remote, record: KeyRecord | None = None, *, expiration: str = "") -> Mapping[str, Json]:
    """The body that makes a key: with the access of the one before as far as that is known, else for the declared use."""
    if record is not None and (record.search or record.replication):
        name, body = record.name, widened(record)
    else:
        search = remote.use.search or (() if remote.use.replicate else _NO_NAMES)
        parts = {"search": search, "replication": remote.use.replicate}
        entries: dict[str, Json] = {part: [{"names": list(names)}] for part, names in parts.items() if names}
        name, body = "<name>", {"access": entries}
    body = {"name": name, **body}
    if expiration:
        body["expiration"] = expiration
    if record is not None and record.certificate_identity:
        body["certificate_identity"] = record.certificate_identity
    return body


def replace_key(
    cluster: LocalCluster,
    remote: Remote,
    record: KeyRecord | None = None,
    *,
    expiration: str = "",
    invalidate: bool = False,
) -> Remedy:
    """Make a key on the remote cluster and store it in place of the old one, which is invalidated if it is still good."""
    store = store_key(cluster, remote.alias)
    create = call("POST", "_security/cross_cluster/api_key", create_key(remote, record, expiration=expiration))
    drop = on_remote(call("DELETE", "_security/api_key", {"ids": ["<id of the old key>"]})) if invalidate else ()
    last = " Then invalidate the old key." if invalidate else ""
    sentence = f"Create a cross-cluster API key on the remote cluster. {store.sentence}{last}"
    return Remedy(sentence, (*on_remote(create), *store.fix, *drop))


def record_of(lookup: KeyLookup | Unavailable) -> KeyRecord | None:
    """The record of a key, where it is known."""
    return None if isinstance(lookup, Unavailable) else lookup.record


def _with(access: tuple[KeyAccess, ...], names: tuple[str, ...]) -> list[Json]:
    """The entries of a part of the access. Names are added to one that shows no restricted indices, so that its limits hold for them."""
    host = next((one for one in access if not one.restricted), None)
    entries: list[Json] = [_entry(one, names if one is host else ()) for one in access]
    if names and host is None:
        entries.append({"names": list(names)})
    return entries


def _entry(one: KeyAccess, more: tuple[str, ...]) -> dict[str, Json]:
    """One entry. What its query and its fields are is not known here."""
    entry: dict[str, Json] = {"names": [*one.names, *more]}
    if one.has_query:
        entry["query"] = "<the query that is there>"
    if one.has_fields:
        entry["field_security"] = "<the field_security that is there>"
    if one.restricted:
        entry["allow_restricted_indices"] = True
    return entry
