"""The report as Markdown, for a ticket or a merge request: one table, then a section for each remote that is not ok."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from diag.engine import status_of
from diag.escape import shown
from diag.model import ClusterReport, Finding, RemoteReport, Report, Result, Severity, Status
from diag.report.exitcode import could_not_tell, looked_at_nothing
from diag.report.options import RenderOptions
from diag.report.plain import rfc3339
from diag.report.text import address, counts, root_causes_first

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&@]|:(?=//)|(?<=www)\.)")


def escaped(text: str) -> str:
    """Make a text of anybody plain Markdown: no link, no markup, no HTML, no mention of a user."""
    return _SPECIAL.sub(r"\\\1", shown(text))


def render(report: Report, options: RenderOptions) -> str:  # noqa: ARG001 -- every format takes them.
    """Write the whole report."""
    lines = [f"# Remote clusters: {report.status}", "", f"Looked at {rfc3339(report.generated_at)}.", ""]
    if looked_at_nothing(report):
        lines += ["No remote was looked at, so nothing can be said.", ""]
    else:
        lines += list(_table(report))
    for cluster in report.clusters:
        if status_of(cluster.results) is not Status.OK:
            lines += [f"## {escaped(cluster.name)}", "", *_section(cluster.results, _failures(cluster.results))]
        if (missing := cluster.evidence.discovery) is not None:
            lines += [f"The remotes of {escaped(cluster.name)} are not known: {escaped(str(missing))}", ""]
        for remote in cluster.remotes:
            lines += _remote(cluster, remote)
    return "\n".join(lines).rstrip() + "\n"


def _table(report: Report) -> Iterator[str]:
    yield "| local cluster | remote | status | root cause | address |"
    yield "| --- | --- | --- | --- | --- |"
    for cluster in report.clusters:
        for remote in cluster.remotes:
            roots = ", ".join(f"`{check}`" for check in remote.root_causes) or "-"
            cells = (escaped(cluster.name), escaped(remote.alias), str(remote.status), roots, escaped(address(remote)))
            yield f"| {' | '.join(cells)} |"
    yield ""


def _remote(cluster: ClusterReport, remote: RemoteReport) -> Iterator[str]:
    if remote.status is Status.OK and not any(r.acknowledged for r in remote.results):
        return
    yield f"## {escaped(cluster.name)} → {escaped(remote.alias)}: {remote.status}"
    yield ""
    yield from _section(remote.results, root_causes_first(remote), remote.root_causes)
    yield escaped(counts(remote.results))
    yield ""


def _section(results: Sequence[Result], failures: Iterable[Result], roots: Sequence[str] = ()) -> Iterator[str]:
    for result in failures:
        for finding in result.findings:
            yield from _finding(result, finding, is_root=result.check in roots)
    for result in results:
        if could_not_tell(result):
            yield f"- **{result.outcome}** `{result.check}`: because {escaped(result.because)}"
            yield ""
        elif result.acknowledged:
            known = f"acknowledged until {result.acknowledged.until}: {result.acknowledged.note}"
            yield f"- {result.severity} `{result.check}`, {escaped(known)}"
            yield ""


def _finding(result: Result, finding: Finding, *, is_root: bool) -> Iterator[str]:
    severity = finding.severity or result.severity or Severity.ERROR
    yield f"- **{severity}** `{result.check}`{' (root cause)' if is_root else ''}"
    yield ""
    yield f"  {escaped(finding.summary)}"
    yield ""
    if finding.remedy:
        remedy = shown(finding.remedy)
        longest = max((len(run) for run in re.findall(r"`+", remedy)), default=0)
        fence = "`" * max(3, longest + 1)
        yield from (f"  {fence}text", f"  {remedy}", f"  {fence}", "")
    links = [f"<{shown(link)}>" for link in finding.docs if re.fullmatch(r"https?://[^\s<>]+", link)]
    if links:
        yield from (f"  Documentation: {', '.join(links)}", "")


def _failures(results: Iterable[Result]) -> list[Result]:
    return [result for result in results if result.counts]
