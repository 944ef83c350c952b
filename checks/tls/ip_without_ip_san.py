"""The check tls/ip-without-ip-san."""

from __future__ import annotations

from checks.shared.causes import NO_CONNECTION
from checks.shared.certificate_text import unread
from checks.tables import docs
from checks.tls._name_severity import weighed
from checks.tls._names import name_remedy, names
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
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
    as_fact,
    is_ip,
    listed,
    shorten,
)


@check(
    "tls/ip-without-ip-san",
    second_hop=True,
    severity=Severity.ERROR,
    severities=(Severity.INFO,),
    while_connected=Severity.WARNING,
    docs=(docs.CERTUTIL, docs.TROUBLESHOOT_HANDSHAKE),
    tags=("tls", "names"),
    source="documentation: troubleshoot SSLHandshakeException; RFC 9525 section 6.4",
    explains=("tls/hostname-mismatch", "tls/wrong-cert-for-sni", *NO_CONNECTION),
)
def ip_without_ip_san(
    remote_evidence: RemoteEvidence,
    cluster: LocalCluster,
    local_nodes: OfLocal[Nodes] | Unavailable,
    endpoint: Endpoint,
    chain: Chain,
) -> Yields:
    """The remote is dialled by IP address, and its certificate does not carry that address.

    Why it matters: an IP address is compared with the IP addresses among the subject alternative names only. A host name
    of the same machine does not help, nor does a DNS entry that spells the address.

    How to fix: dial a host name that the certificate carries, or set ``server_name`` to one, or reissue with ``--ip``.

    Example: ``proxy_address: 192.0.2.10:9443`` without ``server_name``; the certificate carries ``logs.example`` only.
    """
    leaf, wanted = chain.leaf, endpoint.names[0] if endpoint.names else ""
    if not is_ip(wanted):
        yield NotApplicable("a host name is looked for in the certificate, not an IP address")
    elif leaf.covers(wanted):
        return
    elif leaf.problem and not leaf.names:
        yield Unknown(unread(leaf))
    else:
        carried = listed(leaf.names) or "none"
        api_key = remote_evidence.remote.security_model is SecurityModel.API_KEY
        how = name_remedy(remote_evidence, endpoint, leaf)
        missing = Finding(
            summary=f"The address {shorten(wanted)} is not among the IP addresses of the certificate; names in it: {carried}.",
            remedy=how.sentence,
            fix=how.fix,
            severity=Severity.ERROR if api_key else Severity.INFO,
            facts={**names(leaf, endpoint), "observed": as_fact(leaf.ip_addresses), "expected": shorten(wanted)},
        )
        yield weighed(missing, remote_evidence, cluster, local_nodes)
