"""What the checks say of a remote or of a local cluster, at length: in the order in which one reads it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from diag.lazy_dataclass import dataclass
from diag.model import Outcome, Result, Severity
from diag.report.fix_lines import Target, Typed, typed
from diag.web.shown_cause import STYLES
from diag.web.views import web_links

_ORDER: Final = (Outcome.FAIL, Outcome.ERROR, Outcome.UNKNOWN, Outcome.PASS, Outcome.SKIP)
_WORDS: Final = {
    Outcome.FAIL: "failing",
    Outcome.ERROR: "crashed",
    Outcome.UNKNOWN: "unknown",
    Outcome.PASS: "passed",
    Outcome.SKIP: "skipped",
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
class Section:
    """Results under one heading."""

    title: str
    results: tuple[ShownResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One check and what became of it, for the list of all."""

    check: str
    outcome: str
    because: str


def sections(results: Sequence[Result], root_causes: Sequence[str], place: Target) -> tuple[Section, ...]:
    """Everything that has something to say; a heading without a result is left out."""
    parts = _parts(results, root_causes)
    return tuple(
        Section(title=title, results=tuple(_shown(one, place) for one in found)) for title, found in parts if found
    )


def answers(results: Sequence[Result]) -> tuple[Answer, ...]:
    """What became of every check, those that fail first."""
    ordered = sorted(results, key=lambda one: (_ORDER.index(one.outcome), -one.rank, one.check))
    return tuple(Answer(check=one.check, outcome=_WORDS[one.outcome], because=one.because) for one in ordered)


def outcome_counts(results: Sequence[Result]) -> str:
    """How many checks ended how."""
    counted = Counter(one.outcome for one in results)
    return ", ".join(f"{counted[outcome]} {_WORDS[outcome]}" for outcome in _ORDER if counted[outcome])


def _parts(results: Sequence[Result], root_causes: Sequence[str]) -> Iterator[tuple[str, list[Result]]]:
    failing = sorted((one for one in results if one.outcome is Outcome.FAIL), key=lambda one: -one.rank)
    by_id = {one.check: one for one in results}
    roots = [by_id[check] for check in root_causes if check in by_id]
    yield "Root cause" if len(roots) == 1 else "Root causes", roots
    rest = [one for one in failing if one.acknowledged is None and one not in roots]
    yield "Because of it", [one for one in rest if one.explained_by]
    also = [one for one in rest if not one.explained_by]
    yield "Also" if roots else "Findings", [one for one in also if one.severity is not Severity.INFO]
    yield "Not known", [one for one in results if one.is_open and not one.explained_by]
    yield "Acknowledged", [one for one in failing if one.acknowledged is not None]
    yield "Good to know", [one for one in also if one.severity is Severity.INFO]


def _shown(result: Result, place: Target) -> ShownResult:
    known = result.acknowledged
    return ShownResult(
        check=result.check,
        severity=result.severity.value if result.severity else "",
        style=STYLES[result.severity] if result.severity else "unknown",
        because=known.words if known else result.because,
        findings=tuple(
            ShownFinding(
                summary=one.summary if one.origin is None else f"{one.origin}: {one.summary}",
                remedy=one.remedy,
                typed=tuple(typed(one, place)),
                docs=web_links(one.docs),
            )
            for one in result.findings
        ),
    )
