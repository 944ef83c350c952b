"""One line for each finding, as editors read it: ``FILE:LINE:COL: [severity] check message``."""

from __future__ import annotations

from diag.documents.located import LintReport
from diag.report.documents.problems import file_problems
from diag.report.options import RenderOptions
from diag.text import visible


def render(report: LintReport, options: RenderOptions) -> str:  # noqa: ARG001 -- every format takes them.
    """Write the findings, one on each line; what could not be read stands among them."""
    problems = (
        f"{visible(one.file)}:{one.line}:1: [error] {one.rule} {visible(one.message)}\n"
        for one in file_problems(report)
    )
    found = (
        f"{visible(str(one.origin))}: [{one.severity}] {one.check} {visible(one.message)}\n" for one in report.findings
    )
    return "".join((*problems, *found))
