"""Findings with their place: which file, line and column a finding of a check is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from diag.documents.answers.pieces import of_alias
from diag.documents.clear_secrets import secrets_of
from diag.documents.document import Document
from diag.documents.edits import replacement_of
from diag.documents.fixes import for_file
from diag.documents.ignores import ignores_in
from diag.documents.written_out import WrittenOut
from diag.evidence.declared import Acknowledgement
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.origin import Origin, whole
from diag.evidence.documents.origins import Origins
from diag.lazy_dataclass import dataclass
from diag.model import ClusterReport, Finding, Outcome, RemoteReport, Report, Result, Severity, Unavailable
from diag.redact import Redactor

_REMOTE = "cluster.remote."
_FORM_OF_VALUES = "config/file-values"
_MARK = "diag:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """One finding, with its place. ``cluster`` and ``remote`` are what it is about.

    ``is_exact``: it is the place of the very thing, and not that of the remote or the document as a whole.

    ``line`` is the text that stands there, in three parts: before the place, the place itself, behind it; secrets are masked in it.
    ``ignored`` is set while somebody ignores it in place: it is shown and counts for nothing. ``replacement`` is what to write in that
    place, None where that is for somebody to decide.
    """

    check: str
    severity: Severity
    origin: Origin
    is_exact: bool
    finding: Finding
    cluster: ClusterReport
    remote: RemoteReport | None = None
    line: tuple[str, str, str] = ("", "", "")
    ignored: Acknowledgement | None = None
    replacement: str | None = None

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
    """One file, judged: what it was taken for and why, and what was found in it, in the order of its lines.

    ``remarks`` are comments to diag in it that cannot be understood, each with its line.
    """

    file: str
    kind: DocumentKind | None
    why: str
    named: bool
    findings: tuple[Located, ...] = ()
    remarks: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LintReport:
    """All documents, judged together. ``report`` is what the checks yielded, as any other report holds it."""

    generated_at: datetime
    documents: tuple[JudgedDocument, ...]
    report: Report

    @property
    def findings(self) -> tuple[Located, ...]:
        """Every finding that counts, file by file."""
        return tuple(finding for one in self.documents for finding in one.findings if finding.ignored is None)

    @property
    def ignored(self) -> tuple[Located, ...]:
        """Every finding that somebody ignores in place."""
        return tuple(finding for one in self.documents for finding in one.findings if finding.ignored is not None)

    @property
    def judged(self) -> tuple[JudgedDocument, ...]:
        """The documents of a known kind."""
        return tuple(one for one in self.documents if one.kind is not None)

    @property
    def refused(self) -> tuple[JudgedDocument, ...]:
        """The files that somebody named and that are of no known kind, or cannot be read: an error."""
        return tuple(one for one in self.documents if one.kind is None and one.named)


def lint_report(
    documents: Iterable[Document], report: Report, asks: Mapping[str, tuple[str, ...]] | None = None
) -> LintReport:
    """Put the findings of a report to the documents that they are about. No secret that stands in a document gets into it.

    ``asks`` are the answers of an API that each check asks for, as their places are called.
    """
    read = {one.named.name: one for one in documents}
    redactor = Redactor(secrets_of(read.values()))
    ignores = {name: ignores_in(one.lines) for name, one in read.items() if _MARK in one.text}
    written_out = WrittenOut(read.values())
    found: dict[str, list[Located]] = {}
    for one in _judged_further(tuple(_unique(_located(report, asks or {})))):
        document, name = read.get(one.origin.file), one.origin.file
        ignored = ignores[name].of(one.check, one.origin.line, report.generated_at.date()) if name in ignores else None
        line = _line(document, one.origin, redactor) if document else one.line
        instead = replacement_of(one.check, one.finding, one.alias, document.at(one.origin)) if document else None
        of_node = document is not None and document.kind is DocumentKind.ELASTICSEARCH_YML
        finding = for_file(one.finding, name) if of_node else one.finding
        if document is not None and document.text:
            finding = written_out.of(document, finding, one.origin)
        placed = replace(one, finding=redactor.evidence(finding), line=line, ignored=ignored, replacement=instead)
        found.setdefault(name, []).append(placed)
    judged = tuple(
        JudgedDocument(
            file=name,
            kind=one.kind,
            why=redactor.text(one.why),
            named=one.named.by_name,
            findings=tuple(sorted(found.get(name, ()), key=lambda f: (f.origin, -f.severity.rank, f.check))),
            remarks=ignores[name].problems if name in ignores else (),
        )
        for name, one in read.items()
    )
    return LintReport(generated_at=report.generated_at, documents=judged, report=report)


def _line(document: Document, origin: Origin, redactor: Redactor) -> tuple[str, str, str]:
    """The line of a place, cut at its ends, without the secrets in it."""
    if not 0 < origin.line <= len(document.lines):
        return ("", "", "")
    line = document.lines[origin.line - 1].rstrip("\r")
    start = min(origin.column - 1, len(line))
    end = len(line) if origin.end_line > origin.line else min(max(origin.end_column - 1, start), len(line))
    whole = redactor.text(line)
    if (
        whole != line
        and redactor.text(line[:start]) + redactor.text(line[start:end]) + redactor.text(line[end:]) != whole
    ):
        return (whole, "", "")  # A secret that reaches over the ends of the place.
    return redactor.text(line[:start]), redactor.text(line[start:end]), redactor.text(line[end:])


def _unique(found: Iterable[Located]) -> Iterator[Located]:
    """One of each: documents complete each other, so that a fault may show in several clusters."""
    seen: set[tuple[object, ...]] = set()
    for one in found:
        # What is about a remote as a whole has no line of its own: it stands with the first document that registers it.
        key = (one.check, one.message, one.origin if one.is_exact else one.alias)
        if key not in seen:
            seen.add(key)
            yield one


def _judged_further(found: tuple[Located, ...]) -> Iterator[Located]:
    """What is refused for its form is judged no further: nothing else is said of that very value."""
    refused = {one.origin for one in found if one.check == _FORM_OF_VALUES and one.severity.rank >= Severity.ERROR.rank}
    return (one for one in found if one.check == _FORM_OF_VALUES or one.origin not in refused)


def _located(report: Report, asks: Mapping[str, tuple[str, ...]]) -> Iterator[Located]:
    for cluster in report.clusters:
        for result in cluster.results:
            yield from _of_result(cluster, None, result, asks.get(result.check, ()))
        for remote in cluster.remotes:
            for result in remote.results:
                yield from _of_result(cluster, remote, result, asks.get(result.check, ()))


def _of_result(
    cluster: ClusterReport, remote: RemoteReport | None, result: Result, asked: tuple[str, ...]
) -> Iterator[Located]:
    if result.outcome is not Outcome.FAIL or result.acknowledged is not None or result.explained_by:
        return
    for finding in result.findings:
        origin, is_exact = place_of(cluster, remote, finding, asked)
        yield Located(
            check=result.check,
            severity=finding.severity or result.severity or Severity.ERROR,
            origin=origin,
            is_exact=is_exact,
            finding=finding,
            cluster=cluster,
            remote=remote,
        )


def place_of(
    cluster: ClusterReport, remote: RemoteReport | None, finding: Finding, asked: tuple[str, ...] = ()
) -> tuple[Origin, bool]:
    """The place of a finding: what it says itself, else that of the setting that it or its fix names, else of an answer, else of the remote.

    And whether it is the place of the very thing, and not that of the remote or the document as a whole.
    """
    if finding.origin is not None:
        return finding.origin, True
    origins = cluster.evidence.surroundings[Origins]
    if isinstance(origins, Unavailable):
        return whole(cluster.name), False
    prefix = f"{_REMOTE}{remote.alias}" if remote else ""
    answers = (name for one in asked for name in ((of_alias(one, remote.alias), one) if remote else (one,)))
    for key in (*_keys(prefix, finding), *answers):
        found = origins.of(key)
        if found is not None:
            return found, True
    about = origins.of(prefix) if prefix else None
    first = whole(origins.all[0][1].file) if origins.all else whole(cluster.name)
    return about or first, False


def _keys(prefix: str, finding: Finding) -> Iterator[str]:
    """The keys of settings that a finding may be about, the surest first; ``prefix`` is that of its remote."""
    setting = finding.facts.get("setting")
    if isinstance(setting, str):
        yield from (f"{prefix}.{setting}", setting) if prefix else (setting,)
    for fix in finding.fix:
        for request in fix.requests:
            yield from (key for key in _in_body(request.body or {}, "") if key != prefix)


def _in_body(body: Mapping[str, object], path: str) -> Iterator[str]:
    for key, value in body.items():
        name = f"{path}{key}"
        inner = name.removeprefix("persistent.").removeprefix("transient.")
        yield inner
        if isinstance(value, Mapping):
            yield from _in_body(value, f"{name}.")
