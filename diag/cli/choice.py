"""What is to be looked at, by which checks; names that nothing answers to are refused with the nearest ones."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from diag.check import Check, Scope
from diag.cli.options import Chosen
from diag.cli.streams import Refusal, complain
from diag.config import ClusterConfig, Config, ConfigError, load_config
from diag.engine import Catalogue, load_catalogue
from diag.escape import shown
from diag.model import Endpoints, Policy


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What one run does: the configuration, the clusters and remotes of it, the checks, and whether the network is used."""

    config: Config
    clusters: tuple[ClusterConfig, ...]
    remotes: tuple[str, ...]
    checks: tuple[Check, ...]
    policy: Policy
    offline: bool = False


def read_config(path: Path) -> Config:
    """Load the configuration. Raises Refusal with everything that is wrong with it."""
    try:
        return load_config(path)
    except ConfigError as error:
        raise Refusal(str(error)) from None


def installed_checks() -> Catalogue:
    """Load the check packs; those that are broken are complained about, and the others run."""
    catalogue = load_catalogue()
    for pack in catalogue.broken:
        complain(f"the check pack {pack.name!r} is broken, its checks do not run: {pack.error}")
    return catalogue


def plan_of(config: Config, chosen: Chosen) -> Plan:
    """Choose clusters, remotes and checks. Raises Refusal for names that nothing answers to."""
    catalogue = installed_checks()
    policy = config.policy()
    refuse_unknown_checks(config, catalogue)
    clusters = _clusters(config.clusters, chosen)
    policy, checks = choose_checks(catalogue, policy, chosen)
    return Plan(config=config, clusters=clusters, remotes=chosen.remotes, checks=checks, policy=policy)


def choose_checks(catalogue: Catalogue, policy: Policy, chosen: Chosen) -> tuple[Policy, tuple[Check, ...]]:
    """Add what the command line says of checks to a policy. Raises Refusal for globs that match nothing."""
    problems = [
        _no_such_check(catalogue, option, glob)
        for option, globs in (("--only", chosen.only), ("--skip", chosen.skip))
        for glob in catalogue.unmatched(globs)
    ]
    if problems:
        raise Refusal("\n".join(problems))
    policy = dataclasses.replace(policy, only=chosen.only or policy.only, skip=(*policy.skip, *chosen.skip))
    checks = catalogue.choose(policy.only, policy.skip)
    if not checks:
        msg = "no check is left: --only, --skip and checks.skip of the configuration exclude them all"
        raise Refusal(msg)
    return policy, checks


def refuse_unknown_checks(config: Config, catalogue: Catalogue) -> None:
    """Raise Refusal where the configuration names checks that do not exist."""
    policy = config.policy()
    named = {
        "checks.skip": policy.skip,
        "checks.severity": tuple(policy.severity),
        "checks.acknowledge": tuple(entry.check for entry in policy.acknowledge),
    }
    problems = [
        _no_such_check(catalogue, where, glob) for where, globs in named.items() for glob in catalogue.unmatched(globs)
    ]
    # A name that fits nothing may well be a check of the pack that could not be loaded.
    if problems and not catalogue.broken:
        raise Refusal("\n".join(problems))


def offline(plan: Plan) -> Plan:
    """Keep what can be told without asking anybody: settings and files."""
    checks = tuple(check for check in plan.checks if _needs_no_network(check))
    if not checks:
        msg = "no check is left: those that were chosen all need the network"
        raise Refusal(msg)
    return dataclasses.replace(plan, checks=checks, offline=True)


def nearest(name: str, known: Iterable[str]) -> str:
    """Say which known name was probably meant, or which there are."""
    names = list(dict.fromkeys(known))
    folded = {one.lower(): one for one in names}
    close = [folded[one] for one in difflib.get_close_matches(name.lower(), folded, n=3, cutoff=0.5)]
    if close:
        return f"did you mean {' or '.join(shown(one, 80) for one in close)}?"
    return f"there are {', '.join(shown(one, 80) for one in names[:10])}" if names else "there is none"


def _clusters(clusters: Sequence[ClusterConfig], chosen: Chosen) -> tuple[ClusterConfig, ...]:
    names = [cluster.name for cluster in clusters]
    refuse_strangers("--cluster", "local cluster", chosen.clusters, names)
    kept = [cluster for cluster in clusters if not chosen.clusters or cluster.name in chosen.clusters]
    if not chosen.remotes:
        return tuple(kept)
    if not any(cluster.url for cluster in kept):
        aliases = [remote.alias for cluster in kept for remote in cluster.remotes]
        refuse_strangers("--remote", "remote", chosen.remotes, aliases)
    # A cluster with an API may have remotes that the file does not name.
    wanted = set(chosen.remotes)
    return tuple(c for c in kept if c.url or wanted & {remote.alias for remote in c.remotes})


def refuse_strangers(option: str, what: str, wanted: Iterable[str], known: Sequence[str]) -> None:
    """Raise Refusal for the wanted names that are not known."""
    problems = [
        f"{option} {shown(name, 80)!r}: no {what} has that name; {nearest(name, known)}"
        for name in wanted
        if name not in known
    ]
    if problems:
        raise Refusal("\n".join(problems))


def _no_such_check(catalogue: Catalogue, where: str, glob: str) -> str:
    close = catalogue.nearest(glob)
    hint = f"did you mean {' or '.join(close)}?" if close else "diag checks list names them all"
    return f"{where} {shown(glob, 80)!r}: no check matches; {hint}"


def _needs_no_network(check: Check) -> bool:
    return check.scope in {Scope.CLUSTER, Scope.REMOTE} and all(need.type is not Endpoints for need in check.needs)
