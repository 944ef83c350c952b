"""The report for a person at a terminal: the root cause first, then what follows from it, then the rest, briefly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from diag.model import ClusterReport, Finding, Outcome, RemoteReport, Report, Result, Severity, Status, Unavailable
from diag.report.alike import together
from diag.report.coverage_text import seen_from, strip
from diag.report.ending import ending, some
from diag.report.fix_lines import Target, typed
from diag.report.options import RenderOptions
from diag.report.state_word import own_state_of, state_of
from diag.report.styler import Span, Style, Styler
from diag.text import width

_SYMBOLS: Final = {Severity.CRITICAL: "✗", Severity.ERROR: "✗", Severity.WARNING: "!", Severity.INFO: "·"}
_ERRORS: Final = frozenset({Severity.ERROR, Severity.CRITICAL})
_MAX_NAME_LENGTH = 40
_REASONS_NAMED = 2
_MEMBERS_NAMED = 20
_INDENT = "      "
_UNDER_FIX = " " * len(f"{_INDENT}fix  ")


def render(report: Report, options: RenderOptions) -> str:
    """Write the whole report."""
    styler = Styler(options)
    blocks = [block for cluster in report.clusters for block in _cluster(styler, cluster, options)]
    blocks += ending(styler, report)
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def address(remote: RemoteReport) -> str:
    """What is dialled, in a few words."""
    dialled = remote.evidence.remote.dialled
    if not dialled:
        return "no address"
    return dialled[0].text + (f" and {len(dialled) - 1} more" if len(dialled) > 1 else "")


def counts(results: Sequence[Result], room: int = 0) -> str:
    """Count what needs no line of its own, with the reasons why checks were skipped, as far as they fit into ``room``."""
    counted = Counter(result.outcome for result in results)
    words = {Outcome.PASS: "passed", Outcome.UNKNOWN: "unknown", Outcome.SKIP: "skipped"}
    line = " · ".join(f"{counted[outcome]} {word}" for outcome, word in words.items() if counted[outcome])
    reasons = Counter(result.because for result in results if result.outcome is Outcome.SKIP and result.because)
    common = [reason for reason, _ in reasons.most_common(_REASONS_NAMED)]
    for named in range(len(common), 0, -1):
        more = len(reasons) - named
        others = [f"{more} other reason{'' if more == 1 else 's'}"] if more else []
        detailed = f"{line} ({'; '.join(common[:named] + others)})"
        if width(detailed) <= room:
            return detailed
    failed = counted[Outcome.FAIL] + counted[Outcome.ERROR]
    return line or (f"{failed} failed" if failed else "no check applies")


def _release(remote: RemoteReport) -> str:
    """The release of the remote cluster, where it is known by more than what somebody wrote down."""
    version = remote.evidence.remote_version
    return "" if isinstance(version, Unavailable) or version.source == "declared" else f" · {version}"


def root_causes_first(remote: RemoteReport) -> list[Result]:
    """The failures that count: root causes in their order, then the others, the most severe first."""
    roots = [result for check in remote.root_causes if (result := remote.result(check)) is not None]
    others = [r for r in remote.results if _fails(r) and r.check not in remote.root_causes]
    return roots + sorted(others, key=lambda r: -r.rank)


def _cluster(styler: Styler, cluster: ClusterReport, options: RenderOptions) -> Iterator[list[str]]:
    failures = [r for r in cluster.results if _fails(r) and (options.verbose or r.severity is not Severity.INFO)]
    body = [
        *_findings(styler, failures, Target.of(cluster)),
        *_open_questions(styler, cluster.results),
        *_acknowledged(styler, cluster),
        *([] if options.verbose else _hints(styler, cluster.results)),
    ]
    body += [*api_missing(styler, cluster), *remotes_missing(styler, cluster)]
    if body:
        evidence = cluster.evidence.cluster
        described = " · ".join(
            ["local cluster", evidence.kind.value, *([evidence.version] if evidence.version else [])]
        )
        yield [*_head(styler, styler.text(cluster.name), described, own_state_of(cluster)), *body]
    groups = [(one,) for one in cluster.remotes] if options.verbose else together(cluster.remotes)
    names = [styler.text(f"{cluster.name} → {_named(group)}") for group in groups]
    column = min(max(map(width, names), default=0), _MAX_NAME_LENGTH)
    for name, group in zip(names, groups, strict=True):
        head = name + " " * (column - width(name))
        yield [
            *_head_of(styler, head, group),
            *_body(styler, group[0], options, Target.of(cluster, group[0]), alone=len(group) == 1),
        ]


def api_missing(styler: Styler, cluster: ClusterReport) -> list[str]:
    """Say why the API of the local cluster, which is configured, could not be asked."""
    if cluster.unanswered is None:
        return []
    head = styler.wrap("what this cluster says of its remotes", first="  ? unknown   ", first_style="warn")
    return [*head, *styler.wrap(styler.text(f"because {cluster.unanswered}"), first=_INDENT)]


def remotes_missing(styler: Styler, cluster: ClusterReport) -> list[str]:
    """Say why the remotes could not be read from the cluster, or that there are none here."""
    if cluster.evidence.discovery is not None:
        because = styler.text(f"because {cluster.evidence.discovery}")
        head = styler.wrap("the remotes that this cluster has", first="  ? unknown   ", first_style="warn")
        return [*head, *styler.wrap(because, first=_INDENT)]
    return [] if cluster.remotes else ["  No remote is configured here, or none was chosen."]


def _named(group: Sequence[RemoteReport]) -> str:
    return group[0].alias if len(group) == 1 else f"{len(group)} remotes"


def _head_of(styler: Styler, name: str, group: Sequence[RemoteReport]) -> list[str]:
    """Say which remote it is, or which remotes they are, and how far they were looked at."""
    remote, settings = group[0], group[0].evidence.remote
    observed = ""
    if settings.observed_model and not settings.declared_model:
        observed = " (guessed)" if settings.model_guessed else " (reported by the peer)"
    described = f"{settings.security_model}{observed} · {settings.effective_mode}"
    if len(group) == 1:
        described += f" · {address(remote)}{_release(remote)}"
    lines = _head(styler, name, described, state_of(remote))
    if len(group) > 1:
        members = tuple(one.alias if one.alias == address(one) else f"{one.alias} ({address(one)})" for one in group)
        lines += styler.wrap(styler.text(some(members, _MEMBERS_NAMED)), first="  ")
    for line in filter(None, (strip(remote), seen_from(remote))):
        lines += styler.wrap(styler.text(line), first="  ", style="faint")
    return lines


def _body(styler: Styler, remote: RemoteReport, options: RenderOptions, place: Target, *, alone: bool) -> list[str]:
    """What was found; where others read alike, of the first one."""
    failures = [r for r in root_causes_first(remote) if options.verbose or r.severity is not Severity.INFO]
    later: list[Result] = []
    brief: list[Result] = []
    if remote.status is Status.FAIL and not options.verbose:
        later = [r for r in failures if r.explained_by and r.check not in remote.root_causes]
        brief = [r for r in failures if r.severity not in _ERRORS and r not in later]
    full = [r for r in failures if r not in later and r not in brief]
    open_ones = _open_questions(styler, remote.results, explained_from=_layer_of_roots(remote))
    # Where the status is unknown, what stayed open is the main thing.
    first, last = ([], open_ones) if remote.status is not Status.UNKNOWN else (open_ones, [])
    lines = [*first, *_findings(styler, full, place)]
    lines += _consequences(styler, remote, later)
    for result in brief:
        lines += _briefly(styler, result)
    lines += [*last, *_acknowledged(styler, remote)]
    if not options.verbose:
        lines += _hints(styler, remote.results)
    if alone:
        return [*lines, *styler.wrap(styler.text(counts(remote.results, styler.width - 2)), first="  ", style="faint")]
    example = f"here of {remote.alias}; of the others with -v, or --remote ALIAS:"
    return [*(styler.wrap(styler.text(example), first="  ", style="faint") if lines else []), *lines]


def _consequences(styler: Styler, remote: RemoteReport, later: Sequence[Result]) -> Iterator[str]:
    """Name what only follows from other failures, behind those that say so."""
    of: dict[tuple[str, ...], list[str]] = {}
    for result in later:
        of.setdefault(result.explained_by, []).append(styler.text(result.check))
    for causes, checks in of.items():
        them = (
            "it" if list(causes) == list(remote.root_causes[:1]) and len(remote.root_causes) == 1 else ", ".join(causes)
        )
        yield from styler.wrap(", ".join(checks), first=f"  ↳ because of {styler.text(them)}: ")


def _head(styler: Styler, name: str, described: str, word: Span) -> list[str]:
    described = styler.text(described)
    if width(name) + 4 + width(described) + 2 + width(word[0]) <= styler.width:
        return [styler.sides([(name, "strong"), (f"    {described}", None)], word)]
    return [styler.sides([(name.rstrip(), "strong")], word), *styler.wrap(described, first="  ")]


def _stated(finding: Finding) -> str:
    """What is wrong, and in which file and line where it stands in one."""
    return finding.summary if finding.origin is None else f"{finding.origin}: {finding.summary}"


def _findings(styler: Styler, failures: Iterable[Result], place: Target) -> list[str]:
    lines: list[str] = []
    for result in failures:
        for finding in result.findings:
            lines += [_title(styler, result, finding), *styler.wrap(styler.text(_stated(finding)), first=_INDENT)]
            lines += remedy(styler, finding, place)
        lines.append(f"{_INDENT}{styler.paint('more', 'faint')} diag checks explain {styler.text(result.check)}")
    return lines


def remedy(styler: Styler, finding: Finding, place: Target) -> Iterator[str]:
    """The sentence that says how to fix a finding, and below it what is typed, line by line as it is copied."""
    if not finding.remedy:
        return
    first, *rest = styler.wrap(styler.text(finding.remedy), first=f"{_INDENT}fix  ")
    yield first.replace("fix", styler.paint("fix", "faint"), 1)
    yield from rest
    for one in typed(finding, place):
        yield from styler.wrap(styler.text(one.label), first=_UNDER_FIX, style="faint")
        yield from (f"{_UNDER_FIX}{styler.verbatim(line)}" for line in one.text.split("\n"))


def _hints(styler: Styler, results: Sequence[Result]) -> list[str]:
    """Findings of severity info that one can do something about, by name: nothing is wrong, and ``-v`` spells them out."""
    hints = [r for r in results if _fails(r) and r.severity is Severity.INFO]
    named = [styler.text(r.check) for r in hints if not all(finding.needs_nothing for finding in r.findings)]
    return styler.wrap(", ".join(named), first="  · info      ", first_style="faint") if named else []


def _title(styler: Styler, result: Result, finding: Finding | None = None) -> str:
    severity = (finding.severity if finding else None) or result.severity or Severity.ERROR
    mark = styler.text(f"{_SYMBOLS[severity]} {severity.value:<8}")
    return f"  {styler.paint(mark, style_of(severity))}  {styler.text(result.check)}"


def style_of(severity: Severity) -> Style | None:
    """The colour of a severity."""
    if severity in _ERRORS:
        return "bad"
    return "warn" if severity is Severity.WARNING else "faint"


def _briefly(styler: Styler, result: Result) -> list[str]:
    lines: list[str] = []
    for finding in result.findings:
        lines += [_title(styler, result, finding), *styler.wrap(styler.text(_stated(finding)), first=_INDENT)]
    return lines


def _acknowledged(styler: Styler, place: ClusterReport | RemoteReport) -> list[str]:
    lines: list[str] = []
    if place.maintenance is not None:
        lines += styler.wrap(styler.text(place.maintenance.words), first="  ", style="faint")
    for result in place.results:
        known = result.acknowledged
        if known is None or (known.maintenance and result.outcome is not Outcome.FAIL):
            continue
        mark = styler.paint(styler.text(f"- {result.severity or '':<8}"), "faint")
        lines.append(f"  {mark}  {styler.text(result.check)}")
        lines += styler.wrap(styler.text(known.words), first=_INDENT)
        for finding in result.findings:
            lines += styler.wrap(styler.text(finding.summary), first=_INDENT, style="faint")
    return lines


def _open_questions(styler: Styler, results: Sequence[Result], explained_from: int | None = None) -> list[str]:
    """Name the essential questions that stayed open and the checks that crashed, once for each reason.

    What a failure leaves open, and a failing remote's open questions of later layers, is counted, not listed.
    """
    places: dict[tuple[str, str], list[str]] = {}
    for result in results:
        later = explained_from is not None and result.layer.rank > explained_from
        explained = bool(result.explained_by) or later
        if result.is_open and not (explained and result.outcome is Outcome.UNKNOWN):
            word = "crashed" if result.outcome is Outcome.ERROR else "unknown"
            places.setdefault((word, result.because), []).append(styler.text(result.check))
    lines: list[str] = []
    for (word, because), checks in places.items():
        lines += styler.wrap(", ".join(checks), first=f"  ? {word:<8}  ", first_style="warn")
        lines += styler.wrap(styler.text(f"because {because}"), first=_INDENT)
    return lines


def _layer_of_roots(remote: RemoteReport) -> int | None:
    if remote.status is not Status.FAIL or not remote.root_causes:
        return None
    root = remote.result(remote.root_causes[0])
    return root.layer.rank if root else None


def _fails(result: Result) -> bool:
    return result.outcome is Outcome.FAIL and result.acknowledged is None
