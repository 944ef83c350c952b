"""The check eck/key-access-fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from checks.shared.payloads import is_missing, text_of
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import (
    AccessPart,
    EckClusters,
    EckKey,
    Finding,
    Origin,
    Severity,
    ValueForm,
    did_you_mean,
    listed,
    shorten,
)

_PARTS: Final = ("search", "replication")


@check(
    "eck/key-access-fields",
    severity=Severity.ERROR,
    docs=(docs.ECK_REMOTE_CLUSTERS_INSIDE,),
    tags=("documents", "eck", "api-key"),
    source="Elastic Cloud on Kubernetes: RemoteClusterAPIKey, RemoteClusterAccess of the custom resource; docs-content#2286",
)
def key_access_fields(clusters: EckClusters) -> Yields:
    """The access of a key in ``spec.remoteClusters`` stands at the wrong level, or there is none.

    Why it matters: fields that the resource does not have are refused, or dropped without a word: the operator makes a key that gives access to
    nothing, and searches answer 403.

    How to fix: ``apiKey: {access: {search: {names: […]}, replication: {names: […]}}}``, both objects with lists of names.

    Example: ``apiKey: {access: {names: [logs-*]}}``.
    """
    keys = [(one, one.key) for cluster in clusters.all for one in cluster.remotes if one.key is not None]
    if not keys:
        yield NotApplicable("no remote of an ECK cluster has an apiKey")
    for remote, key in keys:
        name = shorten(text_of(remote.alias), 80)
        yield from (
            Finding(summary=f"The key of {name}: {text}.", remedy=remedy, origin=origin)
            for text, remedy, origin in _faults(key)
        )


_Fault = tuple[str, str, Origin]


def _faults(key: EckKey) -> Iterator[_Fault]:
    for one in key.misplaced:
        yield (
            f"{shorten(one.key, 60)} stands next to access; expected it under access",
            "Move it under access.",
            one.origin,
        )
    if key.access is None:
        if not key.misplaced:
            yield (
                "it has no access; expected access with search, replication or both",
                "Say what it gives access to.",
                key.origin,
            )
        return
    if key.access.form is not ValueForm.OBJECT:
        yield (
            f"access is {key.access.form}; expected an object with search, replication or both",
            "Write an object.",
            key.access.origin,
        )
        return
    known = [part for part in key.parts if part.key in _PARTS]
    unknown = [part for part in key.parts if part.key not in _PARTS]
    for part in unknown:
        hint = did_you_mean(part.key, _PARTS)
        what = f"stands next to, not under, {' or '.join(_PARTS)}" if not hint else f"is unknown ({hint})"
        yield f"{shorten(part.key, 60)} {what}", "Put it under search or replication.", part.value.origin
    if not known and not unknown:
        yield "access has neither search nor replication", "Say what it gives access to.", key.access.origin
    for part in known:
        yield from _part(part)


def _part(part: AccessPart) -> Iterator[_Fault]:
    if part.value.form is not ValueForm.OBJECT:
        yield (
            f"{part.key} is {part.value.form}; expected an object with names",
            f"Write {part.key}: {{names: […]}}.",
            part.value.origin,
        )
        return
    names = part.names
    if names is None or names.form is ValueForm.NULL:
        yield f"{part.key} has no names", "Name the indices.", part.value.origin
    elif names.form is not ValueForm.LIST:
        yield f"names of {part.key} is {names.form}; expected a list", "Write a list of names.", names.origin
    elif not part.listed:
        yield f"names of {part.key} is empty", "Name the indices.", names.origin
    else:
        odd = [one for one in part.listed if is_missing(one) or "," in one.text]
        for one in odd:
            yield (
                f"{shorten(one.text, 60) or 'an empty text'} is one name and matches nothing; expected one pattern an item",
                "Write each name as an item.",
                one.origin,
            )
    if part.unknown:
        keys = [one.key for one in part.unknown]
        yield f"{listed(keys)} under {part.key} is no field of it", "Take it out.", part.unknown[0].origin
