"""What a round needs apart from the network, decided in one place for run, lint, probe, replay, daemon and reload.

A choice of checks that names what is not there, or that leaves none, is refused here, whoever makes it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Final

from diag.check import Check
from diag.collect import RoundInput
from diag.config import ClusterConfig, Config, ConfigError, Problem
from diag.config.config_problems import Key
from diag.engine import BrokenPack, Catalogue
from diag.lazy_dataclass import dataclass
from diag.model import History, Policy, SeenFrom, Surroundings
from diag.shard import WHOLE, Shard
from diag.text import shown

NOTHING: Final[Mapping[str, History]] = MappingProxyType({})
_MAX_GLOB_LENGTH = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The checks that run, all that there are, and the policy with what was chosen put in. ``broken`` packs bring no checks."""

    checks: tuple[Check, ...]
    known: tuple[Check, ...]
    policy: Policy
    broken: tuple[BrokenPack, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A configuration and the checks that judge by it. Two plans are compared to see what a reload changes."""

    config: Config
    selection: Selection
    shard: Shard = WHOLE

    @cached_property
    def in_shard(self) -> tuple[ClusterConfig, ...]:
        """The local clusters that are looked at: those of the shard."""
        return tuple(cluster for cluster in self.config.clusters if self.shard.holds(cluster.name))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The local clusters, in the order of the file."""
        return tuple(cluster.name for cluster in self.in_shard)

    def cluster(self, name: str) -> ClusterConfig | None:
        """The configuration of one local cluster, None if there is none of that name."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> Mapping[str, ClusterConfig]:
        return {cluster.name: cluster for cluster in self.in_shard}

    def changed(self, name: str, other: Plan) -> bool:
        """Tell whether the rounds of this cluster would be others under the other plan."""
        mine, others = self.config, other.config
        return (
            (mine.interval, mine.timeouts, mine.probe) != (others.interval, others.timeouts, others.probe)
            or (mine.platforms, mine.vantage_points) != (others.platforms, others.vantage_points)
            or mine.thresholds() != others.thresholds()
            or (self.selection.policy, self.selection.checks) != (other.selection.policy, other.selection.checks)
            or self.cluster(name) != other.cluster(name)
        )


def plan_of(config: Config, catalogue: Catalogue, only: Sequence[str] = (), skip: Sequence[str] = ()) -> Plan:
    """Make the plan of a loaded configuration. Raises ConfigError for a choice of checks that can't be made."""
    return Plan(config=config, selection=select(catalogue, config.policy(), only, skip, config))


def select(
    catalogue: Catalogue,
    policy: Policy,
    only: Sequence[str] = (),
    skip: Sequence[str] = (),
    config: Config | None = None,
) -> Selection:
    """Choose the checks by a policy and by the command line.

    Raises ConfigError, with the place of each, for globs that fit no check, and where no check is left.
    """
    problems = [
        _no_such_check(catalogue, Problem(file=option, value=shown(glob, _MAX_GLOB_LENGTH), message=""), glob)
        for option, globs in (("--only", only), ("--skip", skip))
        for glob in catalogue.unmatched(globs)
    ]
    # The checks of a pack that can't be loaded are not known, so a name in the file that fits nothing may well be one of them.
    if config is not None and not catalogue.broken:
        problems += _unknown_in(config, catalogue)
    if problems:
        raise ConfigError(problems)
    policy = dataclasses.replace(policy, only=tuple(only) or policy.only, skip=(*policy.skip, *skip))
    checks = catalogue.choose(policy.only, policy.skip)
    if not checks:
        raise ConfigError([_nothing_left(catalogue, config, skip)])
    return Selection(checks=checks, known=catalogue.checks, policy=policy, broken=catalogue.broken)


def _unknown_in(config: Config, catalogue: Catalogue) -> Iterator[Problem]:
    for key, glob in _named(config):
        if catalogue.unmatched((glob,)):
            yield _no_such_check(catalogue, config.problem(key, glob, ""), glob)


def _named(config: Config) -> Iterator[tuple[Key, str]]:
    """Every glob of checks in a configuration, with where it stands."""
    checks = config.checks
    yield from ((("checks", "skip", i), glob) for i, glob in enumerate(checks.skip))
    yield from ((("checks", "severity", glob), glob) for glob in checks.severity)
    yield from ((("checks", "acknowledge", i, "check"), one.check) for i, one in enumerate(checks.acknowledge))


def _no_such_check(catalogue: Catalogue, problem: Problem, glob: str) -> Problem:
    return dataclasses.replace(problem, message=f"no check matches; {catalogue.did_you_mean(glob)}")


def _nothing_left(catalogue: Catalogue, config: Config | None, skip: Sequence[str]) -> Problem:
    if not catalogue.checks:
        return Problem(file="check packs", message="no check is left, because none of them could be loaded")
    message = "no check is left: --only, --skip and checks.skip of the configuration exclude them all"
    if config is not None and config.checks.skip and not skip:
        return config.problem(("checks", "skip"), ", ".join(config.checks.skip), message)
    return Problem(file="--only and --skip", message=message)


def _surroundings(cluster: ClusterConfig) -> Surroundings:
    """What the documents say that the configuration of a cluster names."""
    if not (cluster.settings_files or any(one.settings_files for one in cluster.remotes)):
        return Surroundings()
    from diag.documents.surroundings import surroundings_of  # noqa: PLC0415 -- few rounds have documents.

    return surroundings_of(cluster)


def left_out(config: Config, cluster: ClusterConfig, place: str) -> tuple[str, ...]:
    """The aliases of remotes that are not looked at from a vantage point; with an empty name: from where diag runs."""
    wanted = ((one.alias, config.seen_from(cluster, one) or ("",)) for one in cluster.remotes)
    return tuple(alias for alias, places in wanted if place not in places)


def round_input(  # noqa: PLR0913 -- what goes into a round.
    config: Config,
    cluster: ClusterConfig,
    now: datetime,
    *,
    remotes: tuple[str, ...] = (),
    seconds: float | None = None,
    past: Mapping[str, History] = NOTHING,
    seen_from: SeenFrom | None = None,
) -> RoundInput:
    """Put together what a round of one cluster needs; what is looked at from elsewhere is left out."""
    return RoundInput(
        cluster=cluster,
        timeouts=config.timeouts,
        thresholds=config.thresholds(),
        now=now,
        remotes=remotes,
        seconds=seconds,
        transport=config.probe.transport,
        search=config.probe.search,
        past=past,
        surroundings=_surroundings(cluster),
        platforms=config.platforms,
        keys_elsewhere={name: keys for name, keys in config.keys.items() if name != cluster.name},
        left_out=left_out(config, cluster, seen_from.name if seen_from else ""),
        seen_from=seen_from,
    )
