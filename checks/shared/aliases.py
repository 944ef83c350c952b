"""What the remotes of one cluster share: worked out once for the cluster, not again for each of its remotes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import islice

from checks.shared.same_value import CLUSTERS_KEPT, Same
from diag.model import (
    MAX_LISTED,
    ClusterEvidence,
    Identity,
    Keystore,
    LocalCluster,
    Mode,
    Remote,
    RemoteEvidence,
    listed,
)

Target = tuple[str, int, str]
NO_UUID = frozenset({"", "_na_"})  # A cluster has none before it has formed.


def normalized(alias: str) -> str:
    """The alias without what is easily mixed up: case, dashes and underscores, blanks around it."""
    return alias.strip().casefold().replace("_", "-")


def same_spelling(cluster: LocalCluster, alias: str) -> tuple[str, ...]:
    """The aliases of all remotes that differ from ``alias`` in spelling only; its own is among them."""
    return _by_spelling(Same(cluster.remotes)).get(normalized(alias), ())


def aliases_of_target(cluster: LocalCluster, target: Target) -> tuple[str, ...]:
    """The aliases of all remotes that lead to one target."""
    return _by_target(Same(cluster.remotes)).get(target, ())


def same_cluster(cluster_evidence: ClusterEvidence, identity: Identity) -> tuple[str, ...]:
    """The aliases of all remotes whose own API gives this UUID."""
    if identity.uuid in NO_UUID:
        return ()
    return _by_uuid(Same(cluster_evidence.remotes)).get(identity.uuid, ())


def first_others(aliases: Iterable[str], alias: str) -> tuple[str, ...]:
    """The first of these aliases that are not one's own, as many as a sentence names: who is one of a thousand does not look at all of them."""
    return tuple(islice((one for one in aliases if one != alias), MAX_LISTED))


def others_listed(aliases: Sequence[str], alias: str) -> str:
    """Those that are not one's own, in a sentence; no two remotes of a cluster have the same alias."""
    named = first_others(aliases, alias)
    more = len(aliases) - 1 - len(named)
    return f"{listed(named)} and {more} more" if more > 0 else listed(named)


def free_entries(cluster: LocalCluster, keystore: Keystore) -> tuple[str, ...]:
    """The aliases that have an entry in the keystore, and that no remote has."""
    return _free(Same(cluster.remotes, keystore.names))


def free_entry_spelled(cluster: LocalCluster, keystore: Keystore, spelling: str) -> str:
    """The first of those aliases that is spelled like this once it is normalized; empty if there is none."""
    return _free_by_spelling(Same(cluster.remotes, keystore.names)).get(spelling, "")


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


@lru_cache(maxsize=CLUSTERS_KEPT)
def _by_spelling(same: Same[tuple[Remote, ...]]) -> Mapping[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for remote in same.value:
        found[normalized(remote.alias)].append(remote.alias)
    return {spelling: tuple(aliases) for spelling, aliases in found.items()}


@lru_cache(maxsize=CLUSTERS_KEPT)
def _by_target(same: Same[tuple[Remote, ...]]) -> Mapping[Target, tuple[str, ...]]:
    found: defaultdict[Target, list[str]] = defaultdict(list)
    for remote in same.value:
        for target in targets(remote):
            found[target].append(remote.alias)
    return {target: tuple(aliases) for target, aliases in found.items()}


@lru_cache(maxsize=1)  # It holds the evidence of a whole round, which is the latest one of a cluster.
def _by_uuid(same: Same[tuple[RemoteEvidence, ...]]) -> Mapping[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for one in same.value:
        reported = one.api[Identity]
        if isinstance(reported, Identity):
            found[reported.uuid].append(one.remote.alias)
    return {uuid: tuple(aliases) for uuid, aliases in found.items()}


@lru_cache(maxsize=CLUSTERS_KEPT)
def _free(same: Same[tuple[Remote, ...]]) -> tuple[str, ...]:
    taken = {remote.alias for remote in same.value}
    return tuple(dict.fromkeys(alias for alias in Keystore(names=same.names).aliases if alias not in taken))


@lru_cache(maxsize=CLUSTERS_KEPT)
def _free_by_spelling(same: Same[tuple[Remote, ...]]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for alias in _free(same):
        found.setdefault(normalized(alias), alias)
    return found
