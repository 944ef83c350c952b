"""Sources that speak of targets, as Prometheus has them: files, and a URL."""

from __future__ import annotations

import asyncio
import glob
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import yaml

from diag.collect import Network
from diag.collect.target import ApiTarget
from diag.config import Config
from diag.config.regular_files import read_regular, why
from diag.config.sources import FileSource, HttpSource
from diag.discovery.named import Named, SourceError
from diag.discovery.target_groups import Target, TargetGroupError, targets_in
from diag.evidence.call import Call
from diag.model import Unavailable

_MAX_BYTES: Final = 8 * 1024 * 1024
_MAX_FILES: Final = 1000


async def named_in_files(source: FileSource, config: Config, network: Network) -> Named:
    """Read the files. Raises SourceError."""
    del config, network
    return _named(await asyncio.to_thread(_of_files, source))


async def named_at_url(source: HttpSource, config: Config, network: Network) -> Named:
    """Ask the URL. Raises SourceError."""
    return _named(await _of_url(source, config, network))


def _named(targets: tuple[Target, ...]) -> Named:
    return Named(clusters=tuple({"name": one.name, "url": one.url} for one in targets))


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
