"""The check config/document-syntax."""

from __future__ import annotations

from checks.tables import docs
from diag.check import Yields, check
from diag.model import DocumentKind, DocumentProblems, Finding, ProblemKind, Severity

# Whose syntax has a check of its own.
_ELSEWHERE: frozenset[DocumentKind] = frozenset({DocumentKind.TRUST_PAYLOAD})


@check(
    "config/document-syntax",
    severity=Severity.CRITICAL,
    docs=(docs.REMOTE_CLUSTER_SETTINGS,),
    tags=("documents",),
    source="Elasticsearch's own parsers of settings, asked with documents (YAML and JSON of 8.19.0 and 9.2.0)",
)
def document_syntax(problems: DocumentProblems) -> Yields:
    """A document cannot be read: its YAML or JSON is broken.

    Why it matters: a node whose elasticsearch.yml is broken does not start, and a request whose body is broken is refused as a whole: none of
    its settings is set.

    How to fix: correct the place that is named; the message says what was expected there.

    Example: a comma after the last member of a JSON object; a tab that indents a line of YAML.
    """
    for one in problems.all:
        if one.kind is ProblemKind.SYNTAX and one.document not in _ELSEWHERE:
            yield Finding(
                summary=f"This is no valid {one.document}: {one.message}.",
                remedy="Correct it at that place.",
                origin=one.origin,
                replacement=one.replacement,
                facts={"document": one.document.value},
            )
