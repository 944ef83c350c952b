"""GitLab's code quality report: a list of findings, each with a fingerprint that stays while the finding does."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from diag.documents.located import LintReport
from diag.model import Severity
from diag.report.documents.problems import file_problems
from diag.report.options import RenderOptions
from diag.text import visible

_SEVERITIES: Final = {
    Severity.CRITICAL: "critical",
    Severity.ERROR: "major",
    Severity.WARNING: "minor",
    Severity.INFO: "info",
}


def render(report: LintReport, options: RenderOptions) -> str:  # noqa: ARG001 -- every format takes them.
    """Write the list."""
    return json.dumps(list(_issues(report)), indent=2, ensure_ascii=False) + "\n"


def _issues(report: LintReport) -> Iterator[dict[str, Any]]:
    seen: Counter[tuple[str, str, str]] = Counter()
    for problem in file_problems(report):
        yield _issue(seen, problem.rule, problem.file, problem.line, problem.message, "major")
    for one in report.findings:
        yield _issue(seen, one.check, one.origin.file, one.origin.line, one.message, _SEVERITIES[one.severity])


def _issue(
    seen: Counter[tuple[str, str, str]], rule: str, file: str, line: int, message: str, severity: str
) -> dict[str, Any]:
    # No line is part of it: what stands above a finding may change, and the finding is the same. The same twice in a file is counted.
    key = (rule, file, message)
    seen[key] += 1
    fingerprint = hashlib.sha256("\0".join((*key, str(seen[key]))).encode("utf-8", "backslashreplace")).hexdigest()
    return {
        "description": visible(message),
        "check_name": rule,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": file.removeprefix("./"), "lines": {"begin": line}},
    }
