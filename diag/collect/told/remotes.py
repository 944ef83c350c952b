"""What a local cluster tells of its remotes: which settings it has, what it believes, and what came of asking them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Final

from diag.collect import calls
from diag.collect.told.json import flag, items, mapping, number, stated, text, unreadable
from diag.model import (
    Reason,
    Registration,
    RemoteInfo,
    ResolvedCluster,
    ResolvedUse,
    SearchTrial,
    Step,
    Unavailable,
    Version,
)
from diag.text import mask_userinfo

_LAYERS: Final = ("defaults", "persistent", "transient")  # The last one wins; "defaults" holds elasticsearch.yml.
_MAX_ITEMS: Final = 20_000
_UNAUTHENTICATED: Final = 401
# From this release on the absence of credentials in GET _remote/info means that there are none in use.
_SHOWS_CREDENTIALS: Final = Version(8, 10)


def registrations_of(answer: object) -> tuple[Registration, ...] | Unavailable:
    """Read which settings each alias has, and where they stand."""
    reported = mapping(answer)
    if not isinstance(answer, Mapping) or not set(reported) <= set(_LAYERS):
        return unreadable(calls.SETTINGS.name)
    keys: dict[str, dict[str, list[str]]] = {}
    values: dict[str, dict[str, str]] = {}
    archived: dict[str, dict[str, None]] = {}
    for layer in _LAYERS:
        for key, alias in _outdated(mapping(reported.get(layer))):
            archived.setdefault(alias, {})[key] = None
        settings = mapping(mapping(mapping(reported.get(layer)).get("cluster")).get("remote"))
        for alias, key, value in _settings(settings):
            keys.setdefault(alias, {}).setdefault(layer, []).append(key)
            values.setdefault(alias, {})[key] = value
    if len(keys) > _MAX_ITEMS:
        return unreadable(calls.SETTINGS.name)
    return tuple(
        Registration(
            alias=alias,
            file=tuple(sorted(found.get("defaults", ()))),
            persistent=tuple(sorted(found.get("persistent", ()))),
            transient=tuple(sorted(found.get("transient", ()))),
            values=tuple(sorted(values.get(alias, {}).items())),
            archived=tuple(archived.get(alias, ())),
        )
        for alias, found in {**{alias: {} for alias in archived}, **keys}.items()
    )


def _outdated(layer: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Give the whole key and the alias of settings of former releases: archived, or under their old name."""
    for path in (("archived", "cluster", "remote"), ("archived", "search", "remote"), ("search", "remote")):
        inner: object = layer
        for part in path:
            inner = mapping(inner).get(part)
        for alias, settings in mapping(inner).items():
            for key, _ in leaves(mapping(settings)):
                if (alias, key) == ("node", "attr"):
                    continue  # A setting for all remotes, which 6.x and 7.x list among their defaults.
                yield text(".".join((*path, str(alias), key))), text(alias)


def _settings(settings: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
    """Give alias, key and value of each setting; what stands without an alias is for all remotes and no registration."""
    for alias, inner in settings.items():
        for key, value in leaves(mapping(inner)):
            if (alias, key) != ("node", "attr"):
                yield text(alias), key, value


def leaves(tree: Mapping[str, object], path: str = "") -> Iterator[tuple[str, str]]:
    """Give the dotted key and the text of each setting in a tree; a user and password inside an address are masked."""
    for key, inner in tree.items():
        name = f"{path}{key}"
        if isinstance(inner, dict):
            yield from leaves(mapping(inner), f"{name}.")
        elif inner is not None:
            yield text(name), _value(inner)


def _value(value: object) -> str:
    if isinstance(value, list):
        return ",".join(_value(one) for one in value)
    return str(value).lower() if isinstance(value, bool) else mask_userinfo(text(str(value)))


def infos_of(answer: object, release: Version | Unavailable) -> Mapping[str, RemoteInfo] | Unavailable:
    """Read what the cluster believes of each alias."""
    reported = mapping(answer)
    if not isinstance(answer, Mapping) or not all(isinstance(one, dict) for one in reported.values()):
        return unreadable(calls.INFO.name)
    tells = isinstance(release, Version) and release >= _SHOWS_CREDENTIALS
    return {text(alias): _info(mapping(one), tells=tells) for alias, one in reported.items()}


def _info(reported: Mapping[str, object], *, tells: bool) -> RemoteInfo:
    has_credential = "cluster_credentials" in reported
    proxy = "num_proxy_sockets_connected" in reported
    return RemoteInfo(
        listed=True,
        connected=flag(reported.get("connected")) is True,
        mode=text(reported.get("mode")) or ("proxy" if proxy else "sniff"),  # Up to 7.5 there is nothing but sniff.
        open=number(reported.get("num_proxy_sockets_connected" if proxy else "num_nodes_connected")),
        wanted=number(reported.get("max_proxy_socket_connections" if proxy else "max_connections_per_cluster")),
        skip_unavailable=flag(reported.get("skip_unavailable")),
        has_credential=has_credential if tells or has_credential else None,
    )


def resolved_of(answer: object, seconds: float) -> Mapping[str, ResolvedCluster] | Unavailable:
    """Read what came of asking each alias; the local cluster itself stands there as ``(local)``."""
    reported = mapping(answer)
    if not isinstance(answer, Mapping) or not all(isinstance(one, dict) for one in reported.values()):
        return unreadable(calls.RESOLVE.name)
    return {text(alias): _resolved(mapping(one), seconds) for alias, one in reported.items() if alias != "(local)"}


def resolved_use_of(answer: object, seconds: float) -> Mapping[str, ResolvedUse] | Unavailable:
    """The same of the patterns that are declared to be searched."""
    resolved = resolved_of(answer, seconds)
    if isinstance(resolved, Unavailable):
        return resolved
    fields = [one.name for one in dataclasses.fields(ResolvedCluster)]
    return {alias: ResolvedUse(**{name: getattr(one, name) for name in fields}) for alias, one in resolved.items()}


def _resolved(reported: Mapping[str, object], seconds: float) -> ResolvedCluster:
    return ResolvedCluster(
        connected=flag(reported.get("connected")) is True,
        error=stated(reported.get("error")),
        version=text(mapping(reported.get("version")).get("number")),
        matching=flag(reported.get("matching_indices")),
        seconds=seconds,
    )


def searched_of(answer: object, alias: str) -> SearchTrial | Unavailable:
    """Read what came of a search of one remote: from ``_clusters``, or from the refusal."""
    reported = mapping(answer)
    if "error" in reported:
        error = _innermost(mapping(reported["error"]))
        if not error:
            return unreadable("GET /_search")
        # The credentials of the remote are refused with the same status, and then it names an action in place of the request.
        if reported.get("status") == _UNAUTHENTICATED and "REST request" in error:
            refused = "GET /_search: the login is refused (401)"
            return Unavailable(step=Step.API, reason=Reason.UNAUTHENTICATED, detail=refused)
        return SearchTrial(status="failed", error=error)
    clusters = mapping(reported.get("_clusters"))
    if not clusters:
        return unreadable("GET /_search")
    detail = mapping(mapping(clusters.get("details")).get(alias))
    failures = [*items(detail.get("failures", [])), *items(mapping(reported.get("_shards")).get("failures", []))]
    status = text(detail.get("status"))
    return SearchTrial(
        status=status,
        skipped=status == "skipped" if status else number(clusters.get("skipped")) > 0,
        error=next((found for one in failures if (found := _innermost(mapping(one.get("reason"))))), ""),
    )


def _innermost(error: Mapping[str, object]) -> str:
    """Elasticsearch's own text of the first cause; where none has a text, its type."""
    found = ""
    while error:
        found = stated(error.get("reason")) or text(error.get("type")) or found
        error = mapping(error.get("caused_by"))
    return found
