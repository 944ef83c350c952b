"""What is wrong with the documents themselves, in one form for every format: a file of no known kind, a comment that says nothing."""

from __future__ import annotations

from collections.abc import Iterator

from diag.documents.located import LintReport
from diag.lazy_dataclass import dataclass

UNKNOWN_KIND = "document/unknown-kind"
UNKNOWN_COMMENT = "document/unknown-comment"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileProblem:
    """One of them, with the rule that formats know it by."""

    rule: str
    file: str
    line: int
    message: str


def file_problems(report: LintReport) -> Iterator[FileProblem]:
    """Every problem of a file, which is no finding of a check."""
    for one in report.refused:
        yield FileProblem(rule=UNKNOWN_KIND, file=one.file, line=1, message=f"It cannot be judged: {one.why}.")
    for one in report.documents:
        for line, message in one.remarks:
            yield FileProblem(
                rule=UNKNOWN_COMMENT, file=one.file, line=line, message=f"This comment ignores nothing: {message}."
            )
