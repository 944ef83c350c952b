"""One look at every source: what it names, or why that is not known."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from diag.collect import Network
from diag.config import ClusterConfig, Config
from diag.config.readers import ValidationError
from diag.config.sources import Discovery, FileSource, HttpSource, PlatformSource
from diag.discovery.named import Named, SourceError
from diag.discovery.of_platform import named_on_platform
from diag.discovery.of_targets import named_at_url, named_in_files
from diag.lazy_dataclass import dataclass
from diag.text import shown

_MAX_TEXT: Final = 500
# How each kind of source is looked at: what its section is, to what reads it.
_LOOKS: Final[Mapping[type, Callable[[Any, Config, Network], Awaitable[Named]]]] = {
    FileSource: named_in_files,
    HttpSource: named_at_url,
    PlatformSource: named_on_platform,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What one source named at one look; ``problem`` says what of it could not be used, empty where all could.

    ``unsure`` and ``whole`` are those of ``Named``.
    """

    source: str
    clusters: tuple[ClusterConfig, ...] = ()
    problem: str = ""
    failed: bool = False
    unsure: frozenset[str] = frozenset()
    whole: bool = True

    def after(self, before: Findings | None) -> Findings:
        """The same with what was known, where this look could not tell: nobody is gone, new or changed because he was not shown."""
        if before is None or (self.whole and not self.unsure):
            return self
        names = {one.name for one in self.clusters}
        sure = [one for one in self.clusters if one.name not in self.unsure]
        kept = [one for one in before.clusters if one.name in self.unsure or (not self.whole and one.name not in names)]
        return replace(self, clusters=tuple(sorted((*sure, *kept), key=lambda one: one.name)))


async def find(source: Discovery, config: Config, network: Network) -> Findings:
    """Look at one source. Raises nothing but cancellation."""
    try:
        named = await _LOOKS[type(source.where)](source.where, config, network)
    except SourceError as error:
        return Findings(source=source.name, problem=shown(str(error), _MAX_TEXT), failed=True)
    clusters, problems = [], [named.problem] if named.problem else []
    for one in named.clusters:
        try:
            clusters.append(_cluster(source, one))
        except ValidationError:
            name, url = (shown(str(one[key]), 80) for key in ("name", "url"))
            problems.append(f"{name}: {url} is no URL of an Elasticsearch API")
    return Findings(
        source=source.name,
        clusters=tuple(clusters),
        problem=shown("; ".join(problems), _MAX_TEXT),
        unsure=named.unsure,
        whole=named.whole,
    )


async def find_all(config: Config, network: Network) -> tuple[Findings, ...]:
    """Look at every source once, all at the same time."""
    return tuple(await asyncio.gather(*(find(source, config, network) for source in config.discover)))


def with_found(config: Config, found: Iterable[Findings]) -> tuple[Config, Mapping[str, str]]:
    """The configuration with the clusters that were found behind its own; and by source, which could not be used because the name is taken."""
    taken = {cluster.name for cluster in config.clusters}
    more: list[ClusterConfig] = []
    clashes: dict[str, str] = {}
    for one in found:
        for cluster in one.clusters:
            if cluster.name in taken:
                clashes[one.source] = f"another cluster has the name {shown(cluster.name, 80)} already; that one stays"
                continue
            taken.add(cluster.name)
            more.append(cluster)
    return config.model_copy(update={"clusters": (*config.clusters, *more)}), clashes


def _cluster(source: Discovery, named: Mapping[str, object]) -> ClusterConfig:
    common = {name: getattr(source.cluster, name) for name in source.cluster.model_fields_set}
    return ClusterConfig.model_validate({**named, **common})
