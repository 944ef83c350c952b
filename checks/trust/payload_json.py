"""The check trust/payload-json."""

from __future__ import annotations

from checks.tables import docs
from diag.check import Unknown, Yields, check, missing
from diag.model import DocumentKind, DocumentProblems, Finding, ProblemKind, Severity, TrustPayloads, Unavailable


@check(
    "trust/payload-json",
    severity=Severity.ERROR,
    docs=(docs.API_CLOUD, docs.HOSTED_TO_SELF_MANAGED),
    tags=("documents", "cloud"),
    source="RFC 8259; the example of the documentation has a comma after the last node name",
)
def payload_json(problems: DocumentProblems | Unavailable, payloads: TrustPayloads | Unavailable) -> Yields:
    """The trust settings are no valid JSON.

    Why it matters: the API of Elastic Cloud answers 400, and no trust is changed. It takes neither a comma after the last item nor comments,
    though Elasticsearch takes the latter.

    How to fix: correct the place that is named. ``jq . FILE`` says whether the rest is valid.

    Example: ``"additional_node_names": ["node1.example.com", ]``.
    """
    if isinstance(problems, Unavailable) and not problems.not_configured:
        yield Unknown(str(problems), piece=problems)
        return
    found = () if isinstance(problems, Unavailable) else problems.all
    invalid = [one for one in found if one.document is DocumentKind.TRUST_PAYLOAD and one.kind is ProblemKind.SYNTAX]
    if not invalid and isinstance(payloads, Unavailable):
        yield missing(payloads)
    for one in invalid:
        yield Finding(
            summary=f"The trust settings are no valid JSON: {one.message}; the API answers 400.",
            remedy="Correct it at that place.",
            origin=one.origin,
            facts={"document": one.document.value},
        )
