"""How the peer answers to the server name that is sent (SNI)."""

from __future__ import annotations

from typing import Final

from checks.causes import NO_CONNECTION, NOTHING_AFTER_TLS
from checks.tables import docs
from checks.tls.counted import weighed
from checks.tls.wording import put_setting, subject
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Certificate,
    Chain,
    Endpoint,
    Fact,
    Finding,
    LocalCluster,
    LocalNodes,
    RemoteEvidence,
    Severity,
    SniTrial,
    SniTrials,
    TlsAttempt,
    TlsResult,
    Unavailable,
    shorten,
)

_UNRECOGNIZED_NAME: Final = 112


@check(
    "tls/sni-required",
    severity=Severity.ERROR,
    beside_connection=Severity.WARNING,
    docs=(docs.SETTINGS, docs.EC_SELF),
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
    about: RemoteEvidence,
    cluster: LocalCluster,
    nodes: LocalNodes | Unavailable,
    endpoint: Endpoint,
    attempt: TlsAttempt,
    chain: Chain | Unavailable,
    trials: SniTrials,
) -> Yields:
    """The peer answers to another server name only, and ``server_name`` is not set.

    Why it matters: a proxy or balancer in front of several clusters chooses by the server name that the client sends.
    Without the right one it refuses the handshake or presents a certificate of somebody else.

    How to fix: set ``server_name`` to the name the proxy knows the remote cluster by.

    Example: a Cloud proxy dialled by IP address: it needs the endpoint's name as ``server_name``.
    """
    if about.remote.server_name:
        yield NotApplicable("server_name is set")
        return
    if isinstance(chain, Chain) and chain.leaf.is_taken_for_any(endpoint.names, public=chain.public):
        return
    works = next((trial.server_name for trial in trials.trials if _is_good(trial, chain)), "")
    sent = f"the server name {shorten(attempt.server_name)}" if attempt.server_name else "no server name"
    if works:
        fits = Finding(
            summary=f"With {sent} the peer does not present a certificate that fits; with {shorten(works)} it does. server_name is not set.",
            remedy=_set_server_name(about, endpoint, works),
            facts={"observed": attempt.server_name, "expected": works},
        )
        # Where another name leads to a certificate of another issuer, it leads to another server: that counts in every mode.
        trusted = isinstance(chain, Chain) and chain.trusted
        yield weighed(fits, about, cluster, nodes) if trusted else fits
    elif attempt.alert == _UNRECOGNIZED_NAME:
        yield Finding(
            summary=f"The peer refuses the handshake with {sent} (alert 112, unrecognized_name), and server_name is not set.",
            remedy=_set_server_name(about, endpoint, "<name of the remote cluster at its proxy>"),
            facts={
                "observed": attempt.server_name,
                "expected": "a server name that the peer knows",
                "alert": attempt.alert,
            },
        )
    elif not attempt.server_name and _goes_on(attempt, trials):
        yield Finding(
            summary="The peer breaks off the handshake without a server name, and goes on with one. server_name is not set.",
            remedy=_set_server_name(about, endpoint, "<name of the remote cluster at its proxy>"),
            facts={"observed": "", "expected": "a server name that the peer knows", "alert": attempt.alert},
        )
    elif isinstance(chain, Unavailable):
        yield Unknown(f"no server name was found that the peer answers to: {chain}")
    elif not trials.trials:
        yield Unknown("the certificate is for other names, and no handshake with another server name was tried")


def _set_server_name(about: RemoteEvidence, endpoint: Endpoint, name: str) -> str:
    if endpoint.setting == "proxy_address":
        return put_setting(about.remote, "server_name", shorten(name))
    return (
        f"Sniff mode sends no server_name: use mode proxy, with {about.remote.setting('server_name')}: {shorten(name)}"
    )


def _goes_on(attempt: TlsAttempt, trials: SniTrials) -> bool:
    """Tell whether the first handshake was broken off, and one with another server name brought a certificate."""
    broken_off = attempt.result in {TlsResult.ALERT, TlsResult.CLOSED, TlsResult.RESET}
    return broken_off and any(isinstance(trial.leaf, Certificate) for trial in trials.trials)


def _is_good(trial: SniTrial, first: Chain | Unavailable) -> bool:
    """Tell whether a name brought a certificate that carries it, and another one than the first handshake did."""
    if not trial.server_name or not isinstance(trial.leaf, Certificate):
        return False
    same = isinstance(first, Chain) and first.leaf.fingerprint == trial.leaf.fingerprint
    return trial.leaf.is_taken_for(trial.server_name) and not same


@check(
    "tls/wrong-cert-for-sni",
    severity=Severity.WARNING,
    beside_connection=Severity.WARNING,
    docs=(docs.ECE_CERT, docs.ECE_EP),
    tags=("tls", "sni"),
    source="documentation: manage security certificates (ECE); RFC 6066 section 3",
)
def wrong_cert_for_sni(  # noqa: PLR0913, PLR0917 -- each parameter is a piece of evidence, injected by its type.
    about: RemoteEvidence,
    cluster: LocalCluster,
    nodes: LocalNodes | Unavailable,
    endpoint: Endpoint,
    attempt: TlsAttempt,
    chain: Chain | Unavailable,
    trials: SniTrials,
) -> Yields:
    """The peer does not know the server name that is sent: it answers as it does to any other name.

    Why it matters: a proxy that does not know a name presents its default certificate. The name belongs to a deployment
    that was deleted, is misspelt, or lives behind another proxy.

    How to fix: correct ``server_name``, or give the proxy a certificate for it.

    Example: the endpoint of the remote deployment was changed, and ``server_name`` still holds the old one.
    """
    name = shorten(attempt.server_name)
    facts: dict[str, Fact] = {"observed": name, "expected": "a server name that the peer knows", "alert": attempt.alert}
    remedy = (
        f"Set {about.remote.setting('server_name')} to the right name (copy it from the remote deployment's remote cluster parameters), "
        "or upload a certificate for this name to the proxy."
    )
    if not attempt.server_name:
        yield NotApplicable("no server name is sent")
    elif attempt.alert == _UNRECOGNIZED_NAME:
        yield Finding(
            summary=f"The peer does not know the server name {name}: it refuses the handshake (alert 112, unrecognized_name).",
            remedy=remedy,
            severity=Severity.ERROR,
            facts=facts,
        )
    elif isinstance(chain, Unavailable) and _goes_on(attempt, trials):
        yield Finding(
            summary=f"The peer breaks off the handshake for the server name {name}, and goes on with another or none: "
            "it does not know the name.",
            remedy=remedy,
            severity=Severity.ERROR if attempt.result is TlsResult.ALERT else Severity.WARNING,
            facts=facts,
        )
    elif isinstance(chain, Unavailable):
        yield Unknown(f"no certificate to compare: {chain}")
    elif chain.leaf.is_taken_for_any(endpoint.names, public=chain.public):
        return
    else:
        others = [
            trial.leaf for trial in trials.trials if trial.server_name not in {attempt.server_name, *endpoint.names}
        ]
        leaves = [leaf for leaf in others if isinstance(leaf, Certificate)]
        if any(leaf.fingerprint == chain.leaf.fingerprint for leaf in leaves):
            same = Finding(
                summary=f"For the server name {name} the peer presents the same certificate as for any other "
                f"({subject(chain.leaf)}), and it carries no such name: it does not know the name.",
                remedy=remedy,
                facts=facts,
            )
            yield weighed(same, about, cluster, nodes) if chain.trusted else same
        elif not leaves:
            yield Unknown("no handshake with another server name brought a certificate to compare with")


CHECKS = (sni_required, wrong_cert_for_sni)
