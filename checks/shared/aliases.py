"""What the remotes of one cluster share: worked out once for the cluster, not again for each of its remotes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from diag.model import ClusterEvidence, Identity, Keystore, LocalCluster, Mode, Remote

Target = tuple[str, int, str]
_CLUSTERS_KEPT = 16
NO_UUID = frozenset({"", "_na_"})  # A cluster has none before it has formed.


@dataclass(frozen=True, slots=True, eq=False)
class _Same:
    """One tuple as the key of a cache: equal to itself only, so that a thousand remotes need not be compared."""

    remotes: tuple[Remote, ...]
    names: tuple[str, ...] = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.remotes is other.remotes and self.names is other.names

    def __hash__(self) -> int:
        return hash((id(self.remotes), id(self.names)))


def normalized(alias: str) -> str:
    """The alias without what is easily mixed up: case, dashes and underscores, blanks around it."""
    return alias.strip().casefold().replace("_", "-")


def same_spelling(cluster: LocalCluster, alias: str) -> tuple[str, ...]:
    """The aliases of all remotes that differ from ``alias`` in spelling only; its own is among them."""
    return _by_spelling(_Same(cluster.remotes)).get(normalized(alias), ())


def aliases_of_target(cluster: LocalCluster, target: Target) -> tuple[str, ...]:
    """The aliases of all remotes that lead to one target."""
    return _by_target(_Same(cluster.remotes)).get(target, ())


def same_cluster(cluster_evidence: ClusterEvidence, identity: Identity) -> tuple[str, ...]:
    """The aliases of all remotes whose own API gives this UUID."""
    if identity.uuid in NO_UUID:
        return ()
    known = ((one.remote.alias, one.api[Identity]) for one in cluster_evidence.remotes)
    return tuple(
        alias for alias, reported in known if isinstance(reported, Identity) and reported.uuid == identity.uuid
    )


def free_entries(cluster: LocalCluster, keystore: Keystore) -> tuple[str, ...]:
    """The aliases that have an entry in the keystore, and that no remote has."""
    return _free(_Same(cluster.remotes, keystore.names))


def has_entry(keystore: Keystore, alias: str) -> bool:
    """Tell whether the keystore has a key for exactly this alias."""
    return f"cluster.remote.{alias}.credentials" in keystore.names


def targets(remote: Remote) -> frozenset[Target]:
    """Host, port and server name that a remote leads to; behind a ``proxy`` in sniff mode the seeds are the names."""
    found = set[Target]()
    for address in remote.dialled:
        if address.parts is None:
            continue
        host, port = address.parts[0].lower().rstrip("."), address.parts[1]
        if address.setting == "proxy":
            names = [seed.rpartition(":")[0].lower() for seed in remote.seeds]
        else:
            names = [remote.server_name.lower() if remote.effective_mode is Mode.PROXY else ""]
        found |= {(host, port, name or host) for name in names}
    return frozenset(found)


@lru_cache(maxsize=_CLUSTERS_KEPT)
def _by_spelling(same: _Same) -> Mapping[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for remote in same.remotes:
        found[normalized(remote.alias)].append(remote.alias)
    return {spelling: tuple(aliases) for spelling, aliases in found.items()}


@lru_cache(maxsize=_CLUSTERS_KEPT)
def _by_target(same: _Same) -> Mapping[Target, tuple[str, ...]]:
    found: defaultdict[Target, list[str]] = defaultdict(list)
    for remote in same.remotes:
        for target in targets(remote):
            found[target].append(remote.alias)
    return {target: tuple(aliases) for target, aliases in found.items()}


@lru_cache(maxsize=_CLUSTERS_KEPT)
def _free(same: _Same) -> tuple[str, ...]:
    taken = {remote.alias for remote in same.remotes}
    return tuple(dict.fromkeys(alias for alias in Keystore(names=same.names).aliases if alias not in taken))
