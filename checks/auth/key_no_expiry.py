"""The check auth/key-no-expiry."""

from __future__ import annotations

from checks.auth._life import DAY
from checks.auth._records import GONE
from checks.shared.applies import API_KEY_REMOTES
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    KeyLookup,
    OfRemote,
    Severity,
    Thresholds,
    shorten,
)


@check(
    "auth/key-no-expiry",
    severity=Severity.WARNING,
    applies=API_KEY_REMOTES,
    docs=(docs.A_KEY, docs.KEYS),
    tags=("api-key", "dates"),
    source="documentation: create cross-cluster API key (expiration; without it a key does not expire)",
)
def key_no_expiry(remote_side: OfRemote[KeyLookup], thresholds: Thresholds) -> Yields:
    """The API key never expires, or lives longer than the house allows.

    Why it matters: a key that was copied once stays good. Elasticsearch asks for no end; this is judged only where
    ``checks.thresholds.key_days_most`` says how long a key may live.

    How to fix: create a new key with ``expiration``, put it into the keystore under the same alias, then invalidate the
    old one.

    Example: ``key_days_most: 365``, and a key that was made without ``expiration``.
    """
    record, most = remote_side.record, thresholds.key_days_most
    if not most:
        yield NotApplicable("no longest life of a key is set (checks.thresholds.key_days_most)")
    elif record is None:
        yield GONE
    elif record.expires is None:
        yield _too_long(record.name, "never expires", most)
    elif record.created is None:
        yield Unknown("when the key was made is not told, so how long it lives can't be told")
    else:
        days = (record.expires - record.created).total_seconds() / DAY
        if days > most:
            yield _too_long(record.name, f"lives {days:.0f} days", most)


def _too_long(name: str, what: str, most: float) -> Finding:
    return Finding(
        summary=f"The key {shorten(name, 80)} {what}; the house allows {most:g} days (checks.thresholds.key_days_most).",
        remedy=f'POST _security/cross_cluster/api_key on the remote cluster with "expiration": "{most:g}d", store its encoded form under the '
        "same alias, POST _nodes/reload_secure_settings, then invalidate the old one.",
        facts={"observed": what, "expected": f"at most {most:g} days"},
    )
