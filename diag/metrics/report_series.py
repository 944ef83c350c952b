"""Every series of a report, each family under its HELP and TYPE.

The text of a remote whose report is still the same object is kept, so a scrape after one changed remote writes only that one. Kept is no text
of its checks, which would be most of it: what follows the labels of the remote is the same for all whose checks say the same.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import Final

from diag.engine import own_status
from diag.lazy_dataclass import dataclass
from diag.metrics import cause_series, end_dates, follower_series
from diag.metrics.label_values import Lines, label, unique
from diag.model import (
    ClusterReport,
    Connection,
    EndpointEvidence,
    Outcome,
    RemoteEvidence,
    RemoteInfo,
    RemoteReport,
    Report,
    Resolution,
    Result,
    Seen,
    Status,
    TlsAttempt,
    TransportHello,
    Unavailable,
)

_CHECK_STATUS: Final = "diag_check_status"
FAMILIES: Final[Mapping[str, str]] = {
    _CHECK_STATUS: (
        "0 pass, 1 info, 2 warning, 3 error, 4 critical, -1 unknown or error of the check itself; skipped checks have "
        "no series, an acknowledged finding counts as info, a check on the local cluster has an empty remote."
    ),
    "diag_remote_status": "0 ok, 1 warn, 2 fail, 3 unknown.",
    "diag_cluster_status": "0 ok, 1 warn, 2 fail, 3 unknown: what was found about the local cluster itself, its remotes aside.",
    "diag_maintenance": "1 while a time of maintenance is on: what is found counts for nothing. Of the local cluster itself with an empty remote.",
    "diag_coverage": "How far a remote was looked at, part by part: 1 yes, 0 no (looked, and it fails), -1 unknown, -2 not asked.",
    "diag_remote_connected": "1 where the local cluster says that it is connected, 0 where it says that it is not.",
    "diag_vantage_status": "How one vantage point sees a remote: 0 ok, 1 warn, 2 fail, 3 unknown. No series where diag looks from where it runs.",
    "diag_remote_info": "1, with what is configured for the remote.",
    "diag_phase_duration_seconds": "How long a phase of the last round took: dns, connect, tls, transport.",
    "diag_vantage_phase_duration_seconds": "The same from each vantage point. No series where diag looks from where it runs.",
    **cause_series.FAMILIES,
    **follower_series.FAMILIES,
    **end_dates.FAMILIES,
}
_STATUS: Final = {Status.OK: 0, Status.WARN: 1, Status.FAIL: 2, Status.UNKNOWN: 3}
_SEEN: Final = {Seen.YES: 1, Seen.NO: 0, Seen.UNKNOWN: -1, Seen.NOT_ASKED: -2}
_ACKNOWLEDGED = 1
_PASS, _SKIP = Outcome.PASS, Outcome.SKIP

_PIECE: Final = 64 * 1024  # Characters that are handed on at once: the whole text is nowhere in memory.


@dataclass(frozen=True, slots=True)
class _Written:
    """The series of a remote (or of a cluster's own results), and the report that they are of.

    ``check`` is how each series of a check begins, ``statuses`` what follows in each of them, behind an empty first one.
    """

    source: object
    check: str
    statuses: tuple[str, ...]
    texts: Mapping[str, str]

    def of(self, family: str) -> str:
        """Those of one family."""
        return self.check.join(self.statuses) if family is _CHECK_STATUS else self.texts.get(family, "")


@dataclass(slots=True)
class SeriesCache:
    """What was written of each remote (or of a cluster's own results), by cluster and alias."""

    written: dict[tuple[str, str], _Written] = field(default_factory=dict)


def render_report_series(report: Report, kept: SeriesCache | None = None) -> str:
    """Write every series of a report, each family under its HELP and TYPE.

    ``kept``, handed in again with the next report, saves writing what has not changed.
    """
    return "".join(report_series(report, kept))


def report_series(report: Report, kept: SeriesCache | None = None) -> Iterator[str]:
    """Write them piece by piece."""
    before = kept.written if kept is not None else {}
    now: dict[tuple[str, str], _Written] = {}
    for cluster in report.clusters:
        key = (cluster.name, "")
        now[key] = _same(before.get(key), cluster) or _of_cluster(cluster)
        for remote in _one_of_each_alias(cluster.remotes):
            key = (cluster.name, remote.alias)
            if remote.alias:
                now[key] = _same(before.get(key), remote) or _of_remote(cluster.name, remote)
    if kept is not None:
        kept.written = now
    for family, explained in FAMILIES.items():
        yield f"# HELP {family} {explained}\n# TYPE {family} gauge\n"
        yield from _in_pieces(one.of(family) for one in now.values())


def _in_pieces(texts: Iterable[str]) -> Iterator[str]:
    """Put short texts together."""
    piece: list[str] = []
    size = 0
    for text in texts:
        piece.append(text)
        size += len(text)
        if size >= _PIECE:
            yield "".join(piece)
            piece, size = [], 0
    yield "".join(piece)


def _same(before: _Written | None, source: object) -> _Written | None:
    return before if before is not None and before.source is source else None


def _one_of_each_alias(remotes: Iterable[RemoteReport]) -> Iterator[RemoteReport]:
    """Two series of the same labels make Prometheus refuse all of them: of one alias twice, the worse one is shown."""
    found: dict[str, RemoteReport] = {}
    for remote in remotes:
        other = found.get(remote.alias)
        if other is None or _STATUS[remote.status] > _STATUS[other.status]:
            found[remote.alias] = remote
    return iter(found.values())


def _of_cluster(cluster: ClusterReport) -> _Written:
    head = f'{{cluster="{label(cluster.name)}"'
    own = own_status(cluster)
    lines = {"diag_cluster_status": [f"diag_cluster_status{head}}} {_STATUS[own]}\n"]}
    if cluster.maintenance is not None:
        lines["diag_maintenance"] = [f'diag_maintenance{head},remote=""}} 1\n']
    lines |= cause_series.of_cluster(head, cluster)
    lines |= follower_series.of_cluster(head, cluster.evidence.api)
    lines |= end_dates.of_cluster(head, cluster.evidence)
    return _written(cluster, f'{head},remote=""', cluster.results, lines)


def _of_remote(cluster: str, report: RemoteReport) -> _Written:
    head = f'{{cluster="{label(cluster)}",remote="{label(report.alias)}"'
    remote = report.evidence.remote
    lines: Lines = {family: [] for family in FAMILIES}
    lines["diag_remote_status"] = [f"diag_remote_status{head}}} {_STATUS[report.status]}\n"]
    lines["diag_coverage"] = [
        f'diag_coverage{head},what="{what}"}} {_SEEN[seen]}\n' for what, seen in report.coverage.parts
    ]
    lines["diag_vantage_status"] = [
        f'diag_vantage_status{head},vantage_point="{label(one.seen_from.name)}"}} {_STATUS[one.report.status]}\n'
        for one in report.views
    ]
    if report.maintenance is not None:
        lines["diag_maintenance"] = [f"diag_maintenance{head}}} 1\n"]
    lines |= cause_series.of_remote(head, report)
    for evidence in report.evidences:
        for family, series in end_dates.of_remote(head, evidence).items():
            lines[family] += series
    info = report.evidence.belief[RemoteInfo]
    if not isinstance(info, Unavailable) and info.listed:
        lines["diag_remote_connected"] = [f"diag_remote_connected{head}}} {int(info.connected)}\n"]
    about = f'security_model="{remote.security_model}",mode="{remote.effective_mode}",kind="{remote.kind}"'
    lines["diag_remote_info"] = [f"diag_remote_info{head},{about}}} 1\n"]
    lines["diag_phase_duration_seconds"] = list(_phases("diag_phase_duration_seconds", head, report.evidence))
    for one in report.views:
        there = f'{head},vantage_point="{label(one.seen_from.name)}"'
        family = "diag_vantage_phase_duration_seconds"
        lines[family] += _phases(family, there, one.report.evidence)
    return _written(report, head, report.results, lines)


def _written(source: object, head: str, results: Iterable[Result], lines: Lines) -> _Written:
    # The same address behind two seeds was probed twice: the series of the first one stand.
    texts = {family: "".join(unique(series)) for family, series in lines.items() if series}
    return _Written(source, f'{_CHECK_STATUS}{head},check="', _one_of(_statuses(results)), texts)


def _statuses(results: Iterable[Result]) -> tuple[str, ...]:
    found = [""]
    for result in results:
        # Nearly all checks pass or are skipped: they cost no further call.
        outcome = result.outcome
        if outcome is _PASS:
            found.append(_status(result.check, 0))
        elif outcome is not _SKIP:
            found.append(_status(result.check, _value(result)))
    return tuple(found)


@functools.lru_cache(maxsize=8192)
def _status(check: str, value: int) -> str:
    return f'{check}"}} {value}\n'


@functools.lru_cache(maxsize=1024)
def _one_of(statuses: tuple[str, ...]) -> tuple[str, ...]:
    """The same value for all that are as well or as ill as each other."""
    return statuses


def _value(result: Result) -> int:
    if result.outcome is Outcome.FAIL and result.severity is not None:
        return result.severity.rank if result.acknowledged is None else _ACKNOWLEDGED
    # An open question that only an acknowledged failure leaves open alerts nobody.
    return -1 if result.acknowledged is None else _ACKNOWLEDGED


def _phases(family: str, head: str, evidence: RemoteEvidence) -> Iterator[str]:
    for seen in () if isinstance(evidence.endpoints, Unavailable) else evidence.endpoints.all:
        for address, phase, seconds in _durations(seen):
            yield f'{family}{head},address="{label(address)}",phase="{phase}"}} {seconds!r}\n'


def _durations(seen: EndpointEvidence) -> Iterator[tuple[str, str, float]]:
    if isinstance(seen.resolution, Resolution) and not seen.resolution.literal:
        yield str(seen.endpoint), "dns", seen.resolution.seconds
    for probe in seen.probes:
        address = str(probe)
        if isinstance(probe.connection, Connection):
            yield address, "connect", probe.connection.seconds
        if isinstance(probe.tls, TlsAttempt):
            yield address, "tls", probe.tls.seconds
        if isinstance(probe.transport, TransportHello):
            yield address, "transport", probe.transport.seconds
