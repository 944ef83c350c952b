"""The check trust/ids-wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from checks.shared.payloads import HEX_ID, ORGANIZATION, entry_name, is_given, text_of
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import (
    CloudDeployments,
    DirectTrust,
    Finding,
    Severity,
    TrustedEntity,
    TrustPayloads,
    Unavailable,
    Written,
    shorten,
)

_OF_CLOUD: Final = frozenset({"ECE", "ESS"})


@check(
    "trust/ids-wrong",
    severity=Severity.WARNING,
    severities=(Severity.ERROR,),
    docs=(docs.HOSTED_OTHER_ORGANIZATION, docs.REMOTE_CLUSTER_FILTERING),
    tags=("documents", "cloud"),
    source="documentation: remote clusters of another organization; both forms of account ids occur in its examples",
)
def ids_wrong(payloads: TrustPayloads, deployments: CloudDeployments | Unavailable) -> Yields:
    """An id in the trust settings has not the form of such an id, or is the id of something else.

    Why it matters: ids are not looked up when they are saved. A wrong one is accepted and matches nothing: the connection fails in the handshake.

    How to fix: take the id of the organization from its page, and the id of the Elasticsearch cluster, not that of the deployment, from the
    Security page.

    Example: the id of the deployment in ``trust_allowlist``.
    """
    entries: list[TrustedEntity | DirectTrust] = []
    for payload in payloads.all:
        entries += [*payload.entities, *payload.direct]
    if not entries:
        yield NotApplicable("the trust settings have no entry")
    known = (
        {} if isinstance(deployments, Unavailable) else {one.id: one.cluster_id for one in deployments.all if one.id}
    )
    for entry in entries:
        if isinstance(entry, TrustedEntity) and entry.group == "accounts" and entry.id is not None:
            yield from _account(entry, entry.id, known)
        if isinstance(entry, TrustedEntity) or text_of(entry.type) in _OF_CLOUD:
            for one in entry.allowlist:
                yield from _cluster(entry, one, known)


def _account(entry: TrustedEntity, one: Written, known: dict[str, str]) -> Iterator[Finding]:
    if is_given(one) and not ORGANIZATION.fullmatch(one.text):
        yield Finding(
            summary=f"account_id is {shorten(one.text, 60)}; expected the id of an organization: 6 to 12 digits, or 32 hexadecimal digits.",
            remedy="Take the id from the page of the organization.",
            origin=one.origin,
            facts={"observed": shorten(one.text, 60)},
        )
    elif one.text in known or (one.text and one.text in known.values()):
        yield Finding(
            summary=f"account_id of the {entry_name(entry)} is the id of a deployment or of its cluster; expected that of the organization.",
            remedy="Take the id from the page of the organization.",
            severity=Severity.ERROR,
            origin=one.origin,
            facts={"observed": shorten(one.text, 60)},
        )


def _cluster(entry: TrustedEntity | DirectTrust, one: Written, known: dict[str, str]) -> Iterator[Finding]:
    if one.text in known and known[one.text] != one.text:
        right = known[one.text]
        yield Finding(
            summary=f"trust_allowlist of the {entry_name(entry)} has {shorten(one.text, 60)}, the id of a deployment; expected that of its cluster"
            + (f", {shorten(right, 60)}." if right else "."),
            remedy=f"Put {shorten(right, 60)} there."
            if right
            else "Take the id of the cluster from the Security page.",
            severity=Severity.ERROR,
            origin=one.origin,
            facts={"observed": shorten(one.text, 60), "expected": shorten(right, 60)},
        )
    elif is_given(one) and not HEX_ID.fullmatch(one.text):
        yield Finding(
            summary=f"trust_allowlist of the {entry_name(entry)} has {shorten(one.text, 60)}; expected the id of a cluster: 32 hexadecimal digits.",
            remedy="Take the id of the Elasticsearch cluster from the Security page.",
            origin=one.origin,
            facts={"observed": shorten(one.text, 60)},
        )
