"""The plan: a loaded configuration, and the checks that it chooses."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from diag.check import Check
from diag.config import ClusterConfig, Config, ConfigError, Problem, load_config
from diag.engine import Catalogue
from diag.model import Policy

Load = Callable[[], "Plan"]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a round needs beside the network. Two plans are compared to see what a reload changes."""

    config: Config
    checks: tuple[Check, ...]
    policy: Policy
    broken_packs: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The local clusters, in the order of the file."""
        return tuple(cluster.name for cluster in self.config.clusters)

    def cluster(self, name: str) -> ClusterConfig | None:
        """The configuration of one local cluster, None if there is none of that name."""
        return next((cluster for cluster in self.config.clusters if cluster.name == name), None)

    def changed(self, name: str, other: Plan) -> bool:
        """Tell whether the rounds of this cluster would be others under the other plan."""
        mine, others = self.config, other.config
        return (
            (mine.interval, mine.timeouts, mine.probe) != (others.interval, others.timeouts, others.probe)
            or (mine.thresholds(), self.policy, self.checks) != (others.thresholds(), other.policy, other.checks)
            or self.cluster(name) != other.cluster(name)
        )


def load_plan(path: Path, catalogue: Catalogue, only: Sequence[str] = (), skip: Sequence[str] = ()) -> Plan:
    """Load the configuration and choose the checks.

    Raises ConfigError for everything that is wrong with the file, and for globs that fit no check.
    """
    return plan_of(load_config(path), str(path), catalogue, only, skip)


def plan_of(
    config: Config, file: str, catalogue: Catalogue, only: Sequence[str] = (), skip: Sequence[str] = ()
) -> Plan:
    """Make the plan of a loaded configuration; ``file`` is where its problems are said to be."""
    policy = config.policy()
    named = {
        "checks.skip": policy.skip,
        "checks.severity": tuple(policy.severity),
        "checks.acknowledge": tuple(entry.check for entry in policy.acknowledge),
        "--only": tuple(only),
        "--skip": tuple(skip),
    }
    problems = [
        Problem(file=file, path=where, value=glob, message=_no_such_check(catalogue, glob))
        for where, globs in named.items()
        for glob in catalogue.unmatched(globs)
    ]
    # The checks of a pack that can't be loaded are not known, so a name that fits nothing may well be one of them.
    if problems and not catalogue.broken:
        raise ConfigError(problems)
    policy = dataclasses.replace(policy, only=(*policy.only, *only), skip=(*policy.skip, *skip))
    return Plan(
        config=config,
        checks=catalogue.choose(policy.only, policy.skip),
        policy=policy,
        broken_packs=len(catalogue.broken),
    )


def _no_such_check(catalogue: Catalogue, glob: str) -> str:
    near = catalogue.nearest(glob)
    return f"expected the id of a check, or a glob that fits one{'; did you mean ' + ' or '.join(near) + '?' if near else ''}"
