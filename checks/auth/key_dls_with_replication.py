"""The check auth/key-dls-with-replication."""

from __future__ import annotations

from checks.auth._records import GONE
from checks.shared.applies import API_KEY_REMOTES
from checks.tables import docs
from diag.check import Yields, check
from diag.model import (
    Finding,
    KeyLookup,
    OfRemote,
    Severity,
    shorten,
)


@check(
    "auth/key-dls-with-replication",
    severity=Severity.ERROR,
    applies=API_KEY_REMOTES,
    docs=(docs.DLSFLS,),
    tags=("api-key", "privileges"),
    source="elasticsearch#108147, elasticsearch#108600, elasticsearch#108839",
)
def key_dls_with_replication(remote_side: OfRemote[KeyLookup]) -> Yields:
    """The API key limits documents or fields, and allows replication.

    Why it matters: replication copies whole indices, so that the limit does not hold; newer releases refuse such a key.

    How to fix: two keys under two aliases, one for searches with the limit, one for replication.

    Example: ``access.search`` with a ``query``, and ``access.replication`` of the same index.
    """
    record = remote_side.record
    if record is None:
        yield GONE
    elif record.replication and any(one.has_query or one.has_fields for one in record.search):
        yield Finding(
            summary=f"The key {shorten(record.name, 80)} limits documents or fields in access.search and allows replication too.",
            remedy="Make two cross-cluster API keys, one for search and one for replication, and register the remote under two aliases.",
            facts={"observed": "both in one key", "expected": "two keys"},
        )
