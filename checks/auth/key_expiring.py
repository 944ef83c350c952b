"""The check auth/key-expiring."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from checks.auth._key_calls import record_of, replace_key
from checks.auth._key_expiry import DAY
from checks.auth._key_record import GONE
from checks.shared.applies import API_KEY_REMOTES
from checks.shared.fixes import Later
from checks.tables import docs
from diag.check import NotApplicable, Yields, check, missing
from diag.model import (
    Credential,
    Endpoints,
    Finding,
    KeyLookup,
    KeyRecord,
    KeyTrial,
    KeyVerdict,
    LocalCluster,
    Now,
    OfRemote,
    Remote,
    Severity,
    Thresholds,
    Unavailable,
    shorten,
)


@check(
    "auth/key-expiring",
    severity=Severity.WARNING,
    severities=(Severity.ERROR,),
    applies=API_KEY_REMOTES,
    docs=(docs.HOSTED_CHANGE_KEY, docs.API_GET_KEY),
    tags=("api-key", "dates"),
    source="documentation: get API key information; the limits are those of certificates of nodes",
)
def key_expiring(  # noqa: PLR0913, PLR0917 -- each parameter is a piece of evidence, injected by its type.
    cluster: LocalCluster,
    remote: Remote,
    remote_side: OfRemote[KeyLookup] | Unavailable,
    credential: Credential | Unavailable,
    endpoints: Endpoints | Unavailable,
    thresholds: Thresholds,
    now: Now,
) -> Yields:
    """The API key expires soon.

    Why it matters: from then on each request is refused, and an expired key can't be prolonged. The remote cluster reports when
    that is. Without it, the answer that made the key does, where that was stored whole as ``credential``; there an end that is over counts too.

    How to fix: create a new key, store it under the same alias, reload the keystores, then invalidate the old key.

    Example: a key with ``expiration: 90d`` that was made 85 days ago.
    """
    how = Later(lambda: replace_key(cluster, remote, record_of(remote_side), invalidate=True))
    if isinstance(remote_side, KeyLookup):
        yield from _by_record(remote_side.record, how, thresholds, now)
    elif isinstance(credential, Credential) and credential.expires is not None:
        where = shorten(credential.source, 80)
        if now.has_come(credential.expires) and not _accepted(endpoints):
            yield Finding(
                summary=f"By the answer that made it ({where}), the key has expired ({credential.expires:%Y-%m-%d}).",
                remedy=how.sentence,
                fix=how.fix,
                severity=Severity.ERROR,
                facts={"observed": f"{credential.expires:%Y-%m-%d}", "expected": "a date to come"},
            )
        else:
            yield from _soon(f"By the answer that made it ({where}), the key", credential.expires, how, thresholds, now)
    else:
        yield missing(remote_side)


def _accepted(endpoints: Endpoints | Unavailable) -> bool:
    """Tell whether the remote cluster has just taken the key, which goes before any date that was written down."""
    probes = () if isinstance(endpoints, Unavailable) else endpoints.probes
    return any(isinstance(one.key, KeyTrial) and one.key.verdict is KeyVerdict.ACCEPTED for one in probes)


def _by_record(record: KeyRecord | None, how: Later, thresholds: Thresholds, now: Now) -> Yields:
    if record is None:
        yield GONE
    elif record.expires is None:
        yield NotApplicable("the key does not expire")
    elif record.invalidated:
        yield NotApplicable("the key was invalidated; auth/key-invalid is about that")
    else:
        yield from _soon(f"The key {shorten(record.name, 80)}", record.expires, how, thresholds, now)


def _soon(what: str, expires: datetime, how: Later, thresholds: Thresholds, now: Now) -> Iterator[Finding]:
    if not now.has_come(expires) and now.has_come(expires, days=-thresholds.leaf_days_warning):
        days = (expires - now.at).total_seconds() / DAY
        yield Finding(
            summary=f"{what} expires in {_left(days)} ({expires:%Y-%m-%d}).",
            remedy=how.sentence,
            fix=how.fix,
            severity=Severity.ERROR if days <= thresholds.leaf_days_error else None,
            facts={"observed": round(days, 1), "expected": f"more than {thresholds.leaf_days_warning:g} days"},
        )


def _left(days: float) -> str:
    """What is left, in days, or in hours where it is less than one."""
    count, unit = (int(days), "day") if days >= 1 else (int(days * 24), "hour")
    return f"{count} {unit}{'' if count == 1 else 's'}" if count else "less than an hour"
