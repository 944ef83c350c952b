"""The keys of all local clusters that are looked at from one place, by reference: a worker is given them once, and orders only name them.

One key is meant for one cluster, so a round looks whether its keys are also those of others. In each order they would be as many as
there are clusters, and all orders together the square of that.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final

from diag.config import ClusterConfig, Config, SecretRef
from diag.lazy_dataclass import dataclass

# Of a worker: those of the configuration in use, and of those before it, whose rounds may still be running.
_MAX_KEPT: Final = 4

Raw = Mapping[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyTable:
    """References to keys by the local cluster that holds them. ``digest`` names them; a worker that was given them knows it."""

    digest: str
    keys: Mapping[str, tuple[SecretRef, ...]]

    def concerns(self, cluster: ClusterConfig) -> bool:
        """Whether a round of a cluster has to do with it: both it and another one have keys."""
        return cluster.name in self.keys and len(self.keys) > 1

    def elsewhere(self, name: str) -> Mapping[str, tuple[SecretRef, ...]]:
        """Those of all clusters but one."""
        return {other: keys for other, keys in self.keys.items() if other != name}

    @property
    def raw(self) -> Raw:
        """As it travels."""
        return _raw(self.keys)


class UnknownKeysError(Exception):
    """A worker was not given the keys that an order names."""


class TablesOfPlaces:
    """On the side of the daemon: the table of each vantage point, made once for a configuration. May be asked on any thread."""

    def __init__(self) -> None:
        self._kept: tuple[Config | None, dict[str, KeyTable]] = (None, {})

    def of(self, config: Config, place: str) -> KeyTable:
        """The keys of the clusters that are looked at from a vantage point."""
        kept = self._kept
        if kept[0] is not config:
            kept = self._kept = (config, {})
        if place not in kept[1]:
            seen = {one.name for one in config.clusters if place in config.seen_from(one)}
            kept[1][place] = _table({name: keys for name, keys in config.keys.items() if name in seen})
        return kept[1][place]


class GivenTables:
    """On a worker: the tables that came with orders."""

    def __init__(self) -> None:
        self._given: OrderedDict[str, KeyTable] = OrderedDict()

    def give(self, raw: Raw) -> None:
        """Keep one that came. Raises ValueError where it is none."""
        made = _table({name: tuple(map(SecretRef.model_validate, keys)) for name, keys in raw.items()})
        # The references stay the same objects: by them it is known for a while which key is behind one.
        self._given.setdefault(made.digest, made)
        while len(self._given) > _MAX_KEPT:
            self._given.popitem(last=False)

    def named(self, digest: str) -> KeyTable:
        """The one that an order names. Raises UnknownKeysError."""
        try:
            self._given.move_to_end(digest)
            return self._given[digest]
        except KeyError:
            raise UnknownKeysError(digest) from None


def _table(keys: Mapping[str, tuple[SecretRef, ...]]) -> KeyTable:
    text = json.dumps(_raw(keys), sort_keys=True)
    return KeyTable(digest=hashlib.sha256(text.encode()).hexdigest(), keys=keys)


def _raw(keys: Mapping[str, tuple[SecretRef, ...]]) -> Raw:
    return {
        name: [one.model_dump(mode="json", by_alias=True, exclude_defaults=True) for one in references]
        for name, references in keys.items()
    }
