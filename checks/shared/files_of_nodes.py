"""What stands of remotes in ``elasticsearch.yml`` of the nodes of a cluster: looked through once, not again for each remote."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache

from checks.shared.same_value import CLUSTERS_KEPT, Same
from diag.model import Node, Nodes

_Entry = tuple[Node, str, str]


def having(nodes: Nodes, alias: str) -> tuple[Node, ...]:
    """The nodes whose own file has this remote."""
    return _by_alias(Same(nodes)).get(alias, ())


def entries(nodes: Nodes, prefix: str) -> tuple[_Entry, ...]:
    """The settings behind ``cluster.remote.`` that begin so, which is an alias or more of a key: each with its node, its key without the prefix, its value."""
    first = _by_first_part(Same(nodes)).get(prefix.partition(".")[0], ())
    return tuple((node, key.removeprefix(prefix), value) for node, key, value in first if key.startswith(prefix))


@lru_cache(maxsize=CLUSTERS_KEPT)
def _by_alias(same: Same[Nodes]) -> Mapping[str, tuple[Node, ...]]:
    found: defaultdict[str, list[Node]] = defaultdict(list)
    for node in same.value.all:
        for alias in node.remotes:
            found[alias].append(node)
    return {alias: tuple(nodes) for alias, nodes in found.items()}


@lru_cache(maxsize=CLUSTERS_KEPT)
def _by_first_part(same: Same[Nodes]) -> Mapping[str, tuple[_Entry, ...]]:
    found: defaultdict[str, list[_Entry]] = defaultdict(list)
    for node in same.value.all:
        for key, value in node.remote_settings or ():
            found[key.partition(".")[0]].append((node, key, value))
    return {first: tuple(all_) for first, all_ in found.items()}
