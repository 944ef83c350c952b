"""The dates of certificates: those the peer presents, the trusted CAs, and our own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from checks.causes import NO_CONNECTION, NOTHING_AFTER_TLS
from checks.tables import docs
from checks.tls.dated import Dated, dated, left_open, moment
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import Chain, ClusterEvidence, Finding, RemoteEvidence, Severity, Thresholds, Unavailable

_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)


@check(
    "tls/expired",
    second_hop=True,
    severity=Severity.CRITICAL,
    applies=Applies.settings(),
    docs=(docs.SAMECA, docs.A_SSL),
    tags=("tls", "dates"),
    source="Elasticsearch SslDiagnostics; RFC 5280 section 4.1.2.5",
    explains=("tls/expiring-soon", "tls/client-cert-rejected", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
)
def expired(whole: ClusterEvidence, about: RemoteEvidence, chain: Chain | Unavailable) -> Yields:
    """A certificate has expired.

    Why it matters: an expired certificate of the peer, or of an intermediate CA, makes the local cluster refuse the connection;
    an expired certificate of our own makes the remote cluster refuse it. One that the chain does not need is a warning, and so is
    a trusted CA: Java does not look at its dates, other programs do, and nothing good can be issued by it any more.

    How to fix: renew the certificate. Signed by the same CA, it keeps the trust of the other side; put it on every node.

    Example: the certificate of a node runs out three years after ``elasticsearch-certutil`` made it.
    """
    now, found = whole.taken_at, False
    for one in dated(whole, about, chain):
        if now > one.certificate.not_after:
            found = True
            yield Finding(
                summary=f"Expired: {one.what} ({one.name}), {_span(now - one.certificate.not_after)} ago, on "
                f"{moment(one.certificate.not_after)}, by the clock of this machine.{one.aside}",
                remedy=one.remedy,
                severity=Severity.CRITICAL if one.vital else Severity.WARNING,
                facts={
                    "observed": moment(one.certificate.not_after),
                    "expected": f"after {moment(now)}",
                    **one.facts(now),
                },
            )
    if not found:
        yield from left_open(about, chain)


@check(
    "tls/not-yet-valid",
    second_hop=True,
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.TRB_HS,),
    tags=("tls", "dates", "clock"),
    source="Elasticsearch SslDiagnostics; RFC 5280 section 4.1.2.5",
    explains=("tls/client-cert-rejected", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
)
def not_yet_valid(whole: ClusterEvidence, about: RemoteEvidence, chain: Chain | Unavailable) -> Yields:
    """A certificate is not valid yet.

    Why it matters: until its first moment comes, the other side refuses it like an expired one.

    How to fix: if it begins within a day, compare the clocks of this machine, of the nodes and of the machine that issued
    it. Otherwise wait, or have it reissued with an earlier first day.

    Example: a certificate made in a container whose clock runs two hours ahead.
    """
    now, found = whole.taken_at, False
    for one in dated(whole, about, chain):
        ahead = one.certificate.not_before - now
        if ahead > timedelta(0):
            found = True
            hint = " Less than a day ahead: a clock that is off is the likely cause." if ahead < _DAY else ""
            yield Finding(
                summary=f"Not valid yet: {one.what} ({one.name}) begins in {_span(ahead)}, on "
                f"{moment(one.certificate.not_before)}, by the clock of this machine.{hint}{one.aside}",
                remedy="Compare the clocks (timedatectl on this machine, on the nodes and where it was issued); if they agree, "
                "wait for its first day or reissue it.",
                severity=Severity.ERROR if one.vital else Severity.WARNING,
                facts={
                    "observed": moment(one.certificate.not_before),
                    "expected": f"before {moment(now)}",
                    **one.facts(now),
                },
            )
    if not found:
        yield from left_open(about, chain)


@check(
    "tls/expiring-soon",
    second_hop=True,
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.SAMECA, docs.DIFFCA),
    tags=("tls", "dates"),
    source="own thresholds; checks.thresholds changes them",
)
def expiring_soon(whole: ClusterEvidence, about: RemoteEvidence, chain: Chain | Unavailable) -> Yields:
    """A certificate expires soon.

    Why it matters: on its last day the connection breaks, all nodes at once. A new CA takes longer to bring about than a
    new certificate: both sides have to trust it first.

    How to fix: plan the renewal. For a new CA, add it on both sides before any certificate is issued by it.

    Example: 20 days are left for the certificate of a node. Platforms that renew by themselves (hosted, ECE, ECK) are
    warned about in the last 3 days only.
    """
    now, found = whole.taken_at, False
    for one in dated(whole, about, chain):
        left = one.certificate.not_after - now
        severity, limit = _urgency(one, left, whole.thresholds)
        if severity and left >= timedelta(0):
            found = True
            yield Finding(
                summary=f"Expires in {_span(left)}: {one.what} ({one.name}), on "
                f"{moment(one.certificate.not_after)}, by the clock of this machine; wanted are more than {limit:g} days.{one.aside}",
                remedy=one.remedy,
                severity=severity if one.vital else Severity.WARNING,
                facts={"observed": round(left / _DAY, 2), "expected": limit, **one.facts(now)},
            )
    if not found:
        yield from left_open(about, chain)


def _urgency(one: Dated, left: timedelta, limits: Thresholds) -> tuple[Severity | None, float]:
    """The severity of what is left (None: enough), and the number of days that is wanted."""
    if one.rotating:
        warning, error = limits.rotated_days_warning, -1.0
    elif one.ca:
        warning, error = limits.ca_days_warning, limits.ca_days_error
    else:
        warning, error = limits.leaf_days_warning, limits.leaf_days_error
    if left / _DAY <= error:
        return Severity.ERROR, warning
    return (Severity.WARNING if left / _DAY <= warning else None), warning


@check(
    "tls/clock-skew",
    severity=Severity.WARNING,
    docs=(docs.TRB_HS,),
    tags=("clock",),
    source="own rule: a certificate is hardly ever put to use before its first moment",
    explains=("tls/not-yet-valid", "tls/expired", "tls/expiring-soon"),
)
def clock_skew(chain: Chain, thresholds: Thresholds, now: datetime) -> Yields:
    """The clocks of this machine and of the remote cluster disagree.

    Why it matters: dates of certificates and of API keys are judged by the clock of whoever looks. With clocks apart, a
    valid one is refused, on some nodes only.

    How to fix: synchronise the clocks (NTP, chrony) of this machine, of the nodes and of the machine that issues
    certificates.

    Example: the peer already uses a certificate that begins in 10 minutes. That is the evidence this check has: it can miss
    a clock that is off, and it never takes a certificate of next week for one.
    """
    ahead = chain.leaf.not_before - now
    if ahead >= _DAY:
        yield NotApplicable("the certificate begins more than a day ahead, which is no matter of clocks")
    elif ahead.total_seconds() > thresholds.clock_seconds_warning:
        error = ahead.total_seconds() > thresholds.clock_seconds_error
        yield Finding(
            summary=f"The peer uses a certificate that begins only in {_span(ahead)} by the clock of this machine "
            f"({moment(now)}): a clock is off, here or where it was issued.",
            remedy="Synchronise the clocks: timedatectl (or chronyc tracking) on this machine, on the nodes and where certificates are issued.",
            severity=Severity.ERROR if error else Severity.WARNING,
            facts={
                "observed": ahead.total_seconds(),
                "expected": thresholds.clock_seconds_warning,
                "clock": "this machine",
            },
        )


def _span(length: timedelta) -> str:
    """Say a length of time in its largest useful unit."""
    for unit, name in ((_DAY, "days"), (_HOUR, "hours"), (timedelta(minutes=1), "minutes")):
        if length >= 2 * unit:
            return f"{length // unit} {name}"
    return f"{max(0, int(length.total_seconds()))} seconds"


CHECKS = (expired, not_yet_valid, expiring_soon, clock_skew)
