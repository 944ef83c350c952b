"""The check trust/ca-not-signing-all-nodes."""

from __future__ import annotations

from checks.shared.causes import CHAIN_NOT_VERIFIED, NO_CONNECTION, NOTHING_AFTER_TLS
from checks.shared.certificate_files import authorities, leaves
from checks.shared.chain_not_judged import ca_unknown_but_connected, unverified
from checks.shared.fixes import trust_ca
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Certificate,
    CertificateFiles,
    Chain,
    ClusterEvidence,
    Endpoints,
    Finding,
    RemoteEvidence,
    Severity,
    Trust,
    as_fact,
    listed,
    shorten,
)


def _documents(files: CertificateFiles) -> Yields:
    """The CA files among documents with node certificates: those that sign some of them sign all, unless the nodes are of two clusters."""
    nodes, cas = leaves(files), [one for file in authorities(files) for one in file.certificates]
    if not cas or len(nodes) < 2:  # noqa: PLR2004 -- one certificate can't differ from the others.
        yield NotApplicable("there are no CA file and no two certificates of nodes to compare")
        return
    unsigned = [
        one for one in nodes if not any(_names_issuer(one.certificate, ca) for ca in (*cas, *one.file.certificates[1:]))
    ]
    if 0 < len(unsigned) < len(nodes):
        for one in unsigned:
            yield Finding(
                summary=f"The given CA files have not signed the certificate in {one.path} (issued by {shorten(one.certificate.issuer, 120)}), "
                "and have signed the certificate of another node.",
                remedy="If it is a node of the same cluster, add the CA that signed it, or have its certificate issued by the same CA as the others.",
                facts={"observed": shorten(one.certificate.issuer, 120), "expected": "one trusted CA for all nodes"},
                origin=one.origin,
            )


def _names_issuer(certificate: Certificate, ca: Certificate) -> bool:
    """Tell whether a certificate says that a CA issued it: by its name, and by the id of its key where both carry one."""
    ids = (certificate.authority_key_id, ca.subject_key_id)
    return certificate.issuer == ca.subject and (not all(ids) or ids[0] == ids[1])


@check(
    "trust/ca-not-signing-all-nodes",
    severity=Severity.ERROR,
    docs=(docs.HOSTED_TO_SELF_MANAGED, docs.SAME_CA),
    tags=("ca", "nodes"),
    source="documentation: remote clusters with a self-managed cluster: the CA has to have signed the certificates of all nodes",
    explains=(*CHAIN_NOT_VERIFIED, "network/partial-client-nodes", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
    in_documents=_documents,
)
def ca_not_signing_all_nodes(
    cluster_evidence: ClusterEvidence, remote_evidence: RemoteEvidence, trust: Trust, endpoints: Endpoints
) -> Yields:
    """The trusted CA has signed the certificates of some addresses of the remote, and not of all.

    Why it matters: connections open or fail by the node that they reach.

    How to fix: trust each CA that signs for the remote's nodes, or have all nodes' certificates issued by one.

    Example: a node was added with a certificate of another CA.
    """
    chains = [(probe, probe.chain) for probe in endpoints.probes if isinstance(probe.chain, Chain)]
    bad = [(probe, chain) for probe, chain in chains if not chain.trusted]
    if len(chains) < 2:  # noqa: PLR2004 -- one certificate can't differ from the others.
        yield NotApplicable("fewer than two addresses presented a certificate")
    elif bad and (
        ca_known := unverified(cluster_evidence, remote_evidence) or ca_unknown_but_connected(remote_evidence)
    ):
        yield ca_known
    elif bad and len(bad) < len(chains):
        issuers = tuple(dict.fromkeys(shorten(chain.leaf.issuer, 120) for _, chain in bad))
        which = "the public roots" if trust.public_roots else "the configured CAs"
        how = trust_ca(cluster_evidence.cluster, remote_evidence.remote, when="if that CA is right")
        yield Finding(
            summary=f"{len(bad)} of {len(chains)} addresses present a certificate that {which} have not signed: "
            f"{listed([str(probe) for probe, _ in bad])}, issued by {listed(issuers, 3)}.",
            remedy=f"Trust {listed(issuers, 3)} too (and name it as ca in diag.yaml): {how.sentence} Or have those nodes' certificates issued by the "
            "same CA as the others.",
            fix=how.fix,
            facts={
                "observed": as_fact(issuers),
                "expected": "one trusted CA for all nodes",
                "failed": tuple(str(one) for one, _ in bad[:20]),
            },
        )
    elif bad:
        yield NotApplicable("no certificate is trusted; tls/untrusted-issuer is about that")
    elif missing := [str(probe) for probe in endpoints.probes if not isinstance(probe.chain, Chain)]:
        yield Unknown(f"no certificate was seen from {listed(missing)}")
