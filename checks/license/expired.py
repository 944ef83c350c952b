"""The check license/expired."""

from __future__ import annotations

from typing import Final

from checks.license._both import sides, unless_only_one
from checks.license._install import install
from checks.shared.causes import REQUESTS_REFUSED
from checks.shared.fixes import Remedy
from checks.tables import docs
from diag.check import Unknown, Yields, check
from diag.model import (
    Finding,
    License,
    LocalCluster,
    Now,
    OfLocal,
    OfRemote,
    Remote,
    Severity,
    Thresholds,
    Unavailable,
    shorten,
)

_DAY: Final = 86400.0


@check(
    "license/expired",
    severity=Severity.CRITICAL,
    severities=(Severity.WARNING, Severity.ERROR),
    docs=(docs.API_LICENSE, docs.LICENSE_SELF_MANAGED),
    tags=("license",),
    source="documentation: get license API; the limits are those of certificates of nodes",
    explains=("license/*", "auth/key-invalid", *REQUESTS_REFUSED),
)
def expired(
    cluster: LocalCluster,
    remote: Remote,
    local_license: OfLocal[License] | Unavailable,
    remote_license: OfRemote[License] | Unavailable,
    thresholds: Thresholds,
    now: Now,
) -> Yields:
    """A license has ended, or ends soon.

    Why it matters: without a valid license, remotes with API keys and replication stop, on whichever side it is.

    How to fix: install a new license on that cluster.

    Example: the trial of the remote cluster ends in three days.
    """
    known = False
    for side in sides(local_license, remote_license):
        if not isinstance(side, tuple):
            if isinstance(side, Unknown) or not known:
                yield from unless_only_one(side, local_license, remote_license)
            continue
        known = True
        whose, license_ = side
        how = install("a new license", whose, cluster, remote)
        if not license_.active:
            yield _ended(whose, license_, "has ended", how, Severity.CRITICAL)
        elif license_.expires is not None:
            trial = license_.type == "trial"  # It lasts 30 days: its whole life would be a warning.
            wanted = thresholds.leaf_days_error if trial else thresholds.leaf_days_warning
            if now.has_come(license_.expires, days=-wanted):
                soon = now.has_come(license_.expires, days=-thresholds.leaf_days_error)
                severity = Severity.ERROR if soon and not trial else Severity.WARNING
                days = (license_.expires - now.at).total_seconds() / _DAY
                yield _ended(whose, license_, f"ends in {max(0, int(days))} days", how, severity)


def _ended(whose: str, license_: License, what: str, how: Remedy, severity: Severity) -> Finding:
    until = f" ({license_.expires:%Y-%m-%d})" if license_.expires is not None else ""
    return Finding(
        summary=f"The {shorten(license_.type, 60)} license of the {whose} cluster {what}{until}, status {shorten(license_.status, 60)}; expected active.",
        remedy=how.sentence,
        fix=how.fix,
        severity=severity,
        facts={
            "side": whose,
            "type": shorten(license_.type, 60),
            "observed": shorten(license_.status, 60),
            "expected": "active",
        },
    )
