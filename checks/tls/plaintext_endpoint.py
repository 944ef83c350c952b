"""The check tls/plaintext-endpoint."""

from __future__ import annotations

from typing import Final

from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TCP
from checks.shared.certificate_text import server_prefix
from checks.shared.fixes import Remedy, on_remote_nodes, yml
from checks.shared.peer import first_words, is_html, quote
from checks.tables import docs
from checks.tls._handshake import how_it_ended
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    ClearReply,
    ClusterEvidence,
    Finding,
    Probe,
    RemoteEvidence,
    SecurityModel,
    Severity,
    TlsResult,
    Unavailable,
    as_fact,
    listed,
)

_HTTP: Final = b"HTTP/"


@check(
    "tls/plaintext-endpoint",
    severity=Severity.CRITICAL,
    severities=(Severity.INFO, Severity.WARNING),
    while_connected=Severity.WARNING,
    docs=(docs.TROUBLESHOOT_SSL, docs.TRANSPORT_TLS_SETTINGS, docs.SERVER_TLS_SETTINGS),
    tags=("tls", "port"),
    source="Elasticsearch TcpTransport: reads and answers the first bytes of a connection",
    explains=("network/not-elasticsearch", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TCP,
)
def plaintext_endpoint(cluster: ClusterEvidence, remote_evidence: RemoteEvidence, probe: Probe) -> Yields:
    """The port does not speak TLS.

    Why it matters: the local cluster begins each connection to a remote with TLS. A node whose interface has TLS switched
    off closes such a connection without an answer, and whatever else crosses this wire can be read on the way.

    How to fix: switch TLS on for this interface of the remote cluster, or correct the port in the address.

    Where neither side uses TLS, that is how such a connection works, and only worth knowing.

    Example: ``xpack.security.transport.ssl.enabled`` is left at its default, false, on a cluster that was upgraded from 7.x.
    """
    attempt = probe.tls
    if isinstance(attempt, Unavailable):
        yield Unknown(str(attempt), piece=attempt)
        return
    first = first_words(attempt.first_bytes)
    if cluster.uses_no_tls(remote_evidence, probe):
        yield _neither_side(remote_evidence)
    elif attempt.answered_in_clear:
        yield _one_side(cluster, remote_evidence, _switch_on(remote_evidence))
    elif first.startswith(_HTTP) or is_html(first) or attempt.clear_reply is ClearReply.HTTP:
        yield NotApplicable("the port speaks HTTP in clear text; config/http-port-used is about that")
    elif attempt.result is TlsResult.NOT_TLS:
        stated, how = quote(first) if first else "something else", _switch_on(remote_evidence)
        yield Finding(
            summary=f"The port does not speak TLS: it answered the ClientHello with {stated}.",
            remedy=f"Find out what listens there. {how.sentence}",
            fix=how.fix,
            facts={"observed": first.hex(), "expected": "a TLS record (hex 16 or 15 first)"},
        )
    elif attempt.result not in {TlsResult.COMPLETED, TlsResult.ALERT}:
        yield Unknown(how_it_ended(attempt))


def _switch_on(remote_evidence: RemoteEvidence) -> Remedy:
    prefix = server_prefix(remote_evidence.remote)
    lines = (
        yml(f"{prefix}.enabled", "true"),
        yml(f"{prefix}.certificate", "<file of the certificate>"),
        yml(f"{prefix}.key", "<file of its key>"),
    )
    return Remedy(
        "Switch TLS on at every node of the remote cluster, with a certificate and key, and restart; or correct the port.",
        on_remote_nodes(yml=lines, when="if TLS is wanted there"),
    )


def _neither_side(remote_evidence: RemoteEvidence) -> Finding:
    """How unsecured clusters work: worth knowing. An API key in clear text is more than that."""
    api_key = remote_evidence.remote.security_model is SecurityModel.API_KEY
    crosses = "the API key and whatever is searched" if api_key else "whatever is searched"
    return Finding(
        summary=f"Neither side uses TLS here, and so they understand each other; {crosses} can be read and changed on the way.",
        remedy="Nothing has to be done about it for the connection to work. To secure it, switch security and TLS on at both ends: one alone ends the connection.",
        severity=Severity.WARNING if api_key else Severity.INFO,
        facts={"observed": "clear text on both sides", "expected": "TLS on both sides, or on neither"},
    )


def _one_side(cluster: ClusterEvidence, remote_evidence: RemoteEvidence, how: Remedy) -> Finding:
    sending = cluster.sending(remote_evidence.remote)
    some = f" {listed(sending.clear)} send clear text too; {listed(sending.tls)} do not." if sending.clear else ""
    known = sending.clear or sending.tls or sending.declared is not None
    caveat = (
        ""
        if known or not remote_evidence.remote.registered
        else " How the nodes of the local cluster begin is not known: if they use no TLS either, this works, and "
        f"{'remote_cluster_client' if remote_evidence.remote.security_model is SecurityModel.API_KEY else 'transport'}: {{enabled: false}} "
        "of this cluster in diag.yaml says so."
    )
    return Finding(
        summary=f"The port answers the Elasticsearch transport protocol in clear text; expected a TLS handshake.{some}{caveat}",
        remedy=how.sentence,
        fix=how.fix,
        facts={"observed": "transport protocol without TLS", "expected": "TLS", "nodes_with_tls": as_fact(sending.tls)},
    )
