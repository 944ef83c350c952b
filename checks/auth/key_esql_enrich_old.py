"""The check auth/key-esql-enrich-old."""

from __future__ import annotations

from checks.auth._esql import MONITOR_ENRICH, NO_ENRICH
from checks.auth._key_calls import update_key, widened
from checks.auth._key_record import CROSS_CLUSTER, GONE, NO_REMOTE_KEY
from checks.shared.applies import API_KEY_REMOTES
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    ENRICH_PRIVILEGE,
    Finding,
    KeyLookup,
    OfRemote,
    Remote,
    Severity,
    shorten,
)


@check(
    "auth/key-esql-enrich-old",
    severity=Severity.WARNING,
    applies=API_KEY_REMOTES,
    docs=(docs.ESQL, docs.API_UPDATE_KEY),
    tags=("api-key", "privileges", "esql"),
    source=f"{ENRICH_PRIVILEGE.source}; role descriptors of keys made on 8.19.0 and 9.2.0",
)
def key_esql_enrich_old(remote_side: OfRemote[KeyLookup], remote: Remote) -> Yields:
    """The API key is from before ``ENRICH`` across clusters, and does not allow it.

    Why it matters: a key keeps the privileges that keys had when it was made. One from before 8.15 lacks ``monitor_enrich``, after an upgrade
    too, so that queries with ``ENRICH`` on this remote are refused.

    How to fix: update the key with the access that it has: that gives it the privileges of today.

    Example: a key of 8.14, on a remote cluster that now runs 8.17.
    """
    record = remote_side.record
    if not remote.use.enrich:
        yield NO_ENRICH
    elif record is None:
        yield GONE
    elif record.type != CROSS_CLUSTER:
        yield NO_REMOTE_KEY
    elif not record.cluster:
        yield Unknown("the record of the key does not show its cluster privileges")
    elif "cross_cluster_search" not in record.cluster:
        yield NotApplicable("the key allows no search; auth/key-no-search-access is about that")
    elif MONITOR_ENRICH not in record.cluster:
        yield Finding(
            summary=f"The key {shorten(record.name, 80)} lacks {MONITOR_ENRICH}, as keys from before {ENRICH_PRIVILEGE.since} do; "
            "expected it next to cross_cluster_search.",
            remedy=f"Once the remote cluster runs {ENRICH_PRIVILEGE.since} or later, update the key with the access that it has.",
            fix=update_key(record, widened(record)),
            facts={"observed": record.cluster, "expected": MONITOR_ENRICH},
        )
