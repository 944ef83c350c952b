"""The way from the local cluster to the remote one as a picture: each station with what was seen there, and where the way breaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from diag.lazy_dataclass import dataclass
from diag.model import RemoteReport, Seen
from diag.report.coverage_text import MARKS, part_name
from diag.web.address_rows import AddressRow

SEEN_WORDS: Final[Mapping[Seen, str]] = {
    Seen.YES: "as it should be",
    Seen.NO: "not as it should be",
    Seen.UNKNOWN: "no answer",
    Seen.NOT_ASKED: "not asked",
}
_BETWEEN: Final = ("address", "tcp", "tls", "node", "login")
_TITLES: Final = {"address": "DNS", "tcp": "TCP", "tls": "TLS", "node": "node"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """One station. ``seen`` names how it looks; ``breaks`` is set where the way ends, ``beyond`` for what lies behind that."""

    title: str
    seen: Seen
    mark: str
    word: str
    detail: str
    breaks: bool = False
    beyond: bool = False


def stations(cluster: str, report: RemoteReport, rows: Sequence[AddressRow]) -> tuple[Station, ...]:
    """The way, from end to end. It breaks at the first station between the clusters that is not as it should be."""
    seen, model = dict(report.coverage.parts), report.evidence.remote.security_model
    broken = next((place for place, part in enumerate(_BETWEEN) if seen[part] is Seen.NO), len(_BETWEEN))
    middle = (
        _station(
            _TITLES.get(part) or part_name(part, model),
            seen[part],
            _detail(part, rows),
            breaks=place == broken,
            beyond=place > broken,
        )
        for place, part in enumerate(_BETWEEN)
    )
    cut_off = broken < len(_BETWEEN)
    return (_station(cluster, seen["local_view"]), *middle, _station(report.alias, seen["remote_view"], beyond=cut_off))


def _detail(part: str, rows: Sequence[AddressRow]) -> str:
    """What the addresses showed at a station, where they all showed the same; the table of addresses has the rest."""
    texts = {
        {"address": row.ip, "tcp": row.tcp, "tls": row.tls, "node": row.node, "login": row.login}[part] for row in rows
    }
    if len(texts) == 1:
        return texts.pop()
    return f"{len(rows)} addresses" if rows and part == "address" else ""


def _station(title: str, seen: Seen, detail: str = "", *, breaks: bool = False, beyond: bool = False) -> Station:
    return Station(
        title=title,
        seen=seen,
        mark=MARKS[seen],
        word="the way breaks here" if breaks else SEEN_WORDS[seen],
        detail=detail,
        breaks=breaks,
        beyond=beyond,
    )
