"""The check tls/handshake-timeout."""

from __future__ import annotations

from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TCP
from checks.shared.fixes import inspect
from checks.tables import docs
from checks.tls._handshake import how_it_ended
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    Severity,
    Thresholds,
    TlsAttempt,
    TlsResult,
)


@check(
    "tls/handshake-timeout",
    severity=Severity.ERROR,
    severities=(Severity.WARNING,),
    docs=(docs.CLIENT_TLS_SETTINGS, docs.SERVER_TLS_SETTINGS),
    tags=("tls", "latency"),
    source="documentation: security settings, ssl.handshake_timeout (10 s)",
    explains=NO_CONNECTION,
    leaves_open=NOTHING_AFTER_TCP,
)
def handshake_timeout(tls: TlsAttempt, thresholds: Thresholds) -> Yields:
    """The TLS handshake takes too long, or never ends.

    Why it matters: Elasticsearch gives a handshake 10 seconds and then closes the connection. One that takes several
    seconds now is over that limit under load.

    How to fix: look at the load of the peer and of what stands in between: a balancer that accepts for a dead
    backend, a firewall that holds back large packets, a slow look-up of revocation lists.

    Example: a balancer accepts the connection, has no healthy node behind it, and stays silent.
    """
    limit, notice = thresholds.handshake_seconds_error, thresholds.handshake_seconds_warning
    remedy = (
        "Look at the nodes and balancers behind this address: is a backend up, is it overloaded, do large packets get "
        "through?"
    )
    match tls.result:
        case TlsResult.TIMED_OUT:
            yield Finding(
                summary=f"The TLS handshake did not end within {tls.seconds:.1f} s; Elasticsearch gives up after 10 s.",
                remedy=remedy,
                fix=inspect("openssl", "s_client", "-connect", "<host:port>"),
                facts={"observed": round(tls.seconds, 3), "expected": notice},
            )
        case TlsResult.COMPLETED | TlsResult.ALERT if tls.took_longer_than(notice):
            yield Finding(
                summary=f"The TLS handshake took {tls.seconds:.1f} s; expected at most {notice:g} s.",
                remedy=remedy,
                fix=inspect("openssl", "s_client", "-connect", "<host:port>"),
                severity=Severity.ERROR if tls.took_longer_than(limit) else Severity.WARNING,
                facts={"observed": round(tls.seconds, 3), "expected": notice},
            )
        case TlsResult.COMPLETED | TlsResult.ALERT:
            return
        case TlsResult.NOT_TLS:
            yield NotApplicable("the port does not speak TLS")
        case _:
            yield Unknown(how_it_ended(tls))
