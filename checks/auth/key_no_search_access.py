"""The check auth/key-no-search-access."""

from __future__ import annotations

from checks.auth._key_calls import CHANGE, update_key, widened
from checks.auth._key_record import CROSS_CLUSTER, GONE, NO_REMOTE_KEY, serves_replication_only
from checks.shared.applies import API_KEY_REMOTES
from checks.tables import docs
from diag.check import Yields, check
from diag.model import (
    Finding,
    KeyBodies,
    KeyLookup,
    OfRemote,
    Remote,
    Replication,
    Severity,
    Unavailable,
    shorten,
)


def _documents(bodies: KeyBodies) -> Yields:
    for body in bodies.all:
        if body.replication and not (body.search or body.refused):
            yield Finding(
                summary="The key has no access.search: it serves for replication only, and each search of the remote with it is refused.",
                remedy="Nothing has to be done if nothing is searched with it; else add access.search with the indices.",
                severity=Severity.INFO,
                facts={"observed": "no access.search", "expected": "access.search"},
                origin=body.origin,
            )


@check(
    "auth/key-no-search-access",
    severity=Severity.ERROR,
    severities=(Severity.INFO,),
    applies=API_KEY_REMOTES,
    docs=(docs.TROUBLESHOOT_PRIVILEGES, docs.API_UPDATE_KEY),
    tags=("api-key", "privileges"),
    source="documentation: create cross-cluster API key, access.search",
    explains=(
        "auth/key-index-not-covered",
        "runtime/connected-not-proof",
        "runtime/skipped-clusters",
        "runtime/no-matching-indices",
    ),
    in_documents=_documents,
)
def key_no_search_access(
    remote_side: OfRemote[KeyLookup], remote: Remote, replication: Replication | Unavailable
) -> Yields:
    """The API key allows no search.

    Why it matters: each search of this remote is refused, for whichever user: roles can only narrow what the key allows. Of a key that
    serves for replication, where nothing is declared to be searched, this is an info.

    How to fix: give the key ``access.search`` with the indices. An update replaces the whole access.

    Example: a key that was made for replication is used for searches.
    """
    record = remote_side.record
    if record is None:
        yield GONE
    elif record.type != CROSS_CLUSTER:
        yield NO_REMOTE_KEY
    elif not record.search:
        only = " It serves for replication only." if serves_replication_only(record, remote, replication) else ""
        yield Finding(
            summary=f"The key {shorten(record.name, 80)} has no access.search; expected the indices that are searched.{only}",
            remedy=CHANGE,
            fix=update_key(record, widened(record, search=remote.use.search or ("<indices>",))),
            severity=Severity.INFO if only else None,
            facts={"observed": "no access.search", "expected": "access.search"},
        )
