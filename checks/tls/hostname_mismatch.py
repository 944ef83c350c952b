"""The check tls/hostname-mismatch."""

from __future__ import annotations

from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TLS
from checks.shared.certificate_text import unread
from checks.shared.fixes import on_local, put_settings
from checks.tables import docs
from checks.tls._name_severity import weighed
from checks.tls._names import name_remedy, names
from diag.check import Applies, Unknown, Yields, check
from diag.model import (
    Certificate,
    Chain,
    Endpoint,
    Finding,
    LocalCluster,
    Nodes,
    OfLocal,
    RemoteEvidence,
    Severity,
    Unavailable,
    shorten,
)


@check(
    "tls/hostname-mismatch",
    second_hop=True,
    severity=Severity.ERROR,
    severities=(Severity.INFO, Severity.WARNING),
    applies=Applies.settings(),
    essential=True,
    while_connected=Severity.WARNING,
    docs=(docs.TROUBLESHOOT_HANDSHAKE, docs.REMOTE_CLUSTER_SETTINGS, docs.ECE_CERTIFICATES),
    tags=("tls", "names"),
    source="Elasticsearch SslDiagnostics; RFC 9525 section 6; verified on Elasticsearch 9.2: server_name first, then the dialled host",
    explains=("tls/wrong-cert-for-sni", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
)
def hostname_mismatch(
    remote_evidence: RemoteEvidence,
    cluster: LocalCluster,
    local_nodes: OfLocal[Nodes] | Unavailable,
    endpoint: Endpoint,
    chain: Chain,
) -> Yields:
    """The certificate of the peer does not carry the name that Elasticsearch looks for.

    Why it matters: with ``verification_mode: full``, the default, Elasticsearch wants the configured ``server_name`` in
    the certificate, falls back to the dialled host, and refuses the connection where neither stands there. A connection
    that holds by the fallback alone breaks with the next change of address, and a wrong name can look healthy for as
    long as TLS sessions are resumed. In the certificate model, ``xpack.security.transport.ssl.verification_mode:
    certificate`` switches this check of names off.

    How to fix: set ``server_name`` to a name that the certificate carries, or have the certificate reissued with the
    name. A wildcard stands for exactly one label.

    Example: ``server_name: logs.example`` while the certificate carries ``*.logs.example``.
    """
    leaf, wanted = chain.leaf, endpoint.names
    if wanted and leaf.covers(wanted[0]) and leaf.is_taken_for(wanted[0], public=chain.public):
        return
    covered = [leaf.covers(name) and leaf.is_taken_for(name, public=chain.public) for name in wanted]
    if leaf.problem and not leaf.names:
        yield Unknown(unread(leaf))
    elif any(covered):
        found = _held_by_fallback(remote_evidence, endpoint, leaf, wanted[covered.index(True)])
        yield weighed(found, remote_evidence, cluster, local_nodes)
    elif wanted:
        found = _covered_by_none(
            remote_evidence, endpoint, leaf, loosely=leaf.is_taken_for_any(wanted, public=chain.public)
        )
        yield weighed(found, remote_evidence, cluster, local_nodes)
    else:
        yield Unknown("no name to look for in the certificate is known")


def _held_by_fallback(remote_evidence: RemoteEvidence, endpoint: Endpoint, leaf: Certificate, held_by: str) -> Finding:
    name = endpoint.names[0]
    return Finding(
        summary=f"The certificate does not carry server_name {shorten(name)} but does carry {shorten(held_by)}: the connection holds "
        "for now, because Elasticsearch falls back to the dialled host (and resumes TLS sessions).",
        remedy="Set server_name to the name that the certificate carries.",
        fix=on_local(put_settings({remote_evidence.remote.setting("server_name"): held_by}))
        if remote_evidence.remote.registered
        else (),
        severity=Severity.WARNING,
        facts={**names(leaf, endpoint), "observed": shorten(held_by), "expected": shorten(name)},
    )


def _covered_by_none(
    remote_evidence: RemoteEvidence, endpoint: Endpoint, leaf: Certificate, *, loosely: bool
) -> Finding:
    name = endpoint.names[0]
    nearest, why = leaf.nearest(name), leaf.why_not(name)
    nearness = f"the nearest name in it is {shorten(nearest)}" if nearest else "it carries no name at all"
    because = f" ({why})" if why and nearest else ""
    looked_for = " nor ".join(shorten(wanted) for wanted in endpoint.names)
    still = (
        " Java still takes it, by its common name or by a looser reading of wildcards; do not build on that."
        if loosely
        else " Elasticsearch refuses the connection; one that still stands holds for now, by a TLS session from before."
    )
    how = name_remedy(remote_evidence, endpoint, leaf)
    return Finding(
        summary=f"The certificate carries {'neither ' if len(endpoint.names) > 1 else 'no '}{looked_for}: {nearness}{because}.{still}",
        remedy=how.sentence,
        fix=how.fix,
        severity=Severity.WARNING if loosely else Severity.ERROR,
        facts={**names(leaf, endpoint), "observed": shorten(nearest), "expected": shorten(name), "why": why},
    )
