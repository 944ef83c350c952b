"""Annotations of GitHub Actions: a workflow command for each finding, which GitHub shows at its line of the pull request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from diag.documents.located import LintReport
from diag.model import Severity
from diag.report.documents.problems import file_problems
from diag.report.options import RenderOptions
from diag.text import visible

_COMMANDS: Final = {
    Severity.CRITICAL: "error",
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "notice",
}


def render(report: LintReport, options: RenderOptions) -> str:  # noqa: ARG001 -- every format takes them.
    """Write one workflow command on each line."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: LintReport) -> Iterator[str]:
    for problem in file_problems(report):
        yield _command("error", {"file": problem.file, "line": problem.line, "title": problem.rule}, problem.message)
    for finding in report.findings:
        at = finding.origin
        where = {"file": at.file, "line": at.line, "endLine": at.end_line, "col": at.column, "endColumn": at.end_column}
        if at.end_line > at.line:
            del where["col"], where["endColumn"]  # GitHub takes columns within one line only.
        message = f"{finding.message}\n{finding.finding.full_remedy}"
        yield _command(_COMMANDS[finding.severity], {**where, "title": finding.check}, message)


def _command(command: str, properties: Mapping[str, object], message: str) -> str:
    given = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{command} {given}::{_data(message)}"


def _data(text: str) -> str:
    """Write a message as the runner reads it back: its own escapes for percent signs and ends of lines."""
    lines = "\n".join(visible(line) for line in text.split("\n"))
    return lines.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
