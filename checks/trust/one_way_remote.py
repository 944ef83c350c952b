"""The check trust/one-way-remote."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TLS
from checks.shared.client_certificate import accepted_certificate, is_acceptable
from checks.shared.fixes import on_remote_nodes, yml
from checks.shared.loaded import is_loaded, same_name_in
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    ClientIdentity,
    Finding,
    LoadedCertificate,
    LoadedCertificates,
    OfRemote,
    Probe,
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
    info: RemoteInfo | Unavailable,
) -> Yields:
    """The remote cluster does not trust the CA of the local nodes.

    Why it matters: in the certificate model each side has to trust the other's CA. The remote names the CAs that it accepts before it
    refuses: the CA of the local cluster is not among them. Where it names none, and the local cluster is not connected, the certificates that its node has loaded
    say the same.

    How to fix: add the local cluster's CA to ``xpack.security.transport.ssl.certificate_authorities`` of every node of the remote (hosted: to the trusted
    environment), and keep its own there.

    Example: the local cluster's CA was imported on two of three remote nodes.
    """
    refused = tls.client_certificate_sent and tls.client_certificate_refused
    if not tls.client_certificate_requested:
        yield NotApplicable("the peer asks for no client certificate")
    elif tls.client_certificate_sent and accepted_certificate(tls, probe.transport):
        return
    elif isinstance(identity, Unavailable):
        yield Unknown(str(identity), piece=identity)
    elif identity.problem or not identity.chain:
        yield Unknown(
            f"the client certificate of the local cluster {shorten(identity.path)} is not usable: {shorten(identity.problem)}"
        )
    elif is_acceptable(identity.chain, tls.acceptable_cas):
        return
    elif refused and tls.alert in _NOT_ABOUT_THE_CA:
        yield NotApplicable(f"the peer refuses the local cluster's certificate for another reason (alert {tls.alert})")
    elif refused and tls.acceptable_cas:
        named = tls.acceptable_cas
        yield _not_trusted(f"The remote cluster accepts certificates of {listed(named)}", named, identity)
    elif not tls.client_certificate_sent and tls.acceptable_cas and accepted_certificate(tls, probe.transport):
        yield NotApplicable("the peer does not name the local cluster's CA, and answers without a client certificate")
    elif not tls.client_certificate_sent:
        yield Unknown(
            "the local cluster's certificate was not sent, so that the remote did not say what it makes of it (transport.key in diag.yaml)"
        )
    else:
        connected = isinstance(info, RemoteInfo) and info.connected
        yield _by_what_is_loaded(
            tls, identity, None if isinstance(remote_side, Unavailable) or connected else remote_side
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
