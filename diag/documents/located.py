"""Findings with their place: which file, line and column a finding of a check is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from diag.documents.document import Document
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.origin import Origin, whole
from diag.evidence.documents.origins import Origins
from diag.model import ClusterReport, Finding, Outcome, RemoteReport, Report, Result, Severity, Unavailable

_REMOTE = "cluster.remote."


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """One finding, with its place. ``cluster`` and ``remote`` are what it is about, ``line`` is the text that stands there."""

    check: str
    severity: Severity
    origin: Origin
    finding: Finding
    cluster: ClusterReport
    remote: RemoteReport | None = None
    line: str = ""

    @property
    def message(self) -> str:
        """What is wrong."""
        return self.finding.summary

    @property
    def alias(self) -> str:
        """The remote that it is about, empty where it is about none."""
        return self.remote.alias if self.remote else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedDocument:
    """One file, judged: what it was taken for and why, and what was found in it, in the order of its lines."""

    file: str
    kind: DocumentKind | None
    why: str
    named: bool
    findings: tuple[Located, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LintReport:
    """All documents, judged together. ``report`` is what the checks said, as any other report holds it."""

    generated_at: datetime
    documents: tuple[JudgedDocument, ...]
    report: Report

    @property
    def findings(self) -> tuple[Located, ...]:
        """Every finding, file by file."""
        return tuple(finding for one in self.documents for finding in one.findings)

    @property
    def judged(self) -> tuple[JudgedDocument, ...]:
        """The documents of a known kind."""
        return tuple(one for one in self.documents if one.kind is not None)

    @property
    def refused(self) -> tuple[JudgedDocument, ...]:
        """The files that somebody named and that are of no known kind, or cannot be read: an error."""
        return tuple(one for one in self.documents if one.kind is None and one.named)


def lint_report(documents: Iterable[Document], report: Report) -> LintReport:
    """Put the findings of a report to the documents that they are about."""
    read = tuple(documents)
    lines = {one.named.name: one.lines for one in read}
    found: dict[str, list[Located]] = {}
    for one in _unique(_located(report, lines)):
        found.setdefault(one.origin.file, []).append(one)
    judged = tuple(
        JudgedDocument(
            file=one.named.name,
            kind=one.kind,
            why=one.why,
            named=one.named.by_name,
            findings=tuple(sorted(found.get(one.named.name, ()), key=lambda f: (f.origin, -f.severity.rank, f.check))),
        )
        for one in read
    )
    return LintReport(generated_at=report.generated_at, documents=judged, report=report)


def _unique(found: Iterable[Located]) -> Iterator[Located]:
    """One of each: documents complete each other, so that a fault may show in several clusters."""
    seen: set[tuple[str, Origin, str]] = set()
    for one in found:
        key = (one.check, one.origin, one.message)
        if key not in seen:
            seen.add(key)
            yield one


def _located(report: Report, lines: Mapping[str, tuple[str, ...]]) -> Iterator[Located]:
    for cluster in report.clusters:
        for result in cluster.results:
            yield from _of_result(cluster, None, result, lines)
        for remote in cluster.remotes:
            for result in remote.results:
                yield from _of_result(cluster, remote, result, lines)


def _of_result(
    cluster: ClusterReport, remote: RemoteReport | None, result: Result, lines: Mapping[str, tuple[str, ...]]
) -> Iterator[Located]:
    if result.outcome is not Outcome.FAIL or result.acknowledged is not None or result.explained_by:
        return
    for finding in result.findings:
        origin = origin_of(cluster, remote, finding)
        text = lines.get(origin.file, ())
        yield Located(
            check=result.check,
            severity=finding.severity or result.severity or Severity.ERROR,
            origin=origin,
            finding=finding,
            cluster=cluster,
            remote=remote,
            line=text[origin.line - 1] if 0 < origin.line <= len(text) else "",
        )


def origin_of(cluster: ClusterReport, remote: RemoteReport | None, finding: Finding) -> Origin:
    """The place of a finding: what it says itself, else that of the setting that it or its fix names, else of the remote."""
    if finding.origin is not None:
        return finding.origin
    origins = cluster.evidence.surroundings[Origins]
    if isinstance(origins, Unavailable):
        return whole(cluster.name)
    for key in _keys(remote, finding):
        found = origins.of(key)
        if found is not None:
            return found
    return whole(origins.all[0][1].file) if origins.all else whole(cluster.name)


def _keys(remote: RemoteReport | None, finding: Finding) -> Iterator[str]:
    """The keys of settings that a finding may be about, the surest first."""
    prefix = f"{_REMOTE}{remote.alias}" if remote else ""
    setting = finding.facts.get("setting")
    if isinstance(setting, str):
        yield from (f"{prefix}.{setting}", setting) if remote else (setting,)
    for fix in finding.fix:
        for request in fix.requests:
            yield from _in_body(request.body or {}, "")
    if remote:
        yield prefix


def _in_body(body: Mapping[str, object], path: str) -> Iterator[str]:
    for key, value in body.items():
        name = f"{path}{key}"
        inner = name.removeprefix("persistent.").removeprefix("transient.")
        yield inner
        if isinstance(value, Mapping):
            yield from _in_body(value, f"{name}.")
