"""Findings in documents, with file, line and column: for people, editors, pipelines and code forges."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Final

from diag.documents.located import LintReport
from diag.model import Severity
from diag.report.exitcode import FAILING, FINE, WARNING
from diag.report.options import RenderOptions

__all__ = ["FORMATS", "UNREADABLE", "exit_code", "render"]

# The module of each format, with a function render(report, options). One run writes one format: only that one is loaded.
_RENDERERS: Final[Mapping[str, str]] = {
    "text": "text",
    "concise": "concise",
    "json": "json",
    "sarif": "sarif",
    "github": "github",
    "gitlab": "gitlab",
    "junit": "junit",
}
FORMATS: Final = tuple(_RENDERERS)
UNREADABLE: Final = 2


def render(report: LintReport, format: str, options: RenderOptions) -> str:  # noqa: A002 -- the word of the option.
    """Write the report in one of ``FORMATS``."""
    module = importlib.import_module(f"diag.report.documents.{_RENDERERS[format]}")
    text: str = module.render(report, options)
    return text


def exit_code(report: LintReport, fail_on: Severity = Severity.WARNING) -> int:
    """Give 2 where a named file or a comment to diag could not be understood, 3 for an error or critical finding, 4 for a milder one, else 0."""
    if report.refused or any(one.remarks for one in report.documents):
        return UNREADABLE
    ranks = [one.severity.rank for one in report.findings if one.severity.rank >= fail_on.rank]
    if not ranks:
        return FINE
    return FAILING if max(ranks) >= Severity.ERROR.rank else WARNING
