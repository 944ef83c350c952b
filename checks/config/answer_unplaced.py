"""The check config/answer-unplaced."""

from __future__ import annotations

from checks.tables import docs
from diag.check import Yields, check
from diag.model import DocumentProblems, Finding, ProblemKind, Severity


@check(
    "config/answer-unplaced",
    severity=Severity.INFO,
    docs=(docs.REMOTE_CLUSTER_SETTINGS,),
    tags=("documents",),
    source="what an answer says of itself: only GET _nodes and GET / name their cluster, and no answer of a remote cluster names an alias",
)
def answer_unplaced(problems: DocumentProblems) -> Yields:
    """An answer of a remote cluster was handed over, and to which remote it belongs does not show.

    Why it matters: what it says was judged together with no remote, so that nothing is known of what may be wrong with it.

    How to fix: hand it over with the documents of one local cluster that register that one remote; what is of the local cluster itself is
    named as ``local:FILE``.

    Example: ``GET _license`` of a remote cluster in a folder, and an ``elasticsearch.yml`` that registers two remotes.
    """
    for one in problems.all:
        if one.kind is ProblemKind.UNPLACED:
            yield Finding(
                summary=f"This is {one.message}; expected one remote that it is about.",
                remedy="Hand it over together with documents that register that remote alone.",
                origin=one.origin,
                facts={"observed": one.message, "expected": "one remote that it is about"},
            )
