"""The check tls/no-san."""

from __future__ import annotations

from typing import Final

from checks.shared.causes import NO_CONNECTION
from checks.shared.certificate_files import leaves
from checks.shared.certificate_text import server_prefix, subject, unread
from checks.shared.fixes import certutil
from checks.tables import docs
from checks.tls._name_severity import weighed
from diag.check import Applies, Unknown, Yields, check
from diag.model import (
    CertificateFiles,
    Chain,
    Endpoint,
    Finding,
    LocalCluster,
    Nodes,
    OfLocal,
    RemoteEvidence,
    SecurityModel,
    Severity,
    Unavailable,
    shorten,
)

_NO_SAN: Final = "has no subject alternative names at all"
_NO_NAME: Final = "has subject alternative names, but no host name and no IP address"


def _documents(files: CertificateFiles) -> Yields:
    for one in leaves(files):
        if not one.certificate.names and not one.certificate.problem:
            found = _NO_SAN if not one.certificate.has_san else _NO_NAME
            yield Finding(
                summary=f"The certificate in {one.path} ({subject(one.certificate)}) {found}: it serves only where no names are verified "
                "(verification_mode: certificate).",
                remedy="Nothing has to be done where no names are verified; else reissue it with the names and addresses that it is reached by.",
                fix=certutil("--dns", "<name>", "--ip", "<address>", when="where names are verified"),
                severity=Severity.INFO,
                facts={
                    "observed": found,
                    "expected": "a DNS name or an IP address",
                    "subject": subject(one.certificate),
                },
                origin=one.origin,
            )


@check(
    "tls/no-san",
    second_hop=True,
    severity=Severity.ERROR,
    severities=(Severity.INFO, Severity.WARNING),
    applies=Applies.settings(),
    while_connected=Severity.WARNING,
    docs=(docs.CERTUTIL, docs.TROUBLESHOOT_HANDSHAKE),
    tags=("tls", "names"),
    source="documentation: troubleshoot SSLHandshakeException; Elasticsearch SslDiagnostics; RFC 9525 section 2",
    explains=("tls/hostname-mismatch", "tls/wrong-cert-for-sni", *NO_CONNECTION),
    in_documents=_documents,
)
def no_san(
    remote_evidence: RemoteEvidence,
    cluster: LocalCluster,
    local_nodes: OfLocal[Nodes] | Unavailable,
    endpoint: Endpoint,
    chain: Chain,
) -> Yields:
    """The certificate of the peer has no subject alternative names to be recognised by.

    Why it matters: names and IP addresses are looked for in the subject alternative names. Without any, an IP address can
    never fit, and for a host name nothing is left but the common name. Java still takes that one; other programs do not, so that
    it is a warning where it fits, and an error elsewhere.

    How to fix: reissue the certificate with the host names and IP addresses it is reached by.

    Example: ``elasticsearch-certutil cert`` without ``--dns`` and ``--ip`` makes certificates without a name. In the
    certificate model they serve with ``verification_mode: certificate``, which checks no names.
    """
    leaf = chain.leaf
    taken = leaf.is_taken_for_any(endpoint.names, public=chain.public)
    if leaf.has_san and leaf.names:
        return
    if leaf.problem:
        yield Unknown(unread(leaf))
        return
    found = _NO_SAN if not leaf.has_san else _NO_NAME
    api_key = remote_evidence.remote.security_model is SecurityModel.API_KEY
    by_name = " Java takes it by its common name for now." if taken else " Its common name does not fit either."
    missing = Finding(
        summary=f"The certificate of the peer ({subject(leaf)}) {found}; expected the name it is reached by.{by_name}",
        remedy=f"Reissue it for the remote cluster with its names, and configure it under {server_prefix(remote_evidence.remote)}.",
        fix=certutil("--dns", "<name>", "--ip", "<address>"),
        severity=Severity.ERROR if api_key and not taken else Severity.WARNING,
        facts={
            "observed": found,
            "expected": "a DNS name or an IP address",
            "subject": subject(leaf),
            "common_name": shorten(leaf.common_name),
        },
    )
    yield weighed(missing, remote_evidence, cluster, local_nodes)
