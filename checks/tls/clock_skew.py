"""The check tls/clock-skew."""

from __future__ import annotations

from checks.shared.fixes import inspect
from checks.tables import docs
from checks.tls._validity import DAY, in_days
from checks.tls._validity_period import moment
from diag.check import NotApplicable, Yields, check
from diag.model import Chain, Finding, Now, Severity, Thresholds


@check(
    "tls/clock-skew",
    severity=Severity.WARNING,
    severities=(Severity.ERROR,),
    docs=(docs.TROUBLESHOOT_HANDSHAKE,),
    tags=("clock",),
    source="own rule: a certificate is hardly ever put to use before its first moment",
    explains=("tls/not-yet-valid", "tls/expired", "tls/expiring-soon"),
)
def clock_skew(chain: Chain, thresholds: Thresholds, now: Now) -> Yields:
    """The clocks of this machine and of the remote cluster disagree.

    Why it matters: dates of certificates and of API keys are judged by the clock of whoever looks. With clocks apart, a
    valid one is refused, on some nodes only.

    How to fix: synchronise the clocks (NTP, chrony) of this machine, of the nodes and of the machine that issues
    certificates.

    Example: the peer already uses a certificate that begins in 10 minutes. That is the evidence this check has: it can miss
    a clock that is off, and it never takes a certificate of next week for one.
    """
    begins = chain.leaf.not_before
    if not now.has_passed(begins, days=-1):
        yield NotApplicable("the certificate begins more than a day ahead, which is no matter of clocks")
    elif not now.has_come(begins, days=-thresholds.clock_seconds_warning / DAY.total_seconds()):
        ahead = begins - now.at
        error = ahead.total_seconds() > thresholds.clock_seconds_error
        yield Finding(
            summary=f"The peer uses a certificate that begins only in {in_days(ahead)} by the clock of this machine "
            f"({moment(now.at)}): a clock is off, here or where it was issued.",
            remedy="Synchronise the clocks of this machine, of the nodes, and of where certificates are issued.",
            fix=inspect("timedatectl"),
            severity=Severity.ERROR if error else Severity.WARNING,
            facts={
                "observed": ahead.total_seconds(),
                "expected": thresholds.clock_seconds_warning,
                "clock": "this machine",
            },
        )
