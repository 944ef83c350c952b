"""The report as JUnit XML: a suite for each remote, a case for each check. Every CI system reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from diag.model import ClusterReport, Finding, Outcome, Report, Result
from diag.report.exitcode import counts_as_failure, nothing_examined
from diag.report.fix_lines import Target, typed
from diag.report.options import RenderOptions
from diag.report.plain import rfc3339
from diag.text import clip, visible


def render(report: Report, options: RenderOptions) -> str:
    """Write the document.

    A finding below ``fail_on`` or an acknowledged one stands in the output of a case that passed. An open question is
    skipped, unless it is essential: then it is an error, as is a check that crashed.
    """
    suites = [suite for cluster in report.clusters for suite in _suites(cluster, options)]
    if nothing_examined(report):
        case = '  <testcase name="remotes" classname="diag"><error message="no remote was looked at"/></testcase>'
        suites.append(f'<testsuite name="diag" tests="1" failures="0" errors="1" skipped="0">\n{case}\n</testsuite>')
    body = "\n".join(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="diag">\n{body}\n</testsuites>\n'


def _suites(cluster: ClusterReport, options: RenderOptions) -> Iterator[str]:
    evidence = cluster.evidence
    about = f'timestamp={quoteattr(rfc3339(evidence.taken_at))} time="{evidence.seconds:.3f}"'
    if cluster.results:
        yield _suite(Target.of(cluster), about, cluster.results, options)
    for remote in cluster.remotes:
        yield _suite(Target.of(cluster, remote), about, remote.results, options)


def _suite(place: Target, about: str, results: Sequence[Result], options: RenderOptions) -> str:
    name = f"{place.cluster}/{place.alias}" if place.alias else place.cluster
    cases = [_case(name, result, options, place) for result in results]
    failures = sum(counts_as_failure(result, options.fail_on) for result in results)
    errors = sum(result.is_open for result in results)
    skipped = sum(_is_skipped(result) for result in results)
    numbers = f'tests="{len(cases)}" failures="{failures}" errors="{errors}" skipped="{skipped}"'
    return "\n".join([f"<testsuite name={_attribute(name)} {numbers} {about}>", *cases, "</testsuite>"])


def _case(suite: str, result: Result, options: RenderOptions, place: Target) -> str:
    open_tag = f"  <testcase name={_attribute(result.check)} classname={_attribute(suite)}"
    inside = _inside(result, options, place)
    return f"{open_tag}>{inside}</testcase>" if inside else f"{open_tag}/>"


def _inside(result: Result, options: RenderOptions, place: Target) -> str:
    text = "\n".join(line for finding in result.findings for line in _lines(finding, place))
    if counts_as_failure(result, options.fail_on):
        message = result.findings[0].summary if result.findings else result.check
        return f'<failure type="{result.severity}" message={_attribute(message)}>{_text(text)}</failure>'
    if result.is_open:
        return f'<error type="{result.outcome}" message={_attribute(result.because)}/>'
    if _is_skipped(result):
        return f"<skipped message={_attribute(f'{result.outcome}: {result.because}')}/>"
    if result.acknowledged:
        text = f"acknowledged until {result.acknowledged.until}: {result.acknowledged.note}\n{text}"
    return f"<system-out>{_text(text)}</system-out>" if text else ""


def _lines(finding: Finding, place: Target) -> Iterator[str]:
    yield finding.summary
    if finding.remedy:
        yield f"fix  {finding.remedy}"
    for one in typed(finding, place):
        yield from (one.label, *one.text.split("\n"))
    yield from finding.docs


def _is_skipped(result: Result) -> bool:
    return result.outcome in {Outcome.SKIP, Outcome.UNKNOWN} and not result.is_open


def _attribute(text: str) -> str:
    return quoteattr(visible(clip(text)))


def _text(text: str) -> str:
    # XML has no way at all to write most control characters: they are written out, line by line.
    return escape("\n".join(visible(clip(line)) for line in text.split("\n")))
