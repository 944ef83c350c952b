"""The check auth/key-expiring."""

from __future__ import annotations

from datetime import datetime

from checks.auth._life import DAY
from checks.auth._records import GONE
from checks.shared.applies import API_KEY_REMOTES
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import Finding, RemoteKey, Severity, Thresholds, shorten


@check(
    "auth/key-expiring",
    severity=Severity.WARNING,
    severities=(Severity.ERROR,),
    applies=API_KEY_REMOTES,
    docs=(docs.EC_EDIT_KEY, docs.A_KEYGET),
    tags=("api-key", "dates"),
    source="documentation: get API key information; the limits are those of certificates of nodes",
)
def key_expiring(theirs: RemoteKey, limits: Thresholds, now: datetime) -> Yields:
    """The API key expires soon.

    Why it matters: from then on each request is refused, and an expired key can't be prolonged.

    How to fix: create a new key, put it into the keystore under the same alias, ``POST _nodes/reload_secure_settings``, then invalidate the old one.

    Example: a key with ``expiration: 90d`` that was made 85 days ago.
    """
    record = theirs.record
    if record is None:
        yield GONE
    elif record.expires is None:
        yield NotApplicable("the key does not expire")
    elif record.invalidated:
        yield NotApplicable("the key was invalidated; auth/key-invalid is about that")
    else:
        days = (record.expires - now).total_seconds() / DAY
        if 0 < days <= limits.leaf_days_warning:
            yield Finding(
                summary=f"The key {shorten(record.name, 80)} expires in {_left(days)} ({record.expires:%Y-%m-%d}).",
                remedy="Make a new one on the remote cluster (POST _security/cross_cluster/api_key), store it under the same alias, "
                "POST _nodes/reload_secure_settings, then invalidate the old one.",
                severity=Severity.ERROR if days <= limits.leaf_days_error else None,
                facts={"observed": round(days, 1), "expected": f"more than {limits.leaf_days_warning:g} days"},
            )


def _left(days: float) -> str:
    """What is left, in days, or in hours where it is less than one."""
    count, unit = (int(days), "day") if days >= 1 else (int(days * 24), "hour")
    return f"{count} {unit}{'' if count == 1 else 's'}" if count else "less than an hour"
