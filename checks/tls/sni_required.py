"""The check tls/sni-required."""

from __future__ import annotations

from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TLS
from checks.shared.fixes import Remedy, on_local, put_settings
from checks.tables import docs
from checks.tls._name_severity import weighed
from checks.tls._sni import UNRECOGNIZED_NAME, goes_on
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Certificate,
    Chain,
    Endpoint,
    Finding,
    LocalCluster,
    Mode,
    Nodes,
    OfLocal,
    RemoteEvidence,
    Severity,
    SniTrial,
    SniTrials,
    TlsAttempt,
    Unavailable,
    shorten,
)


@check(
    "tls/sni-required",
    severity=Severity.ERROR,
    severities=(Severity.INFO, Severity.WARNING),
    while_connected=Severity.WARNING,
    docs=(docs.REMOTE_CLUSTER_SETTINGS, docs.HOSTED_TO_SELF_MANAGED),
    tags=("tls", "sni"),
    source="elasticsearch#50247; elasticsearch#50951; RFC 6066 section 3",
    explains=(
        "tls/hostname-mismatch",
        "tls/ip-without-ip-san",
        "tls/wrong-cert-for-sni",
        "network/accept-then-close",
        *NO_CONNECTION,
    ),
    leaves_open=NOTHING_AFTER_TLS,
)
def sni_required(  # noqa: PLR0913, PLR0917 -- each parameter is a piece of evidence, injected by its type.
    remote_evidence: RemoteEvidence,
    cluster: LocalCluster,
    local_nodes: OfLocal[Nodes] | Unavailable,
    endpoint: Endpoint,
    tls: TlsAttempt,
    chain: Chain | Unavailable,
    trials: SniTrials,
) -> Yields:
    """The peer answers to another server name only, and ``server_name`` is not set.

    Why it matters: a proxy or balancer in front of several clusters chooses by the server name that the client sends.
    Without the right one it refuses the handshake or presents a certificate of somebody else.

    How to fix: set ``server_name`` to the name the proxy knows the remote cluster by.

    Example: a Cloud proxy dialled by IP address: it needs the endpoint's name as ``server_name``.
    """
    if remote_evidence.remote.server_name:
        yield NotApplicable("server_name is set")
        return
    if isinstance(chain, Chain) and chain.leaf.is_taken_for_any(endpoint.names, public=chain.public):
        return
    works = next((trial.server_name for trial in trials.trials if _is_good(trial, chain)), "")
    how = _set_server_name(remote_evidence, endpoint, works or "<name of the remote cluster at its proxy>")
    sent = f"the server name {shorten(tls.server_name)}" if tls.server_name else "no server name"
    if works:
        fits = Finding(
            summary=f"With {sent} the peer does not present a certificate that fits; with {shorten(works)} it does. server_name is not set.",
            remedy=how.sentence,
            fix=how.fix,
            facts={"observed": tls.server_name, "expected": works},
        )
        # Where another name leads to a certificate of another issuer, it leads to another server: that counts in every mode.
        trusted = isinstance(chain, Chain) and chain.trusted
        yield weighed(fits, remote_evidence, cluster, local_nodes) if trusted else fits
    elif tls.alert == UNRECOGNIZED_NAME:
        yield Finding(
            summary=f"The peer refuses the handshake with {sent} (alert 112, unrecognized_name), and server_name is not set.",
            remedy=how.sentence,
            fix=how.fix,
            facts={
                "observed": tls.server_name,
                "expected": "a server name that the peer knows",
                "alert": tls.alert,
            },
        )
    elif not tls.server_name and goes_on(tls, trials):
        yield Finding(
            summary="The peer breaks off the handshake without a server name, and goes on with one. server_name is not set.",
            remedy=how.sentence,
            fix=how.fix,
            facts={"observed": "", "expected": "a server name that the peer knows", "alert": tls.alert},
        )
    elif isinstance(chain, Unavailable):
        yield Unknown(f"no server name was found that the peer answers to: {chain}", piece=chain)
    elif not trials.trials:
        yield Unknown("the certificate is for other names, and no handshake with another server name was tried")


def _set_server_name(remote_evidence: RemoteEvidence, endpoint: Endpoint, name: str) -> Remedy:
    if endpoint.setting == "proxy_address":
        change = put_settings({remote_evidence.remote.setting("server_name"): name})
        return Remedy("Set server_name.", on_local(change) if remote_evidence.remote.registered else ())
    remote = remote_evidence.remote
    values = {"mode": Mode.PROXY.value, "proxy_address": str(endpoint), "server_name": name}
    change = put_settings(
        {
            **{remote.setting(key): value for key, value in values.items()},
            **{remote.setting(key): None for key in ("seeds", "proxy") if getattr(remote, key)},
        }
    )
    return Remedy(
        "Sniff mode sends no server_name: use mode proxy, with one.", on_local(change) if remote.registered else ()
    )


def _is_good(trial: SniTrial, first: Chain | Unavailable) -> bool:
    """Tell whether a name brought a certificate that carries it, and another one than the first handshake did."""
    if not trial.server_name or not isinstance(trial.leaf, Certificate):
        return False
    same = isinstance(first, Chain) and first.leaf.fingerprint == trial.leaf.fingerprint
    return trial.leaf.is_taken_for(trial.server_name) and not same
