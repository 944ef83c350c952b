"""What is to be looked at, by which checks; names that nothing answers to are refused with the nearest ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

from diag.cli.command_options import Chosen
from diag.cli.standard_streams import UsageError, print_error
from diag.cli.ways_in import ways_in_without
from diag.config import ClusterConfig, Config, ConfigError, load_config
from diag.engine import Catalogue, load_catalogue
from diag.lazy_dataclass import dataclass
from diag.model import Policy
from diag.plan import Plan, Selection, select
from diag.text import did_you_mean, shown
from diag.vantage.placed_rounds import looked_at_from_here


@dataclass(frozen=True, kw_only=True)
class Run(Plan):
    """What one run does: a plan, the clusters and remotes of it that were chosen, and whether the network is used.

    ``from_here`` are clusters that are looked at from this machine, although the configuration says from where else.
    """

    clusters: tuple[ClusterConfig, ...]
    remotes: tuple[str, ...]
    offline: bool = False
    from_here: frozenset[str] = frozenset()

    @cached_property
    def in_shard(self) -> tuple[ClusterConfig, ...]:
        """Those that were chosen."""
        return self.clusters


def read_config(path: Path, *, lenient: bool = False) -> Config:
    """Load the configuration, ``-`` from standard input. Raises UsageError with everything that is wrong with it.

    Where there is none yet, the ways to one are named.
    ``lenient`` lets the files and variables that it names be missing: what hangs on them is then unknown.
    """
    try:
        return load_config(path, lenient=lenient)
    except ConfigError as error:
        msg = f"{error}\n{ways_in_without(path)}".rstrip("\n")
        raise UsageError(msg) from None


def installed_checks() -> Catalogue:
    """Load the check packs; those that are broken are complained about, and the others run."""
    catalogue = load_catalogue()
    for pack in catalogue.broken:
        print_error(f"the check pack {pack.name!r} is broken, its checks do not run: {pack.error}")
    return catalogue


def run_of(config: Config, chosen: Chosen, *, offline: bool = False, from_here: bool = False) -> Run:
    """Choose clusters, remotes and checks. Raises UsageError for names that nothing answers to.

    What files alone can show is the same from everywhere, so that vantage points mean nothing ``offline``.
    """
    config, moved = looked_at_from_here(config) if offline or from_here else (config, frozenset[str]())
    selection = select_checks(installed_checks(), config.policy(), chosen, config)
    clusters = _clusters(config.clusters, chosen)
    return Run(
        config=config,
        selection=selection,
        clusters=clusters,
        remotes=chosen.remotes,
        offline=offline,
        from_here=moved if from_here else frozenset(),
    )


def select_checks(catalogue: Catalogue, policy: Policy, chosen: Chosen, config: Config | None = None) -> Selection:
    """Add what the command line says of checks to a policy. Raises UsageError for a choice that can't be made."""
    try:
        return select(catalogue, policy, chosen.only, chosen.skip, config)
    except ConfigError as error:
        raise UsageError(str(error)) from None


def _known_names(name: str, known: Iterable[str]) -> str:
    """Say which known name was probably meant, or which there are."""
    names = list(dict.fromkeys(known))
    there_are = f"there are {', '.join(shown(one, 80) for one in names[:10])}" if names else "there is none"
    return did_you_mean(name, names) or there_are


def _clusters(clusters: Sequence[ClusterConfig], chosen: Chosen) -> tuple[ClusterConfig, ...]:
    names = [cluster.name for cluster in clusters]
    refuse_unknown("--cluster", "local cluster", chosen.clusters, names)
    kept = [cluster for cluster in clusters if not chosen.clusters or cluster.name in chosen.clusters]
    if not chosen.remotes:
        return tuple(kept)
    if not any(cluster.url for cluster in kept):
        aliases = [remote.alias for cluster in kept for remote in cluster.remotes]
        refuse_unknown("--remote", "remote", chosen.remotes, aliases)
    # A cluster with an API may have remotes that the file does not name.
    wanted = set(chosen.remotes)
    return tuple(c for c in kept if c.url or wanted & {remote.alias for remote in c.remotes})


def refuse_unknown(option: str, what: str, wanted: Iterable[str], known: Sequence[str]) -> None:
    """Raise UsageError for the wanted names that are not known."""
    problems = [
        f"{option} {shown(name, 80)!r}: no {what} has that name; {_known_names(name, known)}"
        for name in wanted
        if name not in known
    ]
    if problems:
        raise UsageError("\n".join(problems))
