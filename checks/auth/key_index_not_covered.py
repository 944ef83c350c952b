"""The check auth/key-index-not-covered."""

from __future__ import annotations

from collections.abc import Iterator

from checks.auth._body_names import useless
from checks.auth._key_access import AccessGap, access_gaps
from checks.auth._key_calls import CHANGE, update_key, widened
from checks.auth._key_record import GONE
from checks.shared.applies import API_KEY_REMOTES
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    AccessEntry,
    Finding,
    KeyBodies,
    KeyLookup,
    KeyRecord,
    OfRemote,
    Remote,
    Replication,
    Severity,
    Unavailable,
    as_fact,
    listed,
    shorten,
)


def _documents(bodies: KeyBodies) -> Yields:
    for body in bodies.all:
        yield from _useless("search", body.search)
        yield from _useless("replication", body.replication)


def _useless(part: str, entries: tuple[AccessEntry, ...]) -> Iterator[Finding]:
    for name in (name for one in entries for name in one.names):
        why, advice = useless(name.text)
        if why:
            yield Finding(
                summary=f'"{shorten(name.text, 80)}" in access.{part} matches no index: {why}. Elasticsearch takes it without a word.',
                remedy=advice,
                facts={
                    "pattern": shorten(name.text, 80),
                    "part": part,
                    "observed": why,
                    "expected": "the name of an index, or a pattern",
                },
                origin=name.origin,
            )


@check(
    "auth/key-index-not-covered",
    severity=Severity.ERROR,
    severities=(Severity.WARNING,),
    applies=API_KEY_REMOTES,
    docs=(docs.TROUBLESHOOT_PRIVILEGES, docs.API_UPDATE_KEY),
    tags=("api-key", "privileges"),
    source="documentation: troubleshoot remote clusters (insufficient privileges); create cross-cluster API key, access",
    in_documents=_documents,
)
def key_index_not_covered(
    remote_side: OfRemote[KeyLookup], remote: Remote, replication: Replication | Unavailable
) -> Yields:
    """The API key does not cover indices that are declared to be searched or replicated.

    Why it matters: those indices are empty or refused for everybody, superusers too: local roles can only narrow what the key allows.

    How to fix: widen the access of the key on the remote cluster. An update replaces the whole access.

    Example: ``use.search: [logs-*, metrics-*]``, and a key with ``names: [logs-*]``.
    """
    record, use = remote_side.record, remote.use
    if not (use.search or use.replicate):
        yield NotApplicable("neither use.search nor use.replicate is declared for this remote")
        return
    if record is None:
        yield GONE
        return
    if use.search and not record.search:
        yield NotApplicable("the key allows no search; auth/key-no-search-access is about that")
    if use.replicate and not record.replication:
        yield NotApplicable("the key allows no replication; auth/key-no-replication-access is about that")
    for gap in access_gaps(record, remote, replication):
        yield gap if isinstance(gap, Unknown) else _not_covered(record, gap)


def _not_covered(record: KeyRecord, gap: AccessGap) -> Finding:
    what = {"search": "searched", "replication": "replicated"}[gap.part]
    return Finding(
        summary=f"The key {shorten(record.name, 80)} covers {'only a part' if gap.partly else 'nothing'} of {shorten(gap.pattern, 80)}, which "
        f"is to be {what}; its access.{gap.part} has {listed(gap.names)}.",
        remedy=f"Add {shorten(gap.pattern, 80)} to access.{gap.part}. {CHANGE}",
        fix=update_key(record, widened(record, **{gap.part: (gap.pattern,)})),
        severity=Severity.WARNING if gap.partly else None,
        facts={
            "pattern": gap.pattern,
            "part": gap.part,
            "observed": as_fact(gap.names),
            "expected": gap.pattern,
            "covered": "partly" if gap.partly else "not at all",
        },
    )
