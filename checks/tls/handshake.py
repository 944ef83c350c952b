"""What stands between a TCP connection and a TLS one: clear text, silence, protocols, cipher suites."""

from __future__ import annotations

import re
from typing import Final

from checks.causes import NO_CONNECTION, NOTHING_AFTER_TCP
from checks.peer import first_words, is_html, quote
from checks.tables import docs
from checks.tls.protocols import nothing_in_common
from checks.tls.wording import server_prefix
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Certificate,
    Chain,
    ClearReply,
    ClusterEvidence,
    Finding,
    LocalVersion,
    Offer,
    Probe,
    RemoteEvidence,
    SecurityModel,
    Severity,
    SniTrials,
    Thresholds,
    TlsAttempt,
    TlsResult,
    Unavailable,
    Version,
    alert_text,
    as_fact,
    listed,
    shorten,
)

_HTTP: Final = b"HTTP/"
_OLD_PROTOCOLS: Final = frozenset({"SSLv2", "SSLv3", "TLSv1", "TLSv1.0", "TLSv1.1"})
_PROTOCOL_VERSION: Final = 70
_NO_COMMON_SUITE: Final = {40: "handshake_failure", 71: "insufficient_security"}
# Suites with RSA key exchange, as OpenSSL and as the RFCs spell them; those with ephemeral keys begin with (EC)DHE.
_STATIC_RSA: Final = re.compile(r"(TLS_RSA_WITH_|AES(128|256)-|CAMELLIA(128|256)-|ARIA(128|256)-|DES-CBC3-|RC4-|SEED-)")
_STATIC_RSA_GONE: Final = Version(8, 18)


@check(
    "tls/plaintext-endpoint",
    severity=Severity.CRITICAL,
    beside_connection=Severity.WARNING,
    docs=(docs.TRB_SSL, docs.SEC_TR, docs.SEC_SRV),
    tags=("tls", "port"),
    source="Elasticsearch TcpTransport: reads and answers the first bytes of a connection",
    explains=("network/not-elasticsearch", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TCP,
)
def plaintext_endpoint(cluster: ClusterEvidence, about: RemoteEvidence, probe: Probe) -> Yields:
    """The port does not speak TLS.

    Why it matters: the local cluster begins each connection to a remote with TLS. A node whose interface has TLS switched
    off closes such a connection without an answer, and whatever else crosses this wire can be read on the way.

    How to fix: switch TLS on for this interface of the remote cluster, or correct the port in the address.

    Where neither side uses TLS, that is how such a connection works, and only worth knowing.

    Example: ``xpack.security.transport.ssl.enabled`` is left at its default, false, on a cluster that was upgraded from 7.x.
    """
    attempt = probe.tls
    if isinstance(attempt, Unavailable):
        yield Unknown(str(attempt))
        return
    first = first_words(attempt.first_bytes)
    prefix = server_prefix(about.remote)
    on = f"On every node of the remote cluster set {prefix}.enabled: true with a certificate and key, and restart; or correct the port"
    if cluster.uses_no_tls(about, probe):
        yield _neither_side(about)
    elif attempt.answered_in_clear:
        yield _one_side(cluster, about, on)
    elif first.startswith(_HTTP) or is_html(first) or attempt.clear_reply is ClearReply.HTTP:
        yield NotApplicable("the port speaks HTTP in clear text; config/http-port-used is about that")
    elif attempt.result is TlsResult.NOT_TLS:
        said = quote(first) if first else "something else"
        yield Finding(
            summary=f"The port does not speak TLS: it answered our ClientHello with {said}.",
            remedy=f"Find out what listens there. {on}.",
            facts={"observed": first.hex(), "expected": "a TLS record (hex 16 or 15 first)"},
        )
    elif attempt.result not in {TlsResult.COMPLETED, TlsResult.ALERT}:
        yield Unknown(_how_it_ended(attempt))


def _neither_side(about: RemoteEvidence) -> Finding:
    """How unsecured clusters work: worth knowing. An API key in clear text is more than that."""
    api_key = about.remote.security_model is SecurityModel.API_KEY
    crosses = "the API key and whatever is searched" if api_key else "whatever is searched"
    return Finding(
        summary=f"Neither side uses TLS here, and so they understand each other; {crosses} can be read and changed on the way.",
        remedy="Nothing has to be done about it for the connection to work. To secure it, switch security and TLS on at both ends: one alone ends the connection.",
        severity=Severity.WARNING if api_key else Severity.INFO,
        facts={"observed": "clear text on both sides", "expected": "TLS on both sides, or on neither"},
    )


def _one_side(cluster: ClusterEvidence, about: RemoteEvidence, remedy: str) -> Finding:
    sending = cluster.sending(about.remote)
    some = f" {listed(sending.clear)} send clear text too; {listed(sending.tls)} do not." if sending.clear else ""
    known = sending.clear or sending.tls or sending.declared is not None
    doubt = (
        ""
        if known or not about.remote.registered
        else " How the nodes of the local cluster begin, nobody told: if they use no TLS either, this works, and "
        f"{'remote_cluster_client' if about.remote.security_model is SecurityModel.API_KEY else 'transport'}: {{enabled: false}} "
        "of this cluster in diag.yaml says so."
    )
    return Finding(
        summary=f"The port answers the Elasticsearch transport protocol in clear text; expected a TLS handshake.{some}{doubt}",
        remedy=f"{remedy}.",
        facts={"observed": "transport protocol without TLS", "expected": "TLS", "nodes_with_tls": as_fact(sending.tls)},
    )


@check(
    "tls/handshake-timeout",
    severity=Severity.ERROR,
    docs=(docs.SEC_CLI, docs.SEC_SRV),
    tags=("tls", "latency"),
    source="documentation: security settings, ssl.handshake_timeout (10 s)",
    explains=NO_CONNECTION,
    leaves_open=NOTHING_AFTER_TCP,
)
def handshake_timeout(attempt: TlsAttempt, thresholds: Thresholds) -> Yields:
    """The TLS handshake takes too long, or never ends.

    Why it matters: Elasticsearch gives a handshake 10 seconds and then closes the connection. One that takes several
    seconds now is over that limit under load.

    How to fix: look at the load of the peer and of what stands in between: a balancer that accepts for a dead
    backend, a firewall that holds back large packets, a slow look-up of revocation lists.

    Example: a balancer accepts the connection, has no healthy node behind it, and stays silent.
    """
    limit, notice = thresholds.handshake_seconds_error, thresholds.handshake_seconds_warning
    facts = {"observed": round(attempt.seconds, 3), "expected": notice}
    remedy = (
        "Look at the nodes and balancers behind this address: is a backend up, is it overloaded, do large packets get "
        "through? Test with: openssl s_client -connect <host>:<port>"
    )
    match attempt.result:
        case TlsResult.TIMED_OUT:
            yield Finding(
                summary=f"The TLS handshake did not end within {attempt.seconds:.1f} s; Elasticsearch gives up after 10 s.",
                remedy=remedy,
                facts=facts,
            )
        case TlsResult.COMPLETED | TlsResult.ALERT if attempt.seconds > notice:
            yield Finding(
                summary=f"The TLS handshake took {attempt.seconds:.1f} s; expected at most {notice:g} s.",
                remedy=remedy,
                severity=Severity.ERROR if attempt.seconds > limit else Severity.WARNING,
                facts=facts,
            )
        case TlsResult.COMPLETED | TlsResult.ALERT:
            return
        case TlsResult.NOT_TLS:
            yield NotApplicable("the port does not speak TLS")
        case _:
            yield Unknown(_how_it_ended(attempt))


@check(
    "tls/protocol-mismatch",
    severity=Severity.ERROR,
    beside_connection=Severity.WARNING,
    docs=(docs.JDK, docs.ECE_TLS),
    tags=("tls",),
    source="documentation: supported TLS versions by JDK version; elasticsearch#121731; RFC 8446 section 6.2",
    explains=NO_CONNECTION,
    leaves_open=NOTHING_AFTER_TCP,
)
def protocol_mismatch(cluster: ClusterEvidence, about: RemoteEvidence, attempt: TlsAttempt) -> Yields:
    """The two sides have no usable TLS version in common.

    Why it matters: Elasticsearch offers TLS 1.3 and 1.2. Its Java refuses 1.0 and 1.1 since about release 7.12.1, and
    from 9.0 on they are gone from the defaults too.

    How to fix: allow TLS 1.2 or 1.3 on the side that lacks it: ``supported_protocols`` of the interface's settings,
    or the policy of the balancer in front of it.

    Example: an old balancer in front of the remote cluster speaks TLS 1.1 at most.
    """
    remedy = (
        f'Set {server_prefix(about.remote)}.supported_protocols: ["TLSv1.3", "TLSv1.2"] on the remote cluster, or allow '
        "TLS 1.2 on the balancer that ends TLS in front of it."
    )
    if attempt.alert == _PROTOCOL_VERSION:
        yield Finding(
            summary="The peer refuses every TLS version it was offered (alert 70, protocol_version); expected TLS 1.2 or 1.3.",
            remedy=remedy,
            facts={"observed": "alert 70", "expected": ("TLSv1.2", "TLSv1.3"), "alert": _PROTOCOL_VERSION},
        )
    elif attempt.protocol in _OLD_PROTOCOLS:
        yield Finding(
            summary=f"The newest version that the peer speaks is {attempt.protocol}; Elasticsearch needs TLS 1.2 or 1.3.",
            remedy=remedy,
            facts={"observed": attempt.protocol, "expected": ("TLSv1.2", "TLSv1.3")},
        )
    elif apart := nothing_in_common(cluster, about, attempt):
        yield apart
    elif attempt.result is TlsResult.NOT_TLS:
        yield NotApplicable("the port does not speak TLS")
    elif not attempt.protocol:
        yield Unknown(f"no TLS version was agreed on: {_how_it_ended(attempt)}")


@check(
    "tls/cipher-mismatch",
    severity=Severity.ERROR,
    beside_connection=Severity.WARNING,
    docs=(docs.CIPHERS, docs.JDK),
    tags=("tls",),
    source="documentation: enabling cipher suites; elasticsearch#123600; RFC 8446 section 6.2",
    explains=NO_CONNECTION,
    leaves_open=NOTHING_AFTER_TCP,
)
def cipher_mismatch(
    about: RemoteEvidence,
    attempt: TlsAttempt,
    trials: SniTrials,
    chain: Chain | Unavailable,
    version: LocalVersion | Unavailable,
) -> Yields:
    """The two sides have no usable cipher suite in common.

    Why it matters: without a common suite there is no handshake. The Java of releases 8.18 and 9.0 also drops the suites
    with RSA key exchange, so that a remote that offers nothing else is lost with an upgrade of the local cluster.

    How to fix: allow suites with ECDHE and AES-GCM on the remote cluster or on the balancer in front of it.

    Example: ``cipher_suites`` of the remote cluster lists ``TLS_RSA_WITH_AES_256_CBC_SHA`` alone.
    """
    remedy = (
        f"Remove {server_prefix(about.remote)}.cipher_suites from the remote cluster's elasticsearch.yml (the defaults do), "
        "or allow suites with ECDHE and AES-GCM on the balancer in front of it."
    )
    asked = attempt.client_certificate_requested  # Asked for only after a suite was agreed on.
    refused = attempt.result is TlsResult.ALERT and attempt.alert in _NO_COMMON_SUITE and not asked
    if refused and any(isinstance(trial.leaf, Certificate) for trial in trials.trials):
        yield NotApplicable("with another server name the peer goes on: it is about the name, not about cipher suites")
    elif refused:
        name = _NO_COMMON_SUITE[attempt.alert]
        yield Finding(
            summary=f"The peer broke off the handshake with alert {attempt.alert} ({name}), "
            "which most often means that it accepts none of the cipher suites it was offered.",
            remedy=remedy,
            facts={"observed": f"alert {attempt.alert}", "expected": "a common cipher suite", "alert": attempt.alert},
        )
    elif attempt.result is TlsResult.NOT_TLS:
        yield NotApplicable("the port does not speak TLS")
    elif not attempt.cipher and not asked:
        yield Unknown(f"no cipher suite was agreed on: {_how_it_ended(attempt)}")
    elif attempt.offer is Offer.EVERYTHING:
        kind = f", with a key of the kind {shorten(chain.leaf.key_type, 40)}" if isinstance(chain, Chain) else ""
        yield Finding(
            summary=f"The peer takes nothing of what Elasticsearch offers; with everything offered it chose {attempt.protocol}, "
            f"{shorten(attempt.cipher)}{kind}. Expected a suite with ECDHE and AES-GCM, and a certificate with an RSA key or one on a NIST curve.",
            remedy=f"{remedy[:-1]}; a certificate with a DSA key or on another curve has to be reissued.",
            facts={
                "observed": shorten(attempt.cipher),
                "expected": "a suite that Elasticsearch offers",
                "offer": "everything",
            },
        )
    elif has_static_rsa(attempt.cipher) and attempt.offer is Offer.OLDER and isinstance(version, LocalVersion):
        if version.number >= _STATIC_RSA_GONE:
            yield Finding(
                summary=f"The peer has nothing but suites with RSA key exchange ({shorten(attempt.cipher)}), which Elasticsearch {version.number} "
                "does not offer; expected a suite with ECDHE.",
                remedy=remedy,
                facts={"observed": shorten(attempt.cipher), "expected": "a suite with ECDHE"},
            )
    elif has_static_rsa(attempt.cipher) and not _offers_static_rsa(version):
        yield Finding(
            summary=f"The peer chose {shorten(attempt.cipher)}, a suite with RSA key exchange, although better ones were offered; "
            "if it has no other, Elasticsearch 8.18, 9.0 and newer can't connect.",
            remedy=remedy,
            severity=Severity.WARNING,
            facts={"observed": shorten(attempt.cipher), "expected": "a suite with ECDHE"},
        )


def has_static_rsa(cipher: str) -> bool:
    """Tell whether a suite uses the RSA key exchange."""
    return bool(_STATIC_RSA.match(cipher))


def _offers_static_rsa(version: LocalVersion | Unavailable) -> bool:
    return isinstance(version, LocalVersion) and version.number < _STATIC_RSA_GONE


def _how_it_ended(attempt: TlsAttempt) -> str:
    said = f" ({shorten(attempt.detail)})" if attempt.detail else ""
    match attempt.result:
        case TlsResult.ALERT:
            return f"the peer sent alert {alert_text(attempt.alert)}"
        case TlsResult.CLOSED:
            return "the peer closed the connection during the TLS handshake"
        case TlsResult.RESET:
            return "the peer reset the connection during the TLS handshake"
        case TlsResult.TIMED_OUT:
            return "the TLS handshake did not end in time"
        case TlsResult.COMPLETED:
            return f"the handshake was recorded incompletely{said}"
        case _:
            return f"the TLS handshake failed{said}"


CHECKS = (plaintext_endpoint, handshake_timeout, protocol_mismatch, cipher_mismatch)
