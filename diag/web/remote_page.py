"""The page of one remote: everything that a report says of it at length, and what changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from diag.board import ClusterState
from diag.lazy_dataclass import dataclass
from diag.model import Chain, Outcome, RemoteReport, Result, Seen, Severity, Unavailable
from diag.report.coverage_text import MARKS, part_name
from diag.report.fix_lines import Target, Typed, typed
from diag.report.text import counts
from diag.web.views import age_of, changes_of, duration, moment, remote_address, render

_STYLES = {Severity.CRITICAL: "fail", Severity.ERROR: "fail", Severity.WARNING: "warn", Severity.INFO: "faint"}
_SEEN = {
    Seen.YES: "as it should be",
    Seen.NO: "not as it should be",
    Seen.UNKNOWN: "no answer",
    Seen.NOT_ASKED: "not asked",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFinding:
    """One finding, ready to be shown."""

    summary: str
    remedy: str
    typed: tuple[Typed, ...]
    docs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownResult:
    """One check that has something to say."""

    check: str
    severity: str
    style: str
    because: str
    findings: tuple[ShownFinding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPart:
    """One part of the coverage."""

    name: str
    mark: str
    word: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCertificate:
    """One certificate that an address showed."""

    address: str
    subject: str
    issuer: str
    names: str
    begins: str
    ends: str
    ends_soon: bool
    fingerprint: str


def render_remote(
    state: ClusterState, remote: RemoteReport, now: datetime | None = None, *, asked: bool = False
) -> str:
    """Write the page. ``asked``: the remote was looked at because somebody pressed the button."""
    now = moment(now)
    settings, history = remote.evidence.remote, state.remotes.get(remote.alias)
    place = Target.of(state.report, remote)
    return render(
        "remote.html",
        now,
        refresh=0,
        name=f"{state.report.name} → {remote.alias}",
        href=remote_address(state.report.name, remote.alias),
        status=remote.status,
        about=f"{settings.security_model} · {settings.effective_mode} · {', '.join(a.text for a in settings.dialled)}",
        since=duration(now - history.since) if history else "0 s",
        age="now" if asked else age_of(state, now),
        asked=asked,
        failure="" if asked else state.round.failure,
        sections=tuple((title, tuple(_shown(one, place) for one in found)) for title, found in _sections(remote)),
        counted=counts(remote.results),
        coverage=tuple(_coverage(remote)),
        certificates=tuple(_certificates(remote, now, state.report.evidence.thresholds.leaf_days_warning)),
        changes=changes_of(history) if history else (),
    )


def _sections(remote: RemoteReport) -> Iterator[tuple[str, list[Result]]]:
    """What was found, in the order in which one reads it."""
    failing = [one for one in remote.results if one.outcome is Outcome.FAIL]
    known = [one for one in failing if one.acknowledged is not None]
    counting = sorted((one for one in failing if one.acknowledged is None), key=lambda one: -one.rank)
    roots = [one for check in remote.root_causes if (one := remote.result(check)) is not None]
    yield "Root cause" if len(roots) == 1 else "Root causes", roots
    rest = [one for one in counting if one.check not in remote.root_causes]
    yield "Because of it", [one for one in rest if one.explained_by]
    yield "Also", [one for one in rest if not one.explained_by]
    yield "Not known", [one for one in remote.results if one.is_open]
    yield "Acknowledged", known


def _shown(result: Result, place: Target) -> ShownResult:
    known = result.acknowledged
    return ShownResult(
        check=result.check,
        severity=result.severity.value if result.severity else "",
        style=_STYLES[result.severity] if result.severity else "unknown",
        because=f"acknowledged until {known.until}: {known.note}" if known else result.because,
        findings=tuple(
            ShownFinding(
                summary=one.summary,
                remedy=one.remedy,
                typed=tuple(typed(one, place)),
                docs=tuple(link for link in one.docs if link.startswith("https://")),
            )
            for one in result.findings
        ),
    )


def _coverage(remote: RemoteReport) -> Iterator[ShownPart]:
    model = remote.evidence.remote.security_model
    for part, seen in remote.coverage.parts:
        hint = remote.coverage.hints.get(part, "")
        yield ShownPart(name=part_name(part, model), mark=MARKS[seen], word=_SEEN[seen], hint=hint)


def _certificates(remote: RemoteReport, now: datetime, days: float) -> Iterator[ShownCertificate]:
    """Every certificate once, with the first address that showed it."""
    if isinstance(remote.evidence.endpoints, Unavailable):
        return
    seen: set[str] = set()
    for probe in remote.evidence.endpoints.probes:
        for one in probe.chain.certificates if isinstance(probe.chain, Chain) else ():
            if one.fingerprint in seen:
                continue
            seen.add(one.fingerprint)
            names = (*one.dns_names, *one.ip_addresses, *(name.value for name in one.other_names))
            yield ShownCertificate(
                address=str(probe),
                subject=one.subject,
                issuer=one.issuer,
                names=", ".join(names),
                begins=f"{one.not_before:%Y-%m-%d}",
                ends=f"{one.not_after:%Y-%m-%d}",
                ends_soon=one.not_after - now < timedelta(days=days),
                fingerprint=one.fingerprint,
            )
