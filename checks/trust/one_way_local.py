"""The check trust/one-way-local."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from checks.shared.causes import NO_CONNECTION
from checks.shared.certificate_files import leaves
from checks.shared.cloud_trust import FOR_KEYS, admits, admits_cluster, brings_ca, names_in, scope_of
from checks.shared.deployments import deployment_of, platform_of
from checks.shared.payloads import entry_name, text_of
from checks.tables import docs
from checks.trust._cloud_sides import account_of, not_covered
from diag.check import Applies, NotApplicable, Unknown, Yields, check, missing
from diag.model import (
    CLOUD,
    Certificate,
    CertificateFiles,
    Chain,
    Finding,
    LinkedDeployment,
    LinkedDeployments,
    Platform,
    Platforms,
    Remote,
    RemoteLists,
    SecurityModel,
    Severity,
    TrustPayload,
    TrustPayloads,
    Unavailable,
    at_cloud,
    listed,
    shorten,
)


def _in_documents(
    payloads: TrustPayloads, certificates: CertificateFiles | Unavailable, lists: RemoteLists | Unavailable
) -> Yields:
    """Compare the trust settings in documents with the certificates and the remotes in documents; what a platform shows is judged live."""
    presented = () if isinstance(certificates, Unavailable) else leaves(certificates)
    has_remotes = not isinstance(lists, Unavailable) and any(one.remotes and one.origin.line for one in lists.all)
    if not presented and not has_remotes:
        yield NotApplicable(
            "it takes the certificates of the nodes of the remote, or the list of remotes of the deployment"
        )
        return
    for payload in payloads.all:
        if payload.misshapen or not payload.origin.line:
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


@check(
    "trust/one-way-local",
    severity=Severity.CRITICAL,
    applies=Applies(models=(SecurityModel.CERTIFICATE,)),
    docs=(docs.HOSTED_TO_SELF_MANAGED, docs.HOSTED_SAME_ORGANIZATION),
    tags=("documents", "cloud", "ca", "platform"),
    source="documentation: remote clusters with self-managed clusters, both deployments are configured to trust each other",
    explains=NO_CONNECTION,
    while_connected=Severity.WARNING,
    in_documents=_in_documents,
)
def one_way_local(
    remote: Remote, linked: LinkedDeployments, platforms: Platforms | Unavailable, chain: Chain
) -> Yields:
    """The trust settings of the deployment do not cover the remote.

    Why it matters: in the certificate model each side verifies the other one. A deployment without an entry for the CA of the remote, or for its
    organization, refuses the handshake, though the remote trusts the deployment. The names in the certificate count, too: an entry for some
    clusters, or for some nodes, admits no other.

    How to fix: Security, Remote Connections, Add trusted environment, Self-managed, Certificates, and Create trust; or the entry under ``direct``,
    or under ``accounts`` for a deployment of Elastic Cloud.

    Example: the nodes have certificates of a new CA, and ``direct`` still brings the old one.
    """
    found = deployment_of(linked, "")
    if not isinstance(found, tuple):
        yield found
        return
    local, trust = found[0], found[0].trust
    if isinstance(trust, Unavailable):
        yield missing(trust)
        return
    there = linked.of(remote.alias)
    names = names_in(chain.leaf)
    if there is not None and there.platform == local.platform:
        yield from _of_own(trust, there, account_of(platforms, local))
    else:
        in_cloud = remote.kind in CLOUD or any(at_cloud(one.host or "") for one in remote.dialled)
        # An organization is trusted by the CAs of the platform, which no cluster outside of it has.
        trusted = trust if in_cloud else replace(trust, entities=())
        yield from _of_others(trusted, chain, names, platform_of(platforms, local))


def _of_own(trust: TrustPayload, there: LinkedDeployment, account: str) -> Yields:
    """A remote of the same organization: its account has to be trusted, with all clusters or with this one."""
    if not account:
        yield Unknown("the platform does not say which organization is its own")
        return
    if isinstance(there.deployment, Unavailable):
        yield missing(there.deployment)
        return
    why = not_covered(trust, account, there.deployment.cluster_id)
    if why:
        yield _finding(trust, f"do not admit the cluster {there.deployment.cluster_id} of the remote: {why}")


def _of_others(trust: TrustPayload, chain: Chain, names: tuple[str, ...], platform: Platform | None) -> Yields:
    cluster, scope = scope_of(names)
    accounts = {text_of(one.id): one for one in trust.entities if one.group == "accounts"}
    if scope in accounts and admits_cluster(accounts[scope], cluster):
        return
    external = [one for one in trust.entities if one.group == "external"]
    relationships = (
        None if platform is None or isinstance(platform.relationships, Unavailable) else platform.relationships
    )
    known = {one.id: one for one in relationships.all} if relationships is not None else {}
    if any(
        admits_cluster(one, cluster) and scope and scope in known[text_of(one.id)].accounts
        for one in external
        if text_of(one.id) in known
    ):
        return
    with_ca = [one for one in trust.direct if text_of(one.type) != FOR_KEYS and brings_ca(one, chain.certificates)]
    if any(admits(one, name) for one in with_ca for name in names):
        return
    open_ = [one for one in external if text_of(one.id) not in known]
    who = listed(names) or shorten(chain.leaf.subject, 80)
    if with_ca:
        yield _finding(
            trust,
            f"bring the CA of the remote ({listed([entry_name(one) for one in with_ca])}) and do not admit its node {who}",
        )
    elif open_:
        yield Unknown(
            f"what {listed([entry_name(one) for one in open_])} covers is not known: the platform shows no relationship of that id"
        )
    elif any(not pem.file.certificates for one in trust.direct for pem in one.certificates):
        yield Unknown("a certificate of the trust settings cannot be read")
    else:
        yield _finding(
            trust, f"bring no CA that issued the certificate of {who} (issued by {shorten(chain.leaf.issuer, 80)})"
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
        remedy="Add the entry on the Security page of the deployment (Add trusted environment), or send it together with all others.",
        origin=payload.origin,
    )
