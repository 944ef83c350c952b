"""The check trust/one-way-local."""

from __future__ import annotations

from collections.abc import Iterator

from checks.shared.certificate_files import leaves
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import (
    Certificate,
    CertificateFiles,
    Finding,
    RemoteLists,
    Severity,
    TrustPayload,
    TrustPayloads,
    Unavailable,
    listed,
    shorten,
)


@check(
    "trust/one-way-local",
    severity=Severity.CRITICAL,
    docs=(docs.HOSTED_TO_SELF_MANAGED, docs.HOSTED_SAME_ORGANIZATION),
    tags=("documents", "cloud", "ca"),
    source="documentation: remote clusters with self-managed clusters, both deployments are configured to trust each other",
)
def one_way_local(
    payloads: TrustPayloads, certificates: CertificateFiles | Unavailable, lists: RemoteLists | Unavailable
) -> Yields:
    """The trust settings of the deployment do not cover the remote.

    Why it matters: in the certificate model each side verifies the other one. A deployment without an entry for the CA of the remote, or for its
    organization, refuses the handshake, though the remote trusts the deployment.

    How to fix: Security, Remote Connections, Add trusted environment, Self-managed, Certificates, and Create trust; or the entry under ``direct``,
    or under ``accounts`` for a deployment of Elastic Cloud.

    Example: the nodes have certificates of a new CA, and ``direct`` still brings the old one.
    """
    presented = () if isinstance(certificates, Unavailable) else leaves(certificates)
    has_remotes = not isinstance(lists, Unavailable) and any(one.remotes for one in lists.all)
    if not presented and not has_remotes:
        yield NotApplicable(
            "it takes the certificates of the nodes of the remote, or the list of remotes of the deployment"
        )
        return
    for payload in payloads.all:
        if payload.misshapen:
            continue
        if has_remotes and not payload.entities:
            yield _finding(
                payload,
                "name no account; expected that of the organization, whose deployments are remotes in these documents",
            )
        cas = [ca for one in payload.direct for pem in one.certificates for ca in pem.file.certificates]
        unreadable = any(not pem.file.certificates for one in payload.direct for pem in one.certificates)
        uncovered = [] if unreadable else list(_not_covered([one.certificate for one in presented], cas))
        if uncovered:
            yield _finding(
                payload,
                f"bring no CA that issued {listed(uncovered)}; expected the CA of the remote under direct",
            )


def _not_covered(nodes: list[Certificate], cas: list[Certificate]) -> Iterator[str]:
    """The issuers of node certificates that no entry brings along."""
    subjects = {ca.subject for ca in cas}
    seen: set[str] = set()
    for one in nodes:
        if one.issuer not in subjects and one.issuer not in seen:
            seen.add(one.issuer)
            yield f"{shorten(one.subject, 80)} (issued by {shorten(one.issuer, 80)})"


def _finding(payload: TrustPayload, why: str) -> Finding:
    return Finding(
        summary=f"The trust settings {why}: the deployment refuses the handshake.",
        remedy="Add the entry, and send all of them.",
        origin=payload.origin,
    )
