"""The check tls/client-plaintext."""

from __future__ import annotations

from checks.shared.causes import NO_CONNECTION
from checks.shared.certificate_text import client_prefix, server_prefix
from checks.shared.documents import files_of, is_off, remotes_in, written
from checks.shared.fixes import client_certificate, on_local_nodes, yml
from checks.tables import docs
from checks.tables.settings import CLIENT_TLS, TRANSPORT_TLS
from diag.check import Applies, NotApplicable, Unknown, Yields, check, missing
from diag.model import (
    REMOTE_CLUSTER_SERVER,
    ClusterEvidence,
    Finding,
    Kind,
    License,
    Nodes,
    RemoteEvidence,
    SecurityModel,
    Sending,
    Setting,
    SettingsText,
    SettingsTexts,
    Severity,
    Side,
    TlsAttempt,
    TlsResult,
    Unavailable,
    as_fact,
    listed,
    shorten,
)


def _in_documents(texts: SettingsTexts) -> Yields:
    """Judge the switches of TLS in the file of each node of the local cluster."""
    files = files_of(texts, not_of=Side.REMOTE)
    if not files:
        yield NotApplicable("no document is the file of a node of the local cluster")
    for text in files:
        secured = not is_off(text.get("xpack.security.enabled"))
        client, transport = text.get(f"{CLIENT_TLS}enabled"), text.get(f"{TRANSPORT_TLS}enabled")
        if secured and client is not None and is_off(client):
            yield _switched_off(
                text,
                client,
                "the API keys of remotes travel in clear text, and a remote cluster server with TLS refuses them",
            )
        if secured and transport is not None and is_off(transport) and _by_certificate(text):
            yield _switched_off(
                text, transport, "the node sends clear text to remotes of the certificate model, which refuse it"
            )


def _by_certificate(text: SettingsText) -> bool:
    """Whether a file registers a remote that is not reached at the port of the remote cluster server."""
    texts = [
        one.text
        for found in remotes_in(text).values()
        for key, one in found.items()
        if key in {"seeds", "proxy_address"}
    ]
    return any(str(REMOTE_CLUSTER_SERVER) not in one for one in texts)


def _switched_off(text: SettingsText, setting: Setting, becomes: str) -> Finding:
    return Finding(
        summary=f"{setting.key} is {shorten(setting.text)}: {becomes}; expected true.",
        remedy="Switch TLS on, and restart the node.",
        fix=written(text, {setting.key: True}),
        origin=setting.origin,
        facts={"setting": setting.key, "observed": "clear text", "expected": "TLS"},
    )


@check(
    "tls/client-plaintext",
    severity=Severity.CRITICAL,
    applies=Applies.settings(),
    while_connected=Severity.WARNING,
    in_documents=_in_documents,
    once_in_documents=True,
    docs=(docs.CLIENT_TLS_SETTINGS, docs.TRANSPORT_TLS_SETTINGS, docs.TROUBLESHOOT_SSL),
    tags=("tls", "nodes", "settings"),
    source="documentation: security settings, remote_cluster_client.ssl.enabled (true), transport.ssl.enabled (false); nodes info API",
    explains=("tls/client-cert-rejected", "trust/one-way-remote", *NO_CONNECTION),
)
def client_plaintext(cluster: ClusterEvidence, remote_evidence: RemoteEvidence) -> Yields:
    """The nodes of the local cluster send clear text to a remote that speaks TLS.

    Why it matters: the remote cluster closes such a connection at once; its log says "not an SSL/TLS record". From outside everything
    looks well, for whoever begins with TLS is answered.

    How to fix: switch TLS on in ``elasticsearch.yml`` of the nodes of the local cluster and restart them: ``xpack.security.transport.ssl``
    with a certificate in the certificate model, ``xpack.security.remote_cluster_client.ssl.enabled`` in the API key model.

    Example: security was never switched on in a local cluster of release 7, and the remote cluster runs 8 with its defaults.
    """
    sending = cluster.sending(remote_evidence.remote)
    if not sending.clear and sending.declared is not False:
        yield from _not_known(cluster, sending)
        return
    speaks = _speaks_tls(remote_evidence)
    if (
        speaks is None
        and isinstance(remote_evidence.endpoints, Unavailable)
        and remote_evidence.endpoints.not_configured
    ):
        yield NotApplicable(str(remote_evidence.endpoints))
    elif speaks is None:
        yield Unknown("nodes of the local cluster send clear text, and whether the remote speaks TLS is not known")
    elif speaks:
        yield _finding(cluster, remote_evidence, sending)


def _not_known(cluster: ClusterEvidence, sending: Sending) -> Yields:
    nodes = cluster.api[Nodes]
    if sending.declared is not None:
        return
    if isinstance(nodes, Unavailable):
        yield missing(nodes)
    elif sending.unknown:
        yield Unknown(f"the settings of {listed(sending.unknown)} do not say whether they begin with TLS")


def _speaks_tls(remote_evidence: RemoteEvidence) -> bool | None:
    """Whether the remote speaks TLS: what it did, else what its nodes say."""
    probes = () if isinstance(remote_evidence.endpoints, Unavailable) else remote_evidence.endpoints.probes
    seen = [probe.tls for probe in probes if isinstance(probe.tls, TlsAttempt)]
    if any(tls.result in {TlsResult.COMPLETED, TlsResult.ALERT} for tls in seen):
        return True
    if any(tls.answered_in_clear for tls in seen):
        return False
    nodes, license_ = remote_evidence.api[Nodes], remote_evidence.api[License]
    if not isinstance(nodes, Nodes):
        return None
    licensed = license_.type if isinstance(license_, License) else ""
    model = remote_evidence.remote.security_model
    alone = nodes.is_one
    reported = {
        node.security.serves_tls(model, node.version, licensed, alone=alone)
        for node in nodes.all
        if node.security is not None
    }
    return reported.pop() if len(reported) == 1 else None


def _finding(cluster: ClusterEvidence, remote_evidence: RemoteEvidence, sending: Sending) -> Finding:
    api_key = remote_evidence.remote.security_model is SecurityModel.API_KEY
    total = len(sending.clear) + len(sending.tls) + len(sending.unknown)
    which = (
        f"Of {total} node{'s' if total != 1 else ''} {listed(sending.clear)}"
        if sending.clear
        else "The nodes, as diag.yaml declares,"
    )
    others = f"; {listed(sending.tls)} begin with TLS" if sending.tls else ""
    switch, off = f"{client_prefix(remote_evidence.remote)}.enabled", "without security or without TLS between nodes"
    managed = cluster.cluster.kind in {Kind.HOSTED, Kind.ECE, Kind.SERVERLESS}
    where = "the user settings of the deployment" if managed else "elasticsearch.yml of every node of the local cluster"
    own = (
        ()
        if api_key
        else (yml("xpack.security.enabled", "true"), *client_certificate(remote_evidence.remote.security_model))
    )
    lines = (yml(switch, "true"), *own)
    remedy = (
        f"Switch TLS on (or take the line out) in {where}, and restart them."
        if api_key
        else f"Switch security and TLS on, with a certificate and key, in {where}, and restart them. Trust has to be "
        f"mutual then. Only if neither side is to be secured: switch {server_prefix(remote_evidence.remote)} off on the remote cluster too."
    )
    return Finding(
        summary=f"{which} begin connections in clear text ({f'{switch}: false' if api_key else off}{others}), and the remote speaks TLS: "
        "it closes them without an answer.",
        remedy=remedy,
        fix=on_local_nodes(yml=lines),
        facts={"observed": "clear text", "expected": "TLS", "setting": switch, "nodes": as_fact(sending.clear)},
    )
