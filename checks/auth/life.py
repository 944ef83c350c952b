"""How long an API key lives: how much of that is left, and whether it ends at all."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from checks.auth.records import GONE
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import Finding, RemoteKey, SecurityModel, Severity, Thresholds, shorten

_DAY: Final = 86400.0
_BY_KEY: Final = Applies.settings(models=(SecurityModel.API_KEY,))


@check(
    "auth/key-expiring",
    severity=Severity.WARNING,
    applies=_BY_KEY,
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
        days = (record.expires - now).total_seconds() / _DAY
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


@check(
    "auth/key-no-expiry",
    severity=Severity.WARNING,
    applies=_BY_KEY,
    docs=(docs.A_KEY, docs.KEYS),
    tags=("api-key", "dates"),
    source="documentation: create cross-cluster API key (expiration; without it a key does not expire)",
)
def key_no_expiry(theirs: RemoteKey, limits: Thresholds) -> Yields:
    """The API key never expires, or lives longer than the house allows.

    Why it matters: a key that was copied once stays good. Elasticsearch asks for no end; this is judged only where
    ``checks.thresholds.key_days_most`` says how long a key may live.

    How to fix: create a new key with ``expiration``, put it into the keystore under the same alias, then invalidate the
    old one.

    Example: ``key_days_most: 365``, and a key that was made without ``expiration``.
    """
    record, most = theirs.record, limits.key_days_most
    if not most:
        yield NotApplicable("no longest life of a key is set (checks.thresholds.key_days_most)")
    elif record is None:
        yield GONE
    elif record.expires is None:
        yield _too_long(record.name, "never expires", most)
    elif record.created is None:
        yield Unknown("when the key was made is not told, so how long it lives can't be told")
    else:
        days = (record.expires - record.created).total_seconds() / _DAY
        if days > most:
            yield _too_long(record.name, f"lives {days:.0f} days", most)


def _too_long(name: str, what: str, most: float) -> Finding:
    return Finding(
        summary=f"The key {shorten(name, 80)} {what}; the house allows {most:g} days (checks.thresholds.key_days_most).",
        remedy=f'POST _security/cross_cluster/api_key on the remote cluster with "expiration": "{most:g}d", store its encoded form under the '
        "same alias, POST _nodes/reload_secure_settings, then invalidate the old one.",
        facts={"observed": what, "expected": f"at most {most:g} days"},
    )


CHECKS = (key_expiring, key_no_expiry)
