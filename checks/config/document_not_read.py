"""The check config/document-not-read."""

from __future__ import annotations

from checks.tables import docs
from diag.check import Yields, check
from diag.model import DocumentProblems, Finding, ProblemKind, Severity


@check(
    "config/document-not-read",
    severity=Severity.INFO,
    severities=(Severity.WARNING,),
    docs=(docs.REMOTE_CLUSTER_SETTINGS,),
    tags=("documents",),
    source="what a document does not hold cannot be judged: a body that a program makes, or that stands in a file elsewhere",
)
def document_not_read(problems: DocumentProblems) -> Yields:
    """A file that the configuration names cannot be read, or a script sends a body that does not stand in it.

    Why it matters: nothing is known of what may be wrong with it; everything else was judged.

    How to fix: put the file where the configuration looks for it. A body is handed over as a document of its own, next to the script, or as
    what the program prints: ``diag lint -``.

    Example: ``settings_files: [local/elasticsearch.yml]`` without that file; ``curl -X PUT "$ES/_cluster/settings" -d @/srv/settings.json``.
    """
    for one in problems.all:
        if one.kind is ProblemKind.NOT_READ:
            yield Finding(
                summary=f"Not judged: {one.message}; expected one that is written out, or that lies in the same folder.",
                remedy="Hand the body over as a document of its own.",
                origin=one.origin,
                facts={"observed": one.message, "expected": "a body that is written out"},
            )
        elif one.kind is ProblemKind.NO_DOCUMENT:
            yield Finding(
                summary=f"Not judged: {one.message}; expected a document.",
                remedy="Put the file there, or take it out of settings_files.",
                severity=Severity.WARNING,
                origin=one.origin,
                facts={"observed": one.message, "expected": "a document"},
            )
