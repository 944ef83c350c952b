"""The check trust/ca-same-dn-other-key."""

from __future__ import annotations

from checks.shared.causes import CHAIN_NOT_VERIFIED, NO_CONNECTION, NOTHING_AFTER_TLS
from checks.shared.certificate_files import leaves, placed
from checks.shared.certificate_text import named
from checks.shared.chain_not_judged import unverified
from checks.shared.fixes import inspect, trust_ca
from checks.tables import docs
from checks.trust._anchors import NO_FILE
from diag.check import NotApplicable, Yields, check
from diag.model import (
    CertificateFiles,
    Chain,
    ChainFault,
    ClusterEvidence,
    Finding,
    RemoteEvidence,
    Severity,
    Trust,
    shorten,
)


def _documents(files: CertificateFiles) -> Yields:
    cas = [one for one in placed(files) if not one.is_leaf]
    for leaf in leaves(files):
        key, issuer = leaf.certificate.authority_key_id, leaf.certificate.issuer
        named_so = [one for one in cas if one.certificate.subject == issuer]
        others = [one for one in named_so if key and one.certificate.subject_key_id not in {"", key}]
        if others and len(others) == len(named_so):
            yield Finding(
                summary=f"The certificate in {leaf.path} names {shorten(issuer, 120)} as its issuer, and the CA of that name in {others[0].path} has "
                "another key than the one that signed it.",
                remedy="Get the certificate of the CA that signs now, and trust it as well as the old one until every node has a new certificate.",
                fix=inspect("openssl", "x509", "-in", others[0].file.path, "-noout", "-fingerprint", "-sha256"),
                facts={
                    "observed": "another key",
                    "expected": "the CA that signed the certificate",
                    "issuer": shorten(issuer),
                },
                origin=others[0].origin,
            )


@check(
    "trust/ca-same-dn-other-key",
    severity=Severity.ERROR,
    docs=(docs.TROUBLESHOOT_TLS_TRUST, docs.DIFFERENT_CA),
    tags=("ca", "trust"),
    source="Elasticsearch SslDiagnostics: signatures do not match",
    explains=(*CHAIN_NOT_VERIFIED, "trust/ca-not-signing-all-nodes", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
    in_documents=_documents,
)
def ca_same_dn_other_key(
    cluster_evidence: ClusterEvidence, remote_evidence: RemoteEvidence, trust: Trust, chain: Chain
) -> Yields:
    """A CA has the right name and another key than the one that signed the certificate of the peer.

    Why it matters: the names agree, so that everything looks right in a listing, and the signature does not verify. This
    is what a CA looks like that was made anew: its certificate has to be handed out again.

    How to fix: take the certificate of the CA that signs now, and trust it as well as the old one until every node has a new
    certificate; then remove the old one.

    Example: ``elasticsearch-certutil ca`` was run a second time, and the nodes got certificates of the new CA.
    """
    found = [fault for fault in chain.faults if fault.fault is ChainFault.SAME_NAME_OTHER_KEY]
    if found and (taken := unverified(cluster_evidence, remote_evidence)):
        yield taken
        return
    if not found and trust.public_roots:
        yield NotApplicable(NO_FILE)
    for fault in found[:1]:
        issuer = shorten(fault.issuer or fault.subject)
        how = trust_ca(cluster_evidence.cluster, remote_evidence.remote)
        yield Finding(
            summary=f"{named(fault.subject)} names {issuer} as its issuer, and the CA of that name did not sign it: "
            f"{shorten(fault.detail) or 'it has another key'}.",
            remedy="Get the certificate of the CA that signs now from the remote cluster, trust it (also as ca in diag.yaml), and keep the old one "
            f"until every node has a new certificate. {how.sentence}",
            fix=(*inspect("openssl", "x509", "-in", "ca.pem", "-noout", "-fingerprint", "-sha256"), *how.fix),
            facts={
                "observed": f"a CA named {issuer} with another key",
                "expected": f"the CA named {issuer} that signed the certificate",
                "subject": shorten(fault.subject),
                "issuer": issuer,
            },
        )
