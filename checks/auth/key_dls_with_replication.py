"""The check auth/key-dls-with-replication."""

from __future__ import annotations

from dataclasses import replace

from checks.auth._key_calls import create_key
from checks.auth._key_record import GONE
from checks.shared.applies import API_KEY_REMOTES
from checks.shared.fixes import call, on_remote
from checks.tables import docs
from diag.check import Yields, check
from diag.model import (
    Finding,
    KeyBodies,
    KeyLookup,
    OfRemote,
    Remote,
    Severity,
    shorten,
)


def _documents(bodies: KeyBodies) -> Yields:
    for body in bodies.all:
        limited = [one.limit for one in (*body.search, *body.replication) if one.limit is not None]
        if body.replication and limited:
            yield Finding(
                summary="The key limits documents or fields and allows replication too: newer releases refuse it with 400, older ones replicate "
                "whole indices all the same.",
                remedy="Make two keys under two aliases, one for searches with the limit, one for replication without.",
                facts={"observed": "both in one key", "expected": "two keys"},
                origin=limited[0],
            )


@check(
    "auth/key-dls-with-replication",
    severity=Severity.ERROR,
    applies=API_KEY_REMOTES,
    docs=(docs.DOCUMENT_LEVEL_SECURITY,),
    tags=("api-key", "privileges"),
    source="elasticsearch#108147, elasticsearch#108600, elasticsearch#108839",
    in_documents=_documents,
)
def key_dls_with_replication(remote: Remote, remote_side: OfRemote[KeyLookup]) -> Yields:
    """The API key limits documents or fields, and allows replication.

    Why it matters: replication copies whole indices, so that the limit does not hold; newer releases refuse such a key.

    How to fix: two keys under two aliases, one for searches with the limit, one for replication.

    Example: ``access.search`` with a ``query``, and ``access.replication`` of the same index.
    """
    record = remote_side.record
    if record is None:
        yield GONE
    elif record.replication and any(one.has_query or one.has_fields for one in record.search):
        parts = (replace(record, replication=()), replace(record, search=(), name=f"{record.name}-replication"))
        calls = [call("POST", "_security/cross_cluster/api_key", create_key(remote, one)) for one in parts]
        yield Finding(
            summary=f"The key {shorten(record.name, 80)} limits documents or fields in access.search and allows replication too.",
            remedy="Create two cross-cluster API keys, one for search and one for replication, and register the remote under two aliases.",
            fix=on_remote(*calls),
            facts={"observed": "both in one key", "expected": "two keys"},
        )
