"""Documents as JUnit XML: a suite for each file, a case for each finding, one that passed where there is none."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from diag.documents.located import JudgedDocument, LintReport, Located
from diag.report.documents.problems import FileProblem, file_problems
from diag.report.options import RenderOptions
from diag.report.plain import rfc3339
from diag.text import visible


def render(report: LintReport, options: RenderOptions) -> str:
    """Write the document. A finding below ``fail_on``, or an ignored one, is a case that passed and says what was found."""
    problems: dict[str, list[FileProblem]] = {}
    for one in file_problems(report):
        problems.setdefault(one.file, []).append(one)
    root = ET.Element("testsuites", name="diag lint")
    for document in report.documents:
        if document.kind is not None or document.named:
            _suite(root, document, problems.get(document.file, []), options).set(
                "timestamp", rfc3339(report.generated_at)
            )
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _suite(
    root: ET.Element, document: JudgedDocument, problems: list[FileProblem], options: RenderOptions
) -> ET.Element:
    failing = [one for one in document.findings if _fails(one, options)]
    cases = len(document.findings) + len(problems) or 1
    suite = ET.SubElement(
        root,
        "testsuite",
        name=visible(document.file),
        tests=str(cases),
        failures=str(len(failing)),
        errors=str(len(problems)),
        skipped="0",
    )
    for problem in problems:
        case = ET.SubElement(suite, "testcase", name=problem.rule, classname=visible(document.file))
        ET.SubElement(case, "error", message=visible(problem.message), type="error")
    for one in document.findings:
        _case(suite, one, fails=one in failing)
    if not document.findings and not problems:
        ET.SubElement(suite, "testcase", name=str(document.kind), classname=visible(document.file))
    return suite


def _case(suite: ET.Element, one: Located, *, fails: bool) -> None:
    at = one.origin
    name = f"{one.check} {at.line}:{at.column}"
    case = ET.SubElement(
        suite, "testcase", name=name, classname=visible(at.file), file=visible(at.file), line=str(at.line)
    )
    text = "\n".join(visible(line) for line in f"{at}\n{one.message}\n{one.finding.full_remedy}".split("\n"))
    if fails:
        ET.SubElement(case, "failure", message=visible(one.message), type=one.severity.value).text = text
    else:
        ET.SubElement(case, "system-out").text = text


def _fails(one: Located, options: RenderOptions) -> bool:
    return one.ignored is None and one.severity.rank >= options.fail_on.rank
