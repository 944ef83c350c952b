"""The check tls/private-ca-missing."""

from __future__ import annotations

from checks.shared.causes import CHAIN_NOT_VERIFIED, NO_CONNECTION, NOTHING_AFTER_TLS
from checks.shared.certificate_text import unsent_issuer
from checks.shared.chain_not_judged import chain_not_judged
from checks.shared.fixes import trust_ca
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import (
    Chain,
    Finding,
    LocalCluster,
    Nodes,
    OfLocal,
    RemoteEvidence,
    SecurityModel,
    Severity,
    Trust,
    Unavailable,
    as_fact,
    shorten,
)


@check(
    "tls/private-ca-missing",
    second_hop=True,
    severity=Severity.CRITICAL,
    applies=Applies(models=(SecurityModel.API_KEY,)),
    while_connected=Severity.WARNING,
    docs=(docs.API_KEY_TRUST, docs.HOSTED_TO_SELF_MANAGED, docs.TROUBLESHOOT_TLS_TRUST),
    tags=("tls", "trust"),
    source="documentation: add remote clusters using API key authentication, establish trust",
    explains=(*CHAIN_NOT_VERIFIED, *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
)
def private_ca_missing(
    remote_evidence: RemoteEvidence,
    cluster: LocalCluster,
    local_nodes: OfLocal[Nodes] | Unavailable,
    trust: Trust,
    chain: Chain,
) -> Yields:
    """The remote cluster server has a certificate of a private CA, and no CA is configured for it.

    Why it matters: without ``certificate_authorities`` the local cluster trusts the public roots of its Java alone, and a
    self-managed remote most often has a CA of its own.

    How to fix: give the CA of the remote cluster server to the local cluster: on hosted and ECE with the API key in the
    trusted environment, elsewhere in ``xpack.security.remote_cluster_client.ssl.certificate_authorities``.

    Example: the certificate on port 9443 was made with ``elasticsearch-certutil``, and only the API key was set up.
    """
    if not trust.public_roots:
        yield NotApplicable("a CA is configured for this remote")
    elif not chain.trusted and not chain.public and (open_ := chain_not_judged(remote_evidence, cluster, local_nodes)):
        yield open_
    elif not chain.trusted and not chain.public:
        gap = unsent_issuer(chain)
        or_else = " If that is an intermediate of a public CA, the server has to send it instead." if gap else ""
        issuer = gap or _top(chain)
        how = trust_ca(cluster, remote_evidence.remote)
        yield Finding(
            summary=f"The peer's certificate comes from {issuer}, no public CA that is known here, and no CA is configured for this "
            f"remote: only public roots are trusted.{or_else}",
            remedy=f"Get the CA certificate of the remote cluster. {how.sentence} Then add it as ca of this remote in diag.yaml too.",
            fix=how.fix,
            facts={"observed": issuer, "expected": "a public root, or a configured CA", "path": as_fact(chain.path)},
        )


def _top(chain: Chain) -> str:
    last = chain.certificates[-1]
    return shorten(last.subject if last.self_signed else last.issuer, 120)
