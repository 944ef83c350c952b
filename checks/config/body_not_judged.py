"""The check config/body-not-judged."""

from __future__ import annotations

from checks.tables import docs
from diag.check import Yields, check
from diag.model import DocumentProblems, Finding, ProblemKind, Severity


@check(
    "config/body-not-judged",
    severity=Severity.INFO,
    docs=(docs.REMOTE_CLUSTER_SETTINGS,),
    tags=("documents",),
    source="what a document does not hold cannot be judged: a body that a program makes, or that stands in a file elsewhere",
)
def body_not_judged(problems: DocumentProblems) -> Yields:
    """A script or a program sends a body that does not stand in it.

    Why it matters: nothing is known of what may be wrong with that request.

    How to fix: hand over the body as a document of its own, next to the script, or judge what the program prints: ``diag lint -``.

    Example: ``curl -X PUT "$ES/_cluster/settings" -d @/srv/settings.json``; in Python ``requests.put(url, json=make_settings())``.
    """
    for one in problems.all:
        if one.kind is ProblemKind.NOT_READ:
            yield Finding(
                summary=f"Not judged: {one.message}; expected one that is written out, or that lies in the same folder.",
                remedy="Hand the body over as a document of its own.",
                origin=one.origin,
                facts={"observed": one.message, "expected": "a body that is written out"},
            )
