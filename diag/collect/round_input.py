"""What goes into a round: plain values, and the files that the remotes of a cluster name, read once."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime

from diag.collect.configured import Configured
from diag.collect.credentials import Keys
from diag.collect.material import Material, read_material
from diag.config import ClusterConfig, PlatformConfig, SecretRef, Timeouts
from diag.isolate import isolated
from diag.lazy_dataclass import dataclass
from diag.model import History, SeenFrom, Step, Surroundings, Thresholds, Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundInput:
    """What goes into a round: plain values, and secrets by reference only, so that a round can run anywhere.

    ``remotes`` are the aliases to look at (none: all). ``seconds`` bounds the whole round; what is not known by then is
    unavailable, out of time. ``transport`` allows frames of the transport protocol to be sent (``probe.transport``).
    ``search`` allows the declared patterns to be searched (``probe.search``). ``past`` is what earlier rounds saw, by alias.
    ``keys_elsewhere`` are the keys of the other local clusters, by the name of the cluster: one key is meant for one of them.
    ``left_out`` are aliases that are looked at from elsewhere alone. ``seen_from`` is the vantage point where the round runs.
    ``surroundings`` is what the documents say that the configuration names. ``platforms`` are those that run the cluster and its remotes.
    """

    cluster: ClusterConfig
    timeouts: Timeouts = field(default_factory=Timeouts)
    thresholds: Thresholds = field(default_factory=Thresholds)
    now: datetime
    remotes: tuple[str, ...] = ()
    seconds: float | None = None
    transport: bool = True
    search: bool = False
    past: Mapping[str, History] = field(default_factory=dict)
    keys_elsewhere: Mapping[str, tuple[SecretRef, ...]] = field(default_factory=dict)
    surroundings: Surroundings = field(default_factory=Surroundings)
    platforms: tuple[PlatformConfig, ...] = ()
    left_out: tuple[str, ...] = ()
    seen_from: SeenFrom | None = None

    def asks_for(self, alias: str) -> bool:
        """Whether a remote is looked at in this round."""
        return alias not in self.left_out and (not self.remotes or alias in self.remotes)


def read_materials(work: RoundInput, chosen: Sequence[Configured]) -> tuple[Material, ...]:
    """Read the files of all remotes; runs in a thread, because a disk may be slow."""
    keys = Keys(work.cluster, work.keys_elsewhere)
    return tuple(_material(work.cluster, one, keys) for one in chosen)


def _material(cluster: ClusterConfig, one: Configured, keys: Keys) -> Material:
    """The files of one remote. What goes wrong with them leaves those of the others alone."""
    read = functools.partial(read_material, cluster, one.config, one.remote.security_model, keys)
    material = isolated(read, Step.FILE) if one.unreadable is None else one.unreadable
    if isinstance(material, Unavailable):
        return Material(trust=material, identity=material, restrictions=material, credential=material)
    return material
