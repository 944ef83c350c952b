"""The check trust/one-way-remote."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TLS
from checks.shared.client_certificate import accepted_certificate, is_acceptable
from checks.shared.fixes import on_remote_nodes, yml
from checks.shared.loaded import is_loaded, same_name_in
from checks.tables import docs
from checks.trust._cloud_sides import account_of, not_covered, stand_in
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    ClientIdentity,
    ClusterEvidence,
    Finding,
    LinkedDeployments,
    LoadedCertificate,
    LoadedCertificates,
    OfRemote,
    Platforms,
    Probe,
    Remote,
    RemoteEvidence,
    RemoteInfo,
    SecurityModel,
    Severity,
    TlsAttempt,
    Unavailable,
    as_fact,
    listed,
    shorten,
)

# certificate_revoked and certificate_expired (RFC 8446 section 6.2): these come after the CA was found.
_NOT_ABOUT_THE_CA: Final = frozenset({44, 45})


@check(
    "trust/one-way-remote",
    severity=Severity.CRITICAL,
    applies=Applies(models=(SecurityModel.CERTIFICATE,)),
    docs=(docs.HOSTED_TO_SELF_MANAGED, docs.DIFFERENT_CA),
    tags=("mutual-tls", "ca"),
    source="documentation: trust in the certificate model is needed both ways; RFC 8446 section 4.2.4, observed on 6.8 to 9.2; SSL certificate API",
    explains=("tls/client-cert-rejected", "network/not-elasticsearch", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
)
def one_way_remote(
    tls: TlsAttempt,
    probe: Probe,
    identity: ClientIdentity | Unavailable,
    remote_side: OfRemote[LoadedCertificates] | Unavailable,
    cluster_evidence: ClusterEvidence,
    remote_evidence: RemoteEvidence,
) -> Yields:
    """The remote cluster does not trust the CA of the local nodes.

    Why it matters: in the certificate model each side has to trust the other's CA. The remote names the CAs that it accepts before it
    refuses: the CA of the local cluster is not among them. Where it names none, and the local cluster is not connected, the certificates that its node has loaded
    say the same, or the trust settings of its deployment.

    How to fix: add the local cluster's CA to ``xpack.security.transport.ssl.certificate_authorities`` of every node of the remote (hosted: to the trusted
    environment), and keep its own there.

    Example: the local cluster's CA was imported on two of three remote nodes.
    """
    info = remote_evidence.belief[RemoteInfo]
    connected = isinstance(info, RemoteInfo) and info.connected
    loaded = None if isinstance(remote_side, Unavailable) or connected else remote_side
    if not tls.client_certificate_requested:
        yield NotApplicable("the peer asks for no client certificate")
    elif tls.client_certificate_sent and accepted_certificate(tls, probe.transport):
        return
    elif not connected and (why := _by_platform(remote_evidence.remote, cluster_evidence)):
        yield why
    elif isinstance(identity, Unavailable):
        known = stand_in(cluster_evidence.surroundings[LinkedDeployments])
        if known is None or loaded is None:
            yield Unknown(str(identity), piece=identity)
        else:
            yield _by_what_is_loaded(tls, known, loaded)
    elif identity.problem or not identity.chain:
        yield Unknown(
            f"the client certificate of the local cluster {shorten(identity.path)} is not usable: {shorten(identity.problem)}"
        )
    elif not is_acceptable(identity.chain, tls.acceptable_cas):
        yield _not_acceptable(tls, probe, identity, loaded)


def _not_acceptable(
    tls: TlsAttempt, probe: Probe, identity: ClientIdentity, loaded: LoadedCertificates | None
) -> Finding | Unknown | NotApplicable:
    """Judge a certificate whose CA the peer does not name."""
    refused = tls.client_certificate_sent and tls.client_certificate_refused
    if refused and tls.alert in _NOT_ABOUT_THE_CA:
        return NotApplicable(f"the peer refuses the local cluster's certificate for another reason (alert {tls.alert})")
    if refused and tls.acceptable_cas:
        named = tls.acceptable_cas
        return _not_trusted(f"The remote cluster accepts certificates of {listed(named)}", named, identity)
    if not tls.client_certificate_sent and tls.acceptable_cas and accepted_certificate(tls, probe.transport):
        return NotApplicable("the peer does not name the local cluster's CA, and answers without a client certificate")
    if not tls.client_certificate_sent:
        return Unknown(
            "the local cluster's certificate was not sent, so that the remote did not say what it makes of it (transport.key in diag.yaml)"
        )
    return _by_what_is_loaded(tls, identity, loaded)


def _by_platform(remote: Remote, cluster_evidence: ClusterEvidence) -> Finding | None:
    """Judge by the trust settings of the remote deployment, where both are of one organization."""
    around = cluster_evidence.surroundings
    linked, platforms = around[LinkedDeployments], around[Platforms]
    if isinstance(linked, Unavailable):
        return None
    local, there = linked.local, linked.of(remote.alias)
    if local is None or there is None or local.platform != there.platform or isinstance(local.deployment, Unavailable):
        return None
    account = account_of(platforms, local)
    if isinstance(there.trust, Unavailable) or not account:
        return None
    why = not_covered(there.trust, account, local.deployment.cluster_id)
    if not why:
        return None
    return Finding(
        summary=f"The trust settings of the remote deployment do not admit the local cluster {local.deployment.cluster_id}: {why}.",
        remedy="Trust the local deployment on the Security page of the remote one: both have to trust each other.",
        origin=there.trust.origin,
        facts={"observed": why, "expected": local.deployment.cluster_id},
    )


def _by_what_is_loaded(
    tls: TlsAttempt, identity: ClientIdentity, remote_side: LoadedCertificates | None
) -> Finding | Unknown | NotApplicable:
    """Judge by the list of the remote's node, where the handshake leaves it open. That the local CA is in it would not say what for.

    There is no list to go by where the local cluster is connected, which shows that its nodes are trusted, by the roots of Java maybe.
    """
    cas = () if remote_side is None else tuple(one for one in remote_side.all if not one.own)
    if cas and not any(_is_issuer_of(one, identity) for one in cas):
        names = tuple(dict.fromkeys(one.subject for one in cas))
        return _not_trusted(f"The remote's node that was asked has loaded the CAs {listed(names)}", names, identity)
    if tls.acceptable_cas:
        return Unknown(
            "the peer does not name the local cluster's CA, which it need not, and did not say what it makes of the local cluster's certificate"
        )
    return NotApplicable("the peer does not say which CAs it accepts; tls/client-cert-rejected says what it answered")


def _is_issuer_of(one: LoadedCertificate, identity: ClientIdentity) -> bool:
    return any(
        is_loaded(local_side, (one,)) or same_name_in(one.subject, local_side.issuer) for local_side in identity.chain
    )


def _not_trusted(seen: str, remote_side: Sequence[str], identity: ClientIdentity) -> Finding:
    local_side = shorten(identity.chain[-1].issuer, 120)
    return Finding(
        summary=f"{seen}, and the local certificate is issued by {local_side}: the remote cluster does not trust that CA.",
        remedy=f"Add {local_side} to the trusted CAs on every node of the remote cluster (hosted: to the trusted environment), and keep its own CA "
        "there.",
        fix=on_remote_nodes(
            yml=[
                yml(
                    "xpack.security.transport.ssl.certificate_authorities",
                    ["<those that are there>", "<file of the CA>"],
                )
            ],
            when="self-managed",
        ),
        facts={"observed": as_fact(remote_side), "expected": local_side},
    )
