"""The check tls/wrong-cert-for-sni."""

from __future__ import annotations

from checks.shared.certificate_text import subject
from checks.shared.fixes import Later, Remedy, on_local, put_settings
from checks.tables import docs
from checks.tls._name_severity import weighed
from checks.tls._sni import UNRECOGNIZED_NAME, goes_on
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Certificate,
    Chain,
    Endpoint,
    Fact,
    Finding,
    LocalCluster,
    Nodes,
    OfLocal,
    Remote,
    RemoteEvidence,
    Severity,
    SniTrials,
    TlsAttempt,
    TlsResult,
    Unavailable,
    shorten,
)


@check(
    "tls/wrong-cert-for-sni",
    severity=Severity.WARNING,
    severities=(Severity.INFO, Severity.ERROR),
    while_connected=Severity.WARNING,
    docs=(docs.ECE_CERTIFICATES, docs.ECE_ENDPOINTS),
    tags=("tls", "sni"),
    source="documentation: manage security certificates (ECE); RFC 6066 section 3",
)
def wrong_cert_for_sni(  # noqa: PLR0913, PLR0917 -- each parameter is a piece of evidence, injected by its type.
    remote_evidence: RemoteEvidence,
    cluster: LocalCluster,
    local_nodes: OfLocal[Nodes] | Unavailable,
    endpoint: Endpoint,
    tls: TlsAttempt,
    chain: Chain | Unavailable,
    trials: SniTrials,
) -> Yields:
    """The peer does not know the server name that is sent: it answers as it does to any other name.

    Why it matters: a proxy that does not know a name presents its default certificate. The name belongs to a deployment
    that was deleted, is misspelt, or lives behind another proxy.

    How to fix: correct ``server_name``, or give the proxy a certificate for it.

    Example: the endpoint of the remote deployment was changed, and ``server_name`` still holds the old one.
    """
    name, how = shorten(tls.server_name), Later(lambda: _other_name(remote_evidence.remote))
    facts: dict[str, Fact] = {"observed": name, "expected": "a server name that the peer knows", "alert": tls.alert}
    if not tls.server_name:
        yield NotApplicable("no server name is sent")
    elif tls.alert == UNRECOGNIZED_NAME:
        yield Finding(
            summary=f"The peer does not know the server name {name}: it refuses the handshake (alert 112, unrecognized_name).",
            remedy=how.sentence,
            fix=how.fix,
            severity=Severity.ERROR,
            facts=facts,
        )
    elif isinstance(chain, Unavailable) and goes_on(tls, trials):
        yield Finding(
            summary=f"The peer breaks off the handshake for the server name {name}, and goes on with another or none: "
            "it does not know the name.",
            remedy=how.sentence,
            fix=how.fix,
            severity=Severity.ERROR if tls.result is TlsResult.ALERT else Severity.WARNING,
            facts=facts,
        )
    elif isinstance(chain, Unavailable):
        yield Unknown(f"no certificate to compare: {chain}", piece=chain)
    elif not chain.leaf.is_taken_for_any(endpoint.names, public=chain.public):
        found = _same_for_any_name(tls, endpoint, chain, trials)
        if isinstance(found, str):
            same = Finding(summary=found, remedy=how.sentence, fix=how.fix, facts=facts)
            yield weighed(same, remote_evidence, cluster, local_nodes) if chain.trusted else same
        elif found is not None:
            yield found


def _other_name(remote: Remote) -> Remedy:
    key = remote.setting("server_name")
    change = put_settings({key: "<name of the remote cluster at its proxy>"})
    return Remedy(
        f"Set {key} to the right name (copy it from the remote deployment's remote cluster parameters), "
        "or upload a certificate for this name to the proxy.",
        on_local(change, when="if the name is wrong") if remote.registered else (),
    )


def _same_for_any_name(tls: TlsAttempt, endpoint: Endpoint, chain: Chain, trials: SniTrials) -> str | Unknown | None:
    """Say that other names bring the same certificate; None where one brings another, which is then about this name."""
    others = [trial.leaf for trial in trials.trials if trial.server_name not in {tls.server_name, *endpoint.names}]
    leaves = [leaf for leaf in others if isinstance(leaf, Certificate)]
    if any(leaf.fingerprint == chain.leaf.fingerprint for leaf in leaves):
        return (
            f"For the server name {shorten(tls.server_name)} the peer presents the same certificate as for any other "
            f"({subject(chain.leaf)}), and it carries no such name: it does not know the name."
        )
    return None if leaves else Unknown("no handshake with another server name brought a certificate to compare with")
