"""The report as Markdown, for a ticket or a merge request: one table, then a section for each remote that is not ok."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from diag.engine import own_status
from diag.model import ClusterReport, Finding, RemoteReport, Report, Result, Severity, Status
from diag.report.coverage_text import choice_of, not_examined, status_word, strip
from diag.report.ending import by_cause, some
from diag.report.exitcode import nothing_examined
from diag.report.fix_lines import Target, typed
from diag.report.options import RenderOptions
from diag.report.plain import rfc3339
from diag.report.text import address, counts, root_causes_first
from diag.text import shown, visible

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&@]|:(?=//)|(?<=www)\.)")


def escaped(text: str) -> str:
    """Make a text of anybody plain Markdown: no link, no markup, no HTML, no mention of a user."""
    return _SPECIAL.sub(r"\\\1", shown(text))


def render(report: Report, options: RenderOptions) -> str:  # noqa: ARG001 -- every format takes them.
    """Write the whole report."""
    chosen = f", by {part}" if (part := choice_of(report)) else ""
    lines = [f"# Remote clusters: {status_word(report)}", "", f"Looked at {rfc3339(report.generated_at)}{chosen}.", ""]
    if nothing_examined(report):
        lines += ["No remote was looked at, so the result is unknown.", ""]
    else:
        lines += [*_table(report), *_ending(report)]
    for cluster in report.clusters:
        if own_status(cluster) is not Status.OK:
            lines += [
                f"## {escaped(cluster.name)}",
                "",
                *_section(cluster.results, _failures(cluster.results), Target.of(cluster)),
            ]
        if cluster.unanswered is not None:
            lines += [
                f"What {escaped(cluster.name)} says of its remotes is not known: {escaped(str(cluster.unanswered))}",
                "",
            ]
        if (missing := cluster.evidence.discovery) is not None:
            lines += [f"The remotes of {escaped(cluster.name)} are not known: {escaped(str(missing))}", ""]
        for remote in cluster.remotes:
            lines += _remote(cluster, remote)
    return "\n".join(lines).rstrip() + "\n"


def _table(report: Report) -> Iterator[str]:
    yield "| local cluster | remote | status | root cause | address | looked at |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for cluster in report.clusters:
        for remote in cluster.remotes:
            roots = ", ".join(f"`{check}`" for check in remote.root_causes) or "-"
            names = (escaped(cluster.name), escaped(remote.alias))
            cells = (*names, status_word(remote), roots, escaped(address(remote)), strip(remote))
            yield f"| {' | '.join(cells)} |"
    yield ""


def _remote(cluster: ClusterReport, remote: RemoteReport) -> Iterator[str]:
    if remote.status is Status.OK and not any(r.acknowledged for r in remote.results):
        return
    yield f"## {escaped(cluster.name)} → {escaped(remote.alias)}: {status_word(remote)}"
    yield ""
    shown = [r for r in root_causes_first(remote) if not all(finding.needs_nothing for finding in r.findings)]
    yield from _section(remote.results, shown, Target.of(cluster, remote), remote.root_causes)
    yield escaped(counts(remote.results))
    yield ""


def _ending(report: Report) -> Iterator[str]:
    """What stands at the end of a text stands behind the table here: the causes, and what was not looked at."""
    for head, causes in by_cause(report).items():
        yield from (f"{head}:", "", *(f"- `{check}`: {escaped(some(names))}" for check, names in causes.items()), "")
    for missing in not_examined(report):
        yield from (f"Not looked at: {escaped(missing)}", "")


def _section(
    results: Sequence[Result], failures: Iterable[Result], place: Target, roots: Sequence[str] = ()
) -> Iterator[str]:
    for result in failures:
        for finding in result.findings:
            yield from _finding(result, finding, place, is_root=result.check in roots)
        if result.explained_by and result.check not in roots:
            yield f"  Follows from {', '.join(f'`{cause}`' for cause in result.explained_by)}."
            yield ""
    for result in results:
        if result.is_open:
            yield f"- **{result.outcome}** `{result.check}`: because {escaped(result.because)}"
            yield ""
        elif result.acknowledged:
            known = f"acknowledged until {result.acknowledged.until}: {result.acknowledged.note}"
            yield f"- {result.severity} `{result.check}`, {escaped(known)}"
            yield ""


def _finding(result: Result, finding: Finding, place: Target, *, is_root: bool) -> Iterator[str]:
    severity = finding.severity or result.severity or Severity.ERROR
    yield f"- **{severity}** `{result.check}`{' (root cause)' if is_root else ''}"
    yield ""
    yield f"  {escaped(finding.summary)}"
    yield ""
    if finding.remedy:
        yield from (f"  **Fix:** {escaped(finding.remedy)}", "")
    for one in typed(finding, place):
        run_length = max((len(run) for run in re.findall(r"`+", one.text)), default=0)
        fence = "`" * max(3, run_length + 1)
        yield from (f"  {escaped(one.label)}", "", f"  {fence}{one.language}")
        yield from (f"  {visible(line)}" for line in one.text.split("\n"))
        yield from (f"  {fence}", "")
    links = [f"<{shown(link)}>" for link in finding.docs if re.fullmatch(r"https?://[^\s<>]+", link)]
    if links:
        yield from (f"  Documentation: {', '.join(links)}", "")


def _failures(results: Iterable[Result]) -> list[Result]:
    return [result for result in results if result.counts]
