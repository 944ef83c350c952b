"""What a cluster knows of the configured API key (``GET /_security/api_key``). The id is looked for here and stays here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final
from urllib.parse import quote

from diag.evidence.call import FIRST_READ_SECURITY, READ_SECURITY, Call
from diag.evidence.elasticsearch.errors import RESOURCE_NOT_FOUND, type_of
from diag.evidence.piece import Piece, Subject
from diag.evidence.reading import flag, items, mapping, moment, text, texts, unreadable
from diag.evidence.terms import Unavailable
from diag.lazy_dataclass import dataclass

_SHOWN: Final = (
    "filter_path=api_keys.id,api_keys.name,api_keys.type,api_keys.invalidated,api_keys.creation,api_keys.expiration,"
    "api_keys.username,api_keys.certificate_identity,api_keys.access,api_keys.role_descriptors.cross_cluster.cluster"
)
FOR_CLUSTERS: Final = "cross_cluster"
# All keys of the local cluster in one call, however many remotes there are: none of theirs should be among them.
CALL: Final = Call(path=f"/_security/api_key?{_SHOWN}", privilege=READ_SECURITY, since=FIRST_READ_SECURITY)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAccess:
    """One entry of the ``access`` of a cross-cluster API key."""

    names: tuple[str, ...]
    restricted: bool = False
    has_query: bool = False
    has_fields: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRecord:
    """An API key as a cluster knows it: never the key itself, nor its id.

    ``search`` and ``replication`` are its ``access``; ``cluster`` are the cluster privileges behind them. ``owner`` is the user who
    made it, who alone may change it without ``manage_security``.
    """

    name: str
    type: str = "rest"
    invalidated: bool = False
    created: datetime | None = None
    expires: datetime | None = None
    search: tuple[KeyAccess, ...] = ()
    replication: tuple[KeyAccess, ...] = ()
    cluster: tuple[str, ...] = ()
    certificate_identity: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLookup:
    """What came of looking for the configured key; None: the cluster has no such key.

    One that the local cluster knows was made on the wrong side.
    """

    record: KeyRecord | None


def of_key(identifier: str) -> Call:
    """What a cluster knows of one key; its id is all that leaves memory, and goes to the cluster that the key is for."""
    path = f"/_security/api_key?id={quote(identifier, safe='')}&{_SHOWN}"
    return replace(CALL, path=path, missing=(404,))


def read(answer: object, wanted: str) -> KeyLookup | Unavailable:
    """Find one key among those that were asked for."""
    reported = mapping(answer)
    refused = "error" in reported and type_of(reported) != RESOURCE_NOT_FOUND
    if not isinstance(answer, Mapping) or not isinstance(reported.get("api_keys", []), list) or refused:
        return unreadable(CALL)
    found = (_record(key) for key in items(reported.get("api_keys", [])) if key.get("id") == wanted)
    return KeyLookup(record=next(found, None))


def read_for_clusters(answer: object) -> tuple[KeyRecord, ...]:
    """The keys in an answer that were made for other clusters."""
    found = (_record(key) for key in items(mapping(answer).get("api_keys", [])))
    return tuple(one for one in found if one.type == FOR_CLUSTERS)


def _record(key: Mapping[str, object]) -> KeyRecord:
    access = mapping(key.get("access"))
    descriptor = mapping(mapping(key.get("role_descriptors")).get(FOR_CLUSTERS))
    return KeyRecord(
        name=text(key.get("name")),
        type=text(key.get("type")) or "rest",  # Before 8.9 there was one type only, and nothing said so.
        invalidated=flag(key.get("invalidated")) is True,
        created=moment(key.get("creation")),
        expires=moment(key.get("expiration")),
        search=_accesses(access.get("search")),
        replication=_accesses(access.get("replication")),
        cluster=texts(descriptor.get("cluster", [])),
        certificate_identity=text(key.get("certificate_identity")),
        owner=text(key.get("username")),
    )


def _accesses(value: object) -> tuple[KeyAccess, ...]:
    return tuple(
        KeyAccess(
            names=texts(one.get("names", [])),
            restricted=flag(one.get("allow_restricted_indices")) is True,
            has_query=one.get("query") is not None,
            has_fields=one.get("field_security") is not None,
        )
        for one in items(value)
    )


PIECE: Final = Piece(name="key", noun=KeyLookup, subjects=(Subject.LOCAL_VIEW, Subject.REMOTE), calls=(CALL,))
