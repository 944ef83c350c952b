"""The check auth/key-no-expiry."""

from __future__ import annotations

import re
from typing import Final

from checks.auth._key_calls import replace_key
from checks.auth._key_expiry import DAY
from checks.auth._key_record import GONE
from checks.shared.applies import API_KEY_REMOTES
from checks.shared.fixes import Remedy
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    ClusterEvidence,
    Finding,
    KeyBodies,
    KeyLookup,
    KeyRecord,
    LocalCluster,
    OfRemote,
    Remote,
    Severity,
    Thresholds,
    shorten,
)

# A time as Elasticsearch writes it, and its units in seconds.
_TIME: Final = re.compile(r"(\d+)(d|h|m|s)")
_SECONDS: Final = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}


def _documents(cluster_evidence: ClusterEvidence, bodies: KeyBodies) -> Yields:
    limit = cluster_evidence.thresholds.key_days_most
    if not limit:
        yield NotApplicable("checks.thresholds.key_days_most, the longest life of a key, is not set")
        return
    for body in bodies.all:
        days = None if body.lifetime is None else _days(body.lifetime.text)
        if (body.lifetime is None and not body.changes) or (days is not None and days > limit):
            yield Finding(
                summary=f"The key {'never expires' if days is None else f'lives {days:g} days'}; expected at most {limit:g} days "
                "(checks.thresholds.key_days_most).",
                remedy="Give it an expiration.",
                facts={
                    "observed": "never" if days is None else f"{days:g} days",
                    "expected": f"at most {limit:g} days",
                },
                origin=body.origin if body.lifetime is None else body.lifetime.origin,
            )


def _days(text: str) -> float | None:
    found = _TIME.fullmatch(text.strip())
    return None if found is None else float(found[1]) * _SECONDS[found[2]] / DAY


@check(
    "auth/key-no-expiry",
    severity=Severity.WARNING,
    applies=API_KEY_REMOTES,
    docs=(docs.API_CREATE_KEY, docs.API_KEYS),
    tags=("api-key", "dates"),
    source="documentation: create cross-cluster API key (expiration; without it a key does not expire)",
    in_documents=_documents,
)
def key_no_expiry(
    cluster: LocalCluster, remote: Remote, remote_side: OfRemote[KeyLookup], thresholds: Thresholds
) -> Yields:
    """The API key never expires, or lives longer than your own limit.

    Why it matters: a key that was copied once stays valid. Elasticsearch requires no end; this is judged only where
    ``checks.thresholds.key_days_most`` says how long a key may live.

    How to fix: create a new key with ``expiration``, store it under the same alias, then invalidate the old one.

    Example: ``key_days_most: 365``, and a key that was made without ``expiration``.
    """
    record, limit = remote_side.record, thresholds.key_days_most
    if not limit:
        yield NotApplicable("checks.thresholds.key_days_most, the longest life of a key, is not set")
    elif record is None:
        yield GONE
    elif record.expires is None:
        yield _too_long(record, "never expires", limit, _replaced(cluster, remote, record, limit))
    elif record.created is None:
        yield Unknown("when the key was created is not known, and so not how long it lives")
    else:
        days = (record.expires - record.created).total_seconds() / DAY
        if days > limit:
            yield _too_long(record, f"lives {days:.0f} days", limit, _replaced(cluster, remote, record, limit))


def _replaced(cluster: LocalCluster, remote: Remote, record: KeyRecord, limit: float) -> Remedy:
    return replace_key(
        cluster, remote, record, expiration=f"{limit * 24:.0f}h" if limit % 1 else f"{limit:.0f}d", invalidate=True
    )


def _too_long(record: KeyRecord, what: str, limit: float, how: Remedy) -> Finding:
    return Finding(
        summary=f"The key {shorten(record.name, 80)} {what}; expected at most {limit:g} days (checks.thresholds.key_days_most).",
        remedy=how.sentence,
        fix=how.fix,
        facts={"observed": what, "expected": f"at most {limit:g} days"},
    )
