"""What a cluster tells of API keys and roles. The id of a key is looked for here and stays here."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping

from diag.collect import calls
from diag.collect.told.json import flag, items, mapping, moment, text, texts, unreadable
from diag.model import Grant, KeyAccess, KeyRecord, Role, Unavailable


def key_id(encoded: str) -> str:
    """The id inside an encoded API key, empty where it is none."""
    try:
        bare = encoded.rstrip("=")  # Java takes it with and without the padding.
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode().partition(":")[0]
    except (binascii.Error, ValueError):
        return ""


def record_of(answer: object, wanted: str) -> KeyRecord | Unavailable | None:
    """Find one key among those that were asked for; None where the cluster does not know it."""
    reported = mapping(answer)
    refused = (
        mapping(reported.get("error")).get("type", "resource_not_found_exception") != "resource_not_found_exception"
    )
    if not isinstance(answer, Mapping) or not isinstance(reported.get("api_keys", []), list) or refused:
        return unreadable(calls.KEYS.name)
    for key in items(reported.get("api_keys", [])):
        if key.get("id") == wanted:
            return _record(key)
    return None


def _record(key: Mapping[str, object]) -> KeyRecord:
    access = mapping(key.get("access"))
    descriptor = mapping(mapping(key.get("role_descriptors")).get("cross_cluster"))
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


def roles_of(answer: object) -> tuple[Role, ...] | Unavailable:
    """Read the roles."""
    reported = mapping(answer)
    if not isinstance(answer, Mapping) or not all(isinstance(one, dict) for one in reported.values()):
        return unreadable(calls.ROLES.name)
    return tuple(_role(text(name), mapping(one)) for name, one in reported.items())


def _role(name: str, reported: Mapping[str, object]) -> Role:
    return Role(
        name=name,
        cluster=texts(reported.get("cluster", [])),
        indices=_grants(items(reported.get("indices"))),
        remote_indices=_grants(items(reported.get("remote_indices"))),
        remote_cluster=_grants(items(reported.get("remote_cluster"))),
        reserved=flag(mapping(reported.get("metadata")).get("_reserved")) is True,
    )


def _grants(entries: Iterable[Mapping[str, object]]) -> tuple[Grant, ...]:
    return tuple(
        Grant(
            privileges=texts(one.get("privileges", [])),
            names=texts(one.get("names", [])),
            clusters=texts(one.get("clusters", [])),
        )
        for one in entries
    )
