"""One line for each finding, as editors read it: ``FILE:LINE:COL: [severity] check message``."""

from __future__ import annotations

from diag.documents.located import LintReport
from diag.report.options import RenderOptions
from diag.text import visible


def render(report: LintReport, options: RenderOptions) -> str:  # noqa: ARG001 -- every format takes them.
    """Write the findings, one on each line; what could not be read stands among them."""
    refused = (
        f"{visible(one.file)}:1:1: [error] this is no document that diag knows: {visible(one.why)}\n"
        for one in report.refused
    )
    found = (
        f"{visible(str(one.origin))}: [{one.severity}] {one.check} {visible(one.message)}\n" for one in report.findings
    )
    return "".join((*refused, *found))
