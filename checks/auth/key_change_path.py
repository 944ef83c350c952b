"""The check auth/key-change-path."""

from __future__ import annotations

from datetime import datetime

from checks.auth._coverage import Gap, gaps_of
from checks.auth._records import CHANGE, CROSS_CLUSTER, GONE, lacks_replication, serves_replication_only
from checks.shared.applies import API_KEY_REMOTES
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    KeyLookup,
    KeyRecord,
    OfRemote,
    Remote,
    Replication,
    Severity,
    Unavailable,
    shorten,
)


@check(
    "auth/key-change-path",
    severity=Severity.INFO,
    applies=API_KEY_REMOTES,
    docs=(docs.EC_EDIT_KEY, docs.A_KEYUP),
    tags=("api-key",),
    source="documentation: update cross-cluster API key (by its owner, not with an API key); change the API key of a connection",
)
def key_change_path(
    remote_side: OfRemote[KeyLookup], remote: Remote, replication: Replication | Unavailable, now: datetime
) -> Yields:
    """The access of the API key has to change, which needs no new key.

    Why it matters: a new key means the keystores of all nodes of the local cluster. The access of a key that still holds can be changed
    where it is, and counts from the next request on.

    How to fix: the user who made the key updates it, logged in with a password or a token: the call takes no API key as login.

    Example: an index is missing from the access of the key; see auth/key-index-not-covered.
    """
    record = remote_side.record
    if record is None:
        yield GONE
        return
    gaps = list(gaps_of(record, remote, replication))
    narrow = (not record.search and not serves_replication_only(record, remote, replication)) or any(
        isinstance(gap, Gap) for gap in gaps
    )
    if not narrow and not lacks_replication(record, remote, replication):
        yield from (gap for gap in gaps if isinstance(gap, Unknown))
    elif record.type != CROSS_CLUSTER or record.invalidated or _is_over(record, now):
        yield NotApplicable("the key can't be changed any more, or is none for remotes: a new one is needed")
    else:
        owner = f"the user {shorten(record.owner, 80)}, who made it" if record.owner else "the user who made it"
        yield Finding(
            summary=f"The access of the key {shorten(record.name, 80)} can be changed where it is, by {owner}: no new key is needed.",
            remedy=f"As that user, with a password or a token and not with an API key: {CHANGE}",
            facts={"owner": record.owner, "observed": "the access is too narrow", "expected": "an update of the key"},
        )


def _is_over(record: KeyRecord, now: datetime) -> bool:
    return record.expires is not None and record.expires <= now
