"""The check tls/public-vs-private-ca."""

from __future__ import annotations

from checks.shared.causes import CHAIN_NOT_VERIFIED, NO_CONNECTION, NOTHING_AFTER_TLS
from checks.shared.certificate_text import client_prefix
from checks.shared.chain_not_judged import chain_not_judged
from checks.shared.fixes import trust_ca
from checks.tables import docs
from checks.tls._chain import trusted
from diag.check import NotApplicable, Yields, check
from diag.model import (
    Chain,
    Finding,
    LocalCluster,
    Nodes,
    OfLocal,
    RemoteEvidence,
    Severity,
    Trust,
    Unavailable,
    as_fact,
    shorten,
)


@check(
    "tls/public-vs-private-ca",
    severity=Severity.ERROR,
    while_connected=Severity.WARNING,
    docs=(docs.CLIENT_TLS_SETTINGS, docs.HOSTED_SAME_ORGANIZATION, docs.TROUBLESHOOT_TLS_TRUST),
    tags=("tls", "trust"),
    source="documentation: security settings, remote cluster client TLS; elasticsearch#105771",
    explains=(*CHAIN_NOT_VERIFIED, *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
)
def public_vs_private_ca(
    remote_evidence: RemoteEvidence,
    cluster: LocalCluster,
    local_nodes: OfLocal[Nodes] | Unavailable,
    trust: Trust,
    chain: Chain,
) -> Yields:
    """The remote has a certificate of a public CA, and the configured CAs leave the public ones out.

    Why it matters: as soon as ``certificate_authorities`` is set, it replaces the public roots. A private CA that was
    added for one remote takes the trust from every other remote that has a public certificate.

    How to fix: list the public root as well, or leave the setting unset where all remotes have public certificates.

    Example: a hosted remote worked until the CA of a self-managed one was configured.
    """
    if trust.public_roots or not trust.files:
        yield NotApplicable("no CA is configured: the public roots are trusted")
    elif not chain.trusted and chain.public and (open_ := chain_not_judged(remote_evidence, cluster, local_nodes)):
        yield open_
    elif not chain.trusted and chain.public:
        root = shorten(chain.path[-1], 120) if chain.path else shorten(chain.leaf.issuer, 120)
        how = trust_ca(cluster, remote_evidence.remote, when="to trust the public root too")
        yield Finding(
            summary=f"The peer's certificate leads to a public CA ({root}), which the configured CAs leave out: {trusted(trust)}. "
            "Configured CAs replace the public roots.",
            remedy=f"Trust the public root too, or unset {client_prefix(remote_evidence.remote)}.certificate_authorities if no remote needs a private CA. "
            f"{how.sentence}",
            fix=how.fix,
            facts={"observed": root, "expected": as_fact([ca.subject for ca in trust.anchors])},
        )
