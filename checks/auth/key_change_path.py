"""The check auth/key-change-path."""

from __future__ import annotations

from checks.auth._key_access import AccessGap, access_gaps
from checks.auth._key_calls import CHANGE, update_key, widened
from checks.auth._key_record import CROSS_CLUSTER, GONE, lacks_replication, leaders_of, serves_replication_only
from checks.shared.applies import API_KEY_REMOTES
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    KeyLookup,
    KeyRecord,
    Now,
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
    docs=(docs.HOSTED_CHANGE_KEY, docs.API_UPDATE_KEY),
    tags=("api-key",),
    source="documentation: update cross-cluster API key (by its owner, not with an API key); change the API key of a connection",
)
def key_change_path(
    remote_side: OfRemote[KeyLookup], remote: Remote, replication: Replication | Unavailable, now: Now
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
    gaps = list(access_gaps(record, remote, replication))
    narrow = (not record.search and not serves_replication_only(record, remote, replication)) or any(
        isinstance(gap, AccessGap) for gap in gaps
    )
    if not narrow and not lacks_replication(record, remote, replication):
        yield from (gap for gap in gaps if isinstance(gap, Unknown))
    elif record.type != CROSS_CLUSTER or record.invalidated or _is_over(record, now):
        yield NotApplicable("the key can't be changed any more, or is none for remotes: a new one is needed")
    else:
        owner = f"the user {shorten(record.owner, 80)}, who made it" if record.owner else "the user who made it"
        yield Finding(
            summary=f"The access of the key {shorten(record.name, 80)} can be changed where it is, by {owner}: no new key is needed.",
            remedy=f"Log in as that user, with a password or a token and not with an API key. {CHANGE}",
            fix=update_key(record, widened(record, **_wanted(record, remote, replication, gaps))),
            facts={"owner": record.owner, "observed": "the access is too narrow", "expected": "an update of the key"},
        )


def _wanted(
    record: KeyRecord, remote: Remote, replication: Replication | Unavailable, gaps: list[AccessGap | Unknown]
) -> dict[str, tuple[str, ...]]:
    """What is missing of each part of the access."""
    found = [gap for gap in gaps if isinstance(gap, AccessGap)]
    wanted = {part: tuple(gap.pattern for gap in found if gap.part == part) for part in ("search", "replication")}
    if not record.search and not serves_replication_only(record, remote, replication):
        wanted["search"] = remote.use.search or ("<indices>",)
    if lacks_replication(record, remote, replication):
        wanted["replication"] = leaders_of(replication, remote) or remote.use.replicate
    return wanted


def _is_over(record: KeyRecord, now: Now) -> bool:
    return record.expires is not None and now.has_come(record.expires)
