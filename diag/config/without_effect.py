"""What stands in a configuration and holds for nothing, because it names a cluster or a remote that there is not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from diag.config.config_problems import Key, Problem
from diag.config.schema import Config
from diag.text import did_you_mean, fits


def without_effect(config: Config) -> tuple[Problem, ...]:
    """The acknowledgements and times of maintenance that fit no local cluster, or no remote of those that they fit.

    They are no error, for a cluster may come back; a name that is mistyped should be seen all the same. Where further clusters are found
    elsewhere, or remotes read from an API, nobody can say it.
    """
    return () if config.discover else tuple(_of_each(config))


def _of_each(config: Config) -> Iterator[Problem]:
    for key, cluster, remote in _named(config):
        fitting = [one for one in config.clusters if fits(one.name, cluster)]
        if not fitting:
            names = [one.name for one in config.clusters]
            yield config.problem((*key, "cluster"), cluster, _nothing("local cluster", cluster, names))
        elif remote != "*" and not any(one.url for one in fitting):
            aliases = [one.alias for each in fitting for one in each.remotes]
            if not any(fits(one, remote) for one in aliases):
                yield config.problem((*key, "remote"), remote, _nothing("remote there", remote, aliases))


def _named(config: Config) -> Iterator[tuple[Key, str, str]]:
    for index, one in enumerate(config.checks.acknowledge):
        yield ("checks", "acknowledge", index), one.cluster, one.remote
    for index, window in enumerate(config.maintenance):
        yield ("maintenance", index), window.cluster, window.remote


def _nothing(what: str, name: str, known: Iterable[str]) -> str:
    return f"it has no effect, because it fits no {what}; {did_you_mean(name, known)}".rstrip("; ")
