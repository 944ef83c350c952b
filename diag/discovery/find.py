"""One look at every source: what it names, or why that is not known."""

from __future__ import annotations

import asyncio
import glob
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import yaml
from pydantic import ValidationError

from diag.collect import Network
from diag.collect.target import ApiTarget
from diag.config import ClusterConfig, Config
from diag.config.regular_files import read_regular, why
from diag.config.sources import Discovery, FileSource, HttpSource
from diag.discovery.target_groups import Target, TargetGroupError, targets_in
from diag.evidence.call import Call
from diag.lazy_dataclass import dataclass
from diag.model import Unavailable
from diag.text import shown

_MAX_BYTES: Final = 8 * 1024 * 1024
_MAX_FILES: Final = 1000
_MAX_TEXT: Final = 500


class SourceError(Exception):
    """A source could not be read; the text says where, what was found and what was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What one source named at one look; ``problem`` says what of it could not be used, empty where all could."""

    source: str
    clusters: tuple[ClusterConfig, ...] = ()
    problem: str = ""
    failed: bool = False


async def find(source: Discovery, config: Config, network: Network) -> Findings:
    """Look at one source. Raises nothing but cancellation."""
    try:
        if source.file_sd is not None:
            targets = await asyncio.to_thread(_of_files, source.file_sd)
        elif source.http_sd is not None:
            targets = await _of_url(source.http_sd, config, network)
        else:
            targets = ()
    except SourceError as error:
        return Findings(source=source.name, problem=shown(str(error), _MAX_TEXT), failed=True)
    clusters, problems = [], []
    for target in targets:
        try:
            clusters.append(_cluster(source, target))
        except ValidationError:
            problems.append(f"{shown(target.name, 80)}: {shown(target.url, 80)} is no URL of an Elasticsearch API")
    return Findings(source=source.name, clusters=tuple(clusters), problem=shown("; ".join(problems), _MAX_TEXT))


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


def _cluster(source: Discovery, target: Target) -> ClusterConfig:
    common = {name: getattr(source.cluster, name) for name in source.cluster.model_fields_set}
    return ClusterConfig.model_validate({"name": target.name, "url": target.url, **common})


def _of_files(source: FileSource) -> tuple[Target, ...]:
    groups: list[Any] = []
    for path in _names(source.files):
        try:
            parsed = yaml.safe_load(read_regular(path, _MAX_BYTES))
            _read(parsed, str(path))
            groups += parsed
        except (OSError, ValueError) as error:
            msg = f"{path} {why(error)}"
            raise SourceError(msg) from None
        except (yaml.YAMLError, RecursionError) as error:
            mark = getattr(error, "problem_mark", None)
            place = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
            msg = f"{path}{place}: expected JSON or YAML with a list of target groups"
            raise SourceError(msg) from None
    return _read(groups, "the files together")


def _names(patterns: Iterable[Path]) -> Iterator[Path]:
    for pattern in patterns:
        names = sorted(glob.glob(str(pattern)))[:_MAX_FILES] if "*" in pattern.name else [str(pattern)]  # noqa: PTH207 -- an absolute pattern.
        yield from map(Path, names)


async def _of_url(source: HttpSource, config: Config, network: Network) -> tuple[Target, ...]:
    address = urlsplit(source.url)
    asked = Call(path=address.path or "/", privilege="")
    target = ApiTarget(
        url=f"{address.scheme}://{address.netloc}", auth=source.auth, ca=source.ca, seconds=config.timeouts.api
    )
    answer = (await network.call(target, (asked,)))[asked].value
    if isinstance(answer, Unavailable):
        raise SourceError(answer.detail)
    return _read(answer, source.url)


def _read(parsed: Any, where: str) -> tuple[Target, ...]:  # noqa: ANN401 -- whatever was read.
    try:
        return targets_in(parsed)
    except TargetGroupError as error:
        msg = f"{where}: {error}"
        raise SourceError(msg) from None
