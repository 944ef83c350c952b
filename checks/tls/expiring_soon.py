"""The check tls/expiring-soon."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from checks.tables import docs
from checks.tls._validity import DAY, in_days
from checks.tls._validity_period import ValidityPeriod, in_files, moment, undecided, validity_periods
from diag.check import Applies, Yields, check
from diag.model import (
    CertificateFiles,
    Chain,
    ClusterEvidence,
    Finding,
    Now,
    RemoteEvidence,
    Severity,
    Thresholds,
    Unavailable,
)


def _documents(cluster_evidence: ClusterEvidence, files: CertificateFiles) -> Yields:
    now = cluster_evidence.now
    for one, origin in in_files(files):
        severity, limit = _urgency(one, now, cluster_evidence.thresholds)
        if severity and not now.has_passed(one.not_after):
            yield replace(_finding(one, severity, limit, now.at), origin=origin)


@check(
    "tls/expiring-soon",
    second_hop=True,
    severity=Severity.WARNING,
    severities=(Severity.ERROR,),
    applies=Applies.settings(),
    docs=(docs.SAME_CA, docs.DIFFERENT_CA),
    tags=("tls", "dates"),
    source="own thresholds; checks.thresholds changes them",
    in_documents=_documents,
)
def expiring_soon(
    cluster_evidence: ClusterEvidence, remote_evidence: RemoteEvidence, chain: Chain | Unavailable
) -> Yields:
    """A certificate expires soon.

    Why it matters: on its last day the connection breaks, all nodes at once. A new CA takes longer to bring about than a
    new certificate: both sides have to trust it first.

    How to fix: plan the renewal. For a new CA, add it on both sides before any certificate is issued by it.

    Example: 20 days are left for the certificate of a node. Platforms that renew by themselves (hosted, ECE, ECK) are
    warned about in the last 3 days only.
    """
    now, found = cluster_evidence.now, False
    for one in validity_periods(cluster_evidence, remote_evidence, chain):
        severity, limit = _urgency(one, now, cluster_evidence.thresholds)
        if severity and not now.has_passed(one.not_after):
            found = True
            yield _finding(one, severity, limit, now.at)
    if not found:
        yield from undecided(remote_evidence, chain)


def _finding(one: ValidityPeriod, severity: Severity, limit: float, now: datetime) -> Finding:
    left = one.not_after - now
    return Finding(
        summary=f"Expires in {in_days(left)}: {one.what} ({one.name}), on "
        f"{moment(one.not_after)}, by the clock of this machine; wanted are more than {limit:g} days.{one.excuse}",
        remedy=one.remedy,
        severity=severity if one.is_needed else Severity.WARNING,
        facts={"observed": round(left / DAY, 2), "expected": limit, **one.facts(now)},
    )


def _urgency(one: ValidityPeriod, now: Now, thresholds: Thresholds) -> tuple[Severity | None, float]:
    """The severity of what is left (None: enough), and the number of days that is wanted."""
    if one.rotating:
        warning, error = thresholds.rotated_days_warning, -1.0
    elif one.ca:
        warning, error = thresholds.ca_days_warning, thresholds.ca_days_error
    else:
        warning, error = thresholds.leaf_days_warning, thresholds.leaf_days_error
    if now.has_come(one.not_after, days=-error):
        return Severity.ERROR, warning
    return (Severity.WARNING if now.has_come(one.not_after, days=-warning) else None), warning
