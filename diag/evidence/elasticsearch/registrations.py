"""How remotes are registered: which settings ``cluster.remote.<alias>.*`` a cluster has (``GET /_cluster/settings``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from diag.evidence.elasticsearch.cluster_settings import CALL, LAYERS, is_settings, leaves
from diag.evidence.piece import Piece, Subject
from diag.evidence.reading import mapping, text, unreadable
from diag.evidence.terms import Unavailable
from diag.lazy_dataclass import dataclass

_MAX_ALIASES: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """Which settings one alias has, by where they stand.

    ``persistent``, ``transient`` and ``file`` (``elasticsearch.yml`` of the node that answered) are the last parts of the keys;
    ``values`` are the settings in force, as text, a list joined by commas. All empty: the cluster has none of them. ``archived`` are whole
    keys of this alias that the release does not know or has renamed: ``archived.cluster.remote…``, ``search.remote…``.
    """

    alias: str
    persistent: tuple[str, ...] = ()
    transient: tuple[str, ...] = ()
    file: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    archived: tuple[str, ...] = ()

    def value(self, key: str) -> str:
        """The setting in force, empty where there is none."""
        return dict(self.values).get(key, "")

    @property
    def exists(self) -> bool:
        """Whether there is any setting of this alias."""
        return bool(self.values)

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses in force, of both modes, as ``host:port``."""
        texts = (part.strip() for key in ("proxy_address", "seeds") for part in self.value(key).split(","))
        return tuple(text for text in texts if text not in {"", "[]"})

    @property
    def enabled(self) -> bool:
        """Whether it has an address, without which Elasticsearch takes no notice of it."""
        return bool(self.addresses)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registrations:
    """The settings of every alias that a cluster has; those of the remote cluster are connections in the other direction.

    ``resolved`` are the IP addresses behind the hosts of the remote cluster's, as this machine looks them up; what has none is left out.
    """

    all: tuple[Registration, ...]
    resolved: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def places(self, one: Registration) -> frozenset[str]:
        """Where a registration leads to: each address as it is written, and as ``ip:port``."""
        known = dict(self.resolved)
        split = [address.rpartition(":") for address in one.addresses]
        found = {f"{ip}:{port}" for host, _, port in split for ip in known.get(host.strip("[]"), ())}
        return frozenset(found | {f"{host.strip('[]')}:{port}" for host, _, port in split})


def read(answer: object) -> Registrations | Unavailable:
    """Read which settings each alias has, and where they stand."""
    if not is_settings(answer):
        return unreadable(CALL)
    reported = mapping(answer)
    keys: dict[str, dict[str, list[str]]] = {}
    values: dict[str, dict[str, str]] = {}
    archived: dict[str, dict[str, None]] = {}
    for layer in LAYERS:
        for key, alias in _outdated(mapping(reported.get(layer))):
            archived.setdefault(alias, {})[key] = None
        settings = mapping(mapping(mapping(reported.get(layer)).get("cluster")).get("remote"))
        for alias, key, value in _settings(settings):
            keys.setdefault(alias, {}).setdefault(layer, []).append(key)
            values.setdefault(alias, {})[key] = value
    if len(keys) > _MAX_ALIASES:
        return unreadable(CALL)
    every = {**{alias: {} for alias in archived}, **keys}
    return Registrations(
        all=tuple(
            Registration(
                alias=alias,
                file=tuple(sorted(found.get("defaults", ()))),
                persistent=tuple(sorted(found.get("persistent", ()))),
                transient=tuple(sorted(found.get("transient", ()))),
                values=tuple(sorted(values.get(alias, {}).items())),
                archived=tuple(archived.get(alias, ())),
            )
            for alias, found in every.items()
        )
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
    # A key that is also the beginning of others stands with dots beside them; an alias has none.
    for dotted, value in leaves(settings):
        alias, _, key = dotted.partition(".")
        if key and (alias, key) != ("node", "attr"):
            yield alias, key, value


PIECE: Final = Piece(
    name="registrations", noun=Registrations, subjects=(Subject.LOCAL, Subject.REMOTE), calls=(CALL,), read=read
)
OF_ONE: Final = Piece(name="registration", noun=Registration, subjects=(Subject.LOCAL_VIEW,), calls=(CALL,))
