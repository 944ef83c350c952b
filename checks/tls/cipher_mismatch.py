"""The check tls/cipher-mismatch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TCP
from checks.shared.certificate_text import server_prefix
from checks.tables import docs
from checks.tables.versions import STATIC_RSA_GONE
from checks.tls._handshake import has_static_rsa, how_it_ended
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Certificate,
    Chain,
    Finding,
    LocalVersion,
    Offer,
    RemoteEvidence,
    Severity,
    SniTrials,
    TlsAttempt,
    TlsResult,
    Unavailable,
    shorten,
)

_NO_COMMON_SUITE: Final = {40: "handshake_failure", 71: "insufficient_security"}


@check(
    "tls/cipher-mismatch",
    severity=Severity.ERROR,
    severities=(Severity.WARNING,),
    while_connected=Severity.WARNING,
    docs=(docs.CIPHER_SUITES, docs.TLS_VERSIONS_BY_JDK),
    tags=("tls",),
    source=f"{STATIC_RSA_GONE.source}; RFC 8446 section 6.2",
    explains=NO_CONNECTION,
    leaves_open=NOTHING_AFTER_TCP,
)
def cipher_mismatch(
    remote_evidence: RemoteEvidence,
    tls: TlsAttempt,
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
        f"Remove {server_prefix(remote_evidence.remote)}.cipher_suites from the remote cluster's elasticsearch.yml (the defaults do), "
        "or allow suites with ECDHE and AES-GCM on the balancer in front of it."
    )
    asked = tls.client_certificate_requested  # Asked for only after a suite was agreed on.
    refused = tls.result is TlsResult.ALERT and tls.alert in _NO_COMMON_SUITE and not asked
    if refused and any(isinstance(trial.leaf, Certificate) for trial in trials.trials):
        yield NotApplicable("with another server name the peer goes on: it is about the name, not about cipher suites")
    elif refused:
        name = _NO_COMMON_SUITE[tls.alert]
        yield Finding(
            summary=f"The peer broke off the handshake with alert {tls.alert} ({name}), "
            "which most often means that it accepts none of the cipher suites it was offered.",
            remedy=remedy,
            facts={"observed": f"alert {tls.alert}", "expected": "a common cipher suite", "alert": tls.alert},
        )
    elif tls.result is TlsResult.NOT_TLS:
        yield NotApplicable("the port does not speak TLS")
    elif not tls.cipher and not asked:
        yield Unknown(f"no cipher suite was agreed on: {how_it_ended(tls)}")
    else:
        yield from _chosen(tls, chain, version, remedy)


def _chosen(
    tls: TlsAttempt, chain: Chain | Unavailable, version: LocalVersion | Unavailable, remedy: str
) -> Iterator[Finding]:
    """Judge the suite that was agreed on, by what had to be offered for it."""
    if tls.offer is Offer.EVERYTHING:
        kind = f", with a key of the kind {shorten(chain.leaf.key_type, 40)}" if isinstance(chain, Chain) else ""
        yield Finding(
            summary=f"The peer takes nothing of what Elasticsearch offers; with everything offered it chose {tls.protocol}, "
            f"{shorten(tls.cipher)}{kind}. Expected a suite with ECDHE and AES-GCM, and a certificate with an RSA key or one on a NIST curve.",
            remedy=f"{remedy[:-1]}; a certificate with a DSA key or on another curve has to be reissued.",
            facts={
                "observed": shorten(tls.cipher),
                "expected": "a suite that Elasticsearch offers",
                "offer": "everything",
            },
        )
    elif has_static_rsa(tls.cipher) and tls.offer is Offer.OLDER and isinstance(version, LocalVersion):
        if version.number >= STATIC_RSA_GONE.since:
            yield Finding(
                summary=f"The peer has nothing but suites with RSA key exchange ({shorten(tls.cipher)}), which Elasticsearch {version.number} "
                "does not offer; expected a suite with ECDHE.",
                remedy=remedy,
                facts={"observed": shorten(tls.cipher), "expected": "a suite with ECDHE"},
            )
    elif has_static_rsa(tls.cipher) and not _offers_static_rsa(version):
        yield Finding(
            summary=f"The peer chose {shorten(tls.cipher)}, a suite with RSA key exchange, although better ones were offered; "
            "if it has no other, Elasticsearch 8.18, 9.0 and newer can't connect.",
            remedy=remedy,
            severity=Severity.WARNING,
            facts={"observed": shorten(tls.cipher), "expected": "a suite with ECDHE"},
        )


def _offers_static_rsa(version: LocalVersion | Unavailable) -> bool:
    return isinstance(version, LocalVersion) and version.number < STATIC_RSA_GONE.since
