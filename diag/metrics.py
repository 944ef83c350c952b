"""The report as Prometheus series. Written by hand and by remote: 200,000 series take well under 0.1 s.

The text of a remote whose report is still the same object is kept, so a scrape after one changed remote writes only that one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import Final

from diag.engine import own_status
from diag.lazy_dataclass import dataclass
from diag.model import (
    Chain,
    ClusterReport,
    Connection,
    EndpointEvidence,
    Follower,
    FollowersHealth,
    InitialRecoveries,
    LocalApi,
    Outcome,
    Probe,
    RemoteInfo,
    RemoteReport,
    Replication,
    Report,
    Resolution,
    Result,
    Seen,
    Status,
    TlsAttempt,
    TransportHello,
    Unavailable,
)
from diag.text import shown

FAMILIES: Final[Mapping[str, str]] = {
    "diag_check_status": (
        "0 pass, 1 info, 2 warning, 3 error, 4 critical, -1 unknown or error of the check itself; skipped checks have "
        "no series, an acknowledged finding counts as info, a check on the local cluster has an empty remote."
    ),
    "diag_remote_status": "0 ok, 1 warn, 2 fail, 3 unknown.",
    "diag_cluster_status": "0 ok, 1 warn, 2 fail, 3 unknown: what was found about the local cluster itself, its remotes aside.",
    "diag_coverage": "How far a remote was looked at, part by part: 1 yes, 0 no (looked, and it fails), -1 unknown, -2 not asked.",
    "diag_root_cause": "1 for each check that holds the cause why a remote is not ok.",
    "diag_root_cause_info": (
        "1 for each root cause, with its sentence and its fix, each cut at 400 characters; place 1 is the first to be fixed. "
        "At most one series for each failing check of a remote; its labels change with the sentence."
    ),
    "diag_remote_connected": "1 where the local cluster says that it is connected, 0 where it says that it is not.",
    "diag_ccr_lag_operations": "How many operations a follower is behind its leader, summed over its shards.",
    "diag_ccr_since_last_read_seconds": "How long ago a follower last read from its leader; the longest of its shards.",
    "diag_ccr_paused": "1 where a follower is paused, else 0; one whose first copy runs is not.",
    "diag_ccr_red": "1 where a follower index is red, else 0.",
    "diag_ccr_copy_left_bytes": "How many bytes the first copy of a follower from its leader still has to fetch.",
    "diag_remote_info": "1, with what is configured for the remote.",
    "diag_certificate_not_after_timestamp_seconds": (
        "When a certificate ends that an address presented, also where verification failed; position 0 is the leaf."
    ),
    "diag_phase_duration_seconds": "How long a phase of the last round took: dns, connect, tls, transport.",
}
_OF_FOLLOWERS: Final = tuple(family for family in FAMILIES if family.startswith("diag_ccr_"))
_STATUS: Final = {Status.OK: 0, Status.WARN: 1, Status.FAIL: 2, Status.UNKNOWN: 3}
_SEEN: Final = {Seen.YES: 1, Seen.NO: 0, Seen.UNKNOWN: -1, Seen.NOT_ASKED: -2}
_ACKNOWLEDGED = 1
_PASS, _SKIP = Outcome.PASS, Outcome.SKIP
_MAX_LABEL_LENGTH = 200
_MAX_SENTENCE_LENGTH = 400

Lines = dict[str, list[str]]
Texts = dict[str, str]


@dataclass(slots=True)
class SeriesCache:
    """The text of each remote (or of a cluster's own results) by the report it was written from."""

    texts: dict[tuple[str, str], tuple[object, Texts]] = field(default_factory=dict)


def render_report_series(report: Report, kept: SeriesCache | None = None) -> str:
    """Write every series of a report, each family under its HELP and TYPE.

    ``kept``, handed in again with the next report, saves writing what has not changed.
    """
    before = kept.texts if kept is not None else {}
    now: dict[tuple[str, str], tuple[object, Texts]] = {}
    for cluster in report.clusters:
        key = (cluster.name, "")
        now[key] = _same(before.get(key), cluster) or (cluster, _cluster_texts(cluster))
        for remote in _one_of_each_alias(cluster.remotes):
            key = (cluster.name, remote.alias)
            if remote.alias:
                now[key] = _same(before.get(key), remote) or (remote, _remote_texts(cluster.name, remote))
    if kept is not None:
        kept.texts = now
    parts: list[str] = []
    for family, explained in FAMILIES.items():
        parts.append(f"# HELP {family} {explained}\n# TYPE {family} gauge\n")
        parts.extend(texts[family] for _, texts in now.values() if family in texts)
    return "".join(parts)


def label(text: str, limit: int = _MAX_LABEL_LENGTH) -> str:
    """Make a text of anybody the value of a label: one line, printable, not endless, quotes and backslashes escaped."""
    return shown(text, limit).replace("\\", "\\\\").replace('"', '\\"')


def _same(before: tuple[object, Texts] | None, source: object) -> tuple[object, Texts] | None:
    return before if before is not None and before[0] is source else None


def _one_of_each_alias(remotes: Iterable[RemoteReport]) -> Iterator[RemoteReport]:
    """Two series of the same labels make Prometheus refuse all of them: of one alias twice, the worse one is shown."""
    found: dict[str, RemoteReport] = {}
    for remote in remotes:
        other = found.get(remote.alias)
        if other is None or _STATUS[remote.status] > _STATUS[other.status]:
            found[remote.alias] = remote
    return iter(found.values())


def _cluster_texts(cluster: ClusterReport) -> Texts:
    head = f'{{cluster="{label(cluster.name)}"'
    own = own_status(cluster.results, cluster.unanswered)
    lines = {
        "diag_check_status": [_check_status(f'{head},remote=""', cluster.results)],
        "diag_cluster_status": [f"diag_cluster_status{head}}} {_STATUS[own]}\n"],
    }
    lines |= _followers(head, cluster.evidence.api)
    return {family: "".join(_unique(series)) for family, series in lines.items()}


def _followers(head: str, api: LocalApi) -> Lines:
    replication, health, recoveries = api[Replication], api[FollowersHealth], api[InitialRecoveries]
    if isinstance(replication, Unavailable):
        return {}
    shards = {} if isinstance(health, Unavailable) else {one.index: one for one in health.all}
    left = {} if isinstance(recoveries, Unavailable) else {one.index: one.left for one in recoveries.all}
    values: dict[str, list[tuple[Follower, str]]] = {family: [] for family in _OF_FOLLOWERS}
    for one in replication.followers:
        known = shards.get(one.index)
        # While a follower is copied for the first time, Elasticsearch calls it paused: where that can't be told, nothing is said.
        starts = known is None or bool(known.initializing)
        if not (one.paused and starts) or (known is not None and not isinstance(recoveries, Unavailable)):
            values["diag_ccr_paused"].append((one, str(int(one.paused and one.index not in left))))
        if known is not None:
            values["diag_ccr_red"].append((one, str(int(known.status == "red"))))
        if one.index in left:
            values["diag_ccr_copy_left_bytes"].append((one, str(left[one.index])))
        if not (one.paused or replication.unlicensed):
            values["diag_ccr_lag_operations"].append((one, str(one.lag)))
            values["diag_ccr_since_last_read_seconds"].append((one, repr(one.seconds_since_read)))
    return {
        family: [
            f'{family}{head},remote="{label(one.remote)}",follower="{label(one.index)}"}} {value}\n'
            for one, value in found
        ]
        for family, found in values.items()
    }


def _remote_texts(cluster: str, report: RemoteReport) -> Texts:
    head = f'{{cluster="{label(cluster)}",remote="{label(report.alias)}"'
    remote = report.evidence.remote
    lines: Lines = {family: [] for family in FAMILIES}
    lines["diag_check_status"] = [_check_status(head, report.results)]
    lines["diag_remote_status"] = [f"diag_remote_status{head}}} {_STATUS[report.status]}\n"]
    lines["diag_coverage"] = [
        f'diag_coverage{head},what="{what}"}} {_SEEN[seen]}\n' for what, seen in report.coverage.parts
    ]
    lines |= _root_causes(head, report)
    info = report.evidence.belief[RemoteInfo]
    if not isinstance(info, Unavailable) and info.listed:
        lines["diag_remote_connected"] = [f"diag_remote_connected{head}}} {int(info.connected)}\n"]
    about = f'security_model="{remote.security_model}",mode="{remote.effective_mode}",kind="{remote.kind}"'
    lines["diag_remote_info"] = [f"diag_remote_info{head},{about}}} 1\n"]
    if not isinstance(report.evidence.endpoints, Unavailable):
        for endpoint in report.evidence.endpoints.all:
            _add_endpoint(lines, head, endpoint)
    # The same address behind two seeds was probed twice: the series of the first one stand.
    return {family: "".join(_unique(series)) for family, series in lines.items()}


def _root_causes(head: str, report: RemoteReport) -> Lines:
    lines: Lines = {"diag_root_cause": [], "diag_root_cause_info": []}
    for place, check in enumerate(report.root_causes, 1):
        result = report.result(check)
        severity = result.severity if result and result.severity else ""
        about = f'check="{label(check)}",severity="{severity}"'
        lines["diag_root_cause"].append(f"diag_root_cause{head},{about}}} 1\n")
        if result and result.findings:
            reported = result.findings[0]
            words = f'summary="{label(reported.summary, _MAX_SENTENCE_LENGTH)}",remedy="{label(reported.full_remedy, _MAX_SENTENCE_LENGTH)}"'
            lines["diag_root_cause_info"].append(f'diag_root_cause_info{head},{about},place="{place}",{words}}} 1\n')
    return lines


def _check_status(head: str, results: Iterable[Result]) -> str:
    start = f'diag_check_status{head},check="'
    lines: list[str] = []
    for result in results:
        # Nearly all checks pass or are skipped: they cost no call.
        outcome = result.outcome
        if outcome is _PASS:
            lines.append(start + result.check + '"} 0\n')
        elif outcome is not _SKIP:
            lines.append(f'{start}{result.check}"}} {_value(result)}\n')
    return "".join(lines)


def _value(result: Result) -> int:
    if result.outcome is Outcome.FAIL and result.severity is not None:
        return result.severity.rank if result.acknowledged is None else _ACKNOWLEDGED
    # An open question that only an acknowledged failure leaves open alerts nobody.
    return -1 if result.acknowledged is None else _ACKNOWLEDGED


def _add_endpoint(lines: Lines, head: str, seen: EndpointEvidence) -> None:
    phases = lines["diag_phase_duration_seconds"]
    if isinstance(seen.resolution, Resolution) and not seen.resolution.literal:
        phases.append(_phase(head, str(seen.endpoint), "dns", seen.resolution.seconds))
    for probe in seen.probes:
        address = str(probe)
        phases.extend(_phase(head, address, phase, seconds) for phase, seconds in _phases(probe))
        if isinstance(probe.chain, Chain):
            lines["diag_certificate_not_after_timestamp_seconds"].extend(_certificates(head, address, probe.chain))


def _phases(probe: Probe) -> Iterator[tuple[str, float]]:
    if isinstance(probe.connection, Connection):
        yield "connect", probe.connection.seconds
    if isinstance(probe.tls, TlsAttempt):
        yield "tls", probe.tls.seconds
    if isinstance(probe.transport, TransportHello):
        yield "transport", probe.transport.seconds


def _phase(head: str, address: str, phase: str, seconds: float) -> str:
    return f'diag_phase_duration_seconds{head},address="{label(address)}",phase="{phase}"}} {seconds!r}\n'


def _certificates(head: str, address: str, chain: Chain) -> Iterator[str]:
    for position, certificate in enumerate(chain.certificates):
        about = (
            f'address="{label(address)}",position="{position}",subject="{label(certificate.subject)}"'
            f',fingerprint="{label(certificate.fingerprint)}"'
        )
        ends = int(certificate.not_after.timestamp())
        yield f"diag_certificate_not_after_timestamp_seconds{head},{about}}} {ends}\n"


def _unique(series: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for line in series:
        # Everything before the value: a label may hold a space, the value never does.
        labels = line.rpartition(" ")[0]
        if labels not in seen:
            seen.add(labels)
            yield line
