"""What pages share: templates, symbols, words for spans of time, the address of a remote's page. Every text may come from a peer."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined

from diag import VERSION
from diag.board import ClusterState
from diag.lazy_dataclass import dataclass
from diag.model import Finding, Result, Status
from diag.text import shorten, shown, visible
from diag.web.assets import asset_address

SYMBOLS: Final = {Status.OK: "✓", Status.WARN: "!", Status.FAIL: "✗", Status.UNKNOWN: "?"}
WORDS: Final = {Status.OK: "ok", Status.WARN: "warn", Status.FAIL: "FAIL", Status.UNKNOWN: "unknown"}
MAX_TEXT: Final = 2000
MAX_BRIEF: Final = 500  # Of a sentence in a block of the overview,
MAX_INLINE: Final = 200  # and of one in a line: the page of the remote has all of it.
MAX_NAME: Final = 120
MAX_SHORT: Final = 56  # Of a word or two in the picture of the way.
_DAY, _HOUR, _MINUTE = 86400, 3600, 60


def render(template: str, now: datetime, **values: object) -> str:
    """Fill a page in; what its frame shows is added."""
    page: str = (
        _environment()
        .get_template(template)
        .render(now=now.strftime("%Y-%m-%d %H:%M:%S UTC"), version=VERSION, **values)
    )
    return page


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("diag.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"asset": asset_address, "symbols": SYMBOLS, "words": WORDS}
    environment.filters["text"] = functools.partial(shown, limit=MAX_TEXT)
    environment.filters["brief"] = functools.partial(shown, limit=MAX_BRIEF)
    environment.filters["inline"] = functools.partial(shown, limit=MAX_INLINE)
    environment.filters["name"] = functools.partial(shown, limit=MAX_NAME)
    environment.filters["short"] = lambda text: visible(shorten(text.partition(", because ")[0], MAX_SHORT))
    environment.filters["when"] = lambda iso: iso.replace("T", " ").replace("Z", " UTC")
    environment.filters["lines"] = lambda text: "\n".join(map(visible, text.split("\n")))
    return environment


def cluster_address(cluster: str) -> str:
    """The address of the page of one local cluster."""
    return f"/clusters/{quote(cluster, safe='')}"


def remote_address(cluster: str, alias: str) -> str:
    """The address of the page of one remote. What a path can't hold is written with percent signs."""
    return f"/remote/{quote(cluster, safe='')}/{quote(alias, safe='')}"


def rank(finding: Finding, result: Result) -> int:
    """How bad a finding is, for ordering."""
    severity = finding.severity or result.severity
    return severity.rank if severity else 0


def web_links(links: Iterable[str]) -> tuple[str, ...]:
    """Those that a browser may be led to: an address of the web, in plain characters."""
    return tuple(link for link in links if link.startswith("https://") and link.isprintable())


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of the past: as a machine reads it, and how long ago it was."""

    iso: str
    ago: str

    @classmethod
    def of(cls, at: datetime, now: datetime) -> Moment:
        """Word it."""
        return cls(at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), duration(now - at))


def days_until(ends: datetime, now: datetime) -> str:
    """A date, and how far away it is."""
    left = ends - now
    stated = f"in {duration(left)}" if left > timedelta() else f"{duration(-left)} ago"
    return f"{ends:%Y-%m-%d} ({stated})"


def age_of(state: ClusterState, now: datetime) -> str:
    """How long ago a cluster was last looked at."""
    finished = state.round.finished_at
    return f"{duration(now - finished)} ago" if finished else "never"


def moment(now: datetime | None) -> datetime:
    """The time of a page."""
    return now or datetime.now(UTC)


def duration(span: timedelta) -> str:
    """Say a span of time in its largest unit or two: ``45 s``, ``12 min``, ``5 h 10 min``, ``17 d``."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < _MINUTE:
        return f"{seconds} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    if seconds < _DAY:
        return f"{seconds // _HOUR} h {seconds % _HOUR // _MINUTE} min"
    return f"{seconds // _DAY} d"
