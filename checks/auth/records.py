"""The API key as the clusters know it: on which of them it is, whether it can be used, and whether it allows search and replication."""

from __future__ import annotations

import re
from typing import Final

from checks.causes import REQUESTS_REFUSED
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    KeyAccess,
    KeyRecord,
    LocalKey,
    Reason,
    Remote,
    RemoteIndices,
    RemoteKey,
    Replication,
    SecurityModel,
    Severity,
    Unavailable,
    as_fact,
    shorten,
)
from diag.model.patterns import matches

_BY_KEY: Final = Applies.settings(models=(SecurityModel.API_KEY,))
GONE: Final = NotApplicable("the remote cluster does not know the key; auth/key-invalid is about that")
NO_REMOTE_KEY: Final = NotApplicable("the key is no cross-cluster API key; auth/key-wrong-type is about that")
CROSS_CLUSTER: Final = "cross_cluster"
# An index behind a data stream, by the names that Elasticsearch gives them; privileges on the data stream count for it too.
_BEHIND: Final = re.compile(r"\.(?:ds|fs)-(?P<stream>.+?)(?:-\d{4}\.\d{2}\.\d{2})?-\d{6,}")
_FAILURES: Final = ".fs-"  # Those of what could not be indexed, which have privileges of their own.
EXPRESSION: Final = "the key names its indices by a regular expression, which is not judged here"
CHANGE: Final = (
    "PUT _security/cross_cluster/api_key/<id> on the remote cluster, with the whole access: it replaces the one before"
)


@check(
    "auth/key-on-wrong-cluster",
    severity=Severity.CRITICAL,
    applies=_BY_KEY,
    docs=(docs.TRB_BADKEY, docs.A_KEY),
    tags=("api-key",),
    source="documentation: add remote clusters, API keys are made on the remote cluster",
    explains=("auth/key-invalid", *REQUESTS_REFUSED),
    leaves_open=("auth/*",),
)
def key_on_wrong_cluster(ours: LocalKey, theirs: RemoteKey | Unavailable) -> Yields:
    """The API key was made on the local cluster; it has to be made on the remote one.

    Why it matters: the remote cluster, which owns the data, looks the key up among its own and does not find it.

    How to fix: create a cross-cluster API key on the remote cluster, and put that into the local keystore.

    Example: the key was created in the Kibana of the searching cluster.
    """
    if ours.record is None:
        return
    if isinstance(theirs, RemoteKey) and theirs.record is not None:
        return
    yield Finding(
        summary=f"The local cluster itself knows this key ({shorten(ours.record.name, 80)}); expected one that was made on the remote cluster.",
        remedy="POST _security/cross_cluster/api_key on the remote cluster, and put its encoded form into the local keystore.",
        facts={"observed": "made on the local cluster", "expected": "made on the remote cluster"},
    )


@check(
    "auth/key-no-search-access",
    severity=Severity.ERROR,
    applies=_BY_KEY,
    docs=(docs.TRB_INSUFF, docs.A_KEYUP),
    tags=("api-key", "privileges"),
    source="documentation: create cross-cluster API key, access.search",
    explains=(
        "auth/key-index-not-covered",
        "runtime/connected-not-proof",
        "runtime/skipped-clusters",
        "runtime/no-matching-indices",
    ),
)
def key_no_search_access(theirs: RemoteKey, remote: Remote, replication: Replication | Unavailable) -> Yields:
    """The API key allows no search.

    Why it matters: each search of this remote is refused, for whichever user: roles can only narrow what the key allows. Of a key that
    serves for replication, where nothing is declared to be searched, this is an info.

    How to fix: give the key ``access.search`` with the indices. An update replaces the whole access.

    Example: a key that was made for replication is used for searches.
    """
    record = theirs.record
    if record is None:
        yield GONE
    elif record.type != CROSS_CLUSTER:
        yield NO_REMOTE_KEY
    elif not record.search:
        only = " It serves for replication only." if serves_replication_only(record, remote, replication) else ""
        yield Finding(
            summary=f"The key {shorten(record.name, 80)} has no access.search; expected the indices that are searched.{only}",
            remedy=CHANGE,
            severity=Severity.INFO if only else None,
            facts={"observed": "no access.search", "expected": "access.search"},
        )


@check(
    "auth/key-no-replication-access",
    severity=Severity.ERROR,
    applies=_BY_KEY,
    docs=(docs.TRB_INSUFF, docs.A_KEYUP),
    tags=("api-key", "privileges", "replication"),
    source="documentation: create cross-cluster API key, access.replication",
    explains=(
        "auth/key-index-not-covered",
        "ccr/fatal-exception",
        "ccr/read-exceptions",
        "ccr/follower-lag",
        "ccr/autofollow-errors",
    ),
)
def key_no_replication_access(
    theirs: RemoteKey,
    remote: Remote,
    replication: Replication | Unavailable,
    indices: RemoteIndices | Unavailable,
) -> Yields:
    """Indices of this remote are replicated, or are to be, and the API key does not allow it, or not for all that are followed.

    Why it matters: those followers stop with ``security_exception``, and new ones can't be made.

    How to fix: give the key ``access.replication`` with the names of the leader indices, or of the data streams that they belong to. An
    update replaces the whole access.

    Example: the key covers ``logs-*``, and a follower was made for ``metrics-cpu``.
    """
    if theirs.record is None:
        yield GONE
    elif theirs.record.type != CROSS_CLUSTER:
        yield NO_REMOTE_KEY
    elif lacks_replication(theirs.record, remote, replication):
        yield _not_covered(theirs.record, "has no access.replication", ())
    elif isinstance(replication, Unavailable):
        yield _not_told(replication)
    elif remote.alias not in replication.aliases:
        yield NotApplicable("nothing is replicated from this remote")
    else:
        yield from _leaders_left(theirs.record, leaders_of(replication, remote), indices)


def _leaders_left(record: KeyRecord, leaders: tuple[str, ...], indices: RemoteIndices | Unavailable) -> Yields:
    left = uncovered(record.replication, leaders)
    streams = () if isinstance(indices, Unavailable) else indices.data_streams
    open_ = [
        one
        for one in leaders
        if one not in left
        and not _covered(record.replication, one)
        and (_stream(one) not in streams or one.startswith(_FAILURES))
    ]
    if left and has_expression(record.replication):
        yield Unknown(EXPRESSION)
    elif left:
        shown = ", ".join(shorten(one, 80) for one in left[:5])
        yield _not_covered(record, f"does not cover the leaders {shown}", left)
    elif open_:
        yield Unknown(
            f"the key covers {shorten(open_[0], 80)} only as a part of the data stream {shorten(_stream(open_[0]), 80)}, which is not told"
        )


def _not_told(why: Unavailable) -> NotApplicable | Unknown:
    return NotApplicable(str(why)) if why.reason is Reason.NOT_ASKED else Unknown(str(why))


def serves_replication_only(record: KeyRecord, remote: Remote, replication: Replication | Unavailable) -> bool:
    """Tell whether a key without access for searches is meant so: it serves for replication, and no search is declared."""
    replicates = isinstance(replication, Unavailable) or remote.alias in replication.aliases
    searched = remote.use.search or remote.use.esql or remote.use.enrich
    return bool(record.replication) and replicates and not searched


def lacks_replication(record: KeyRecord, remote: Remote, replication: Replication | Unavailable) -> bool:
    """Tell whether replication is declared or goes on, and the key allows none at all."""
    goes_on = not isinstance(replication, Unavailable) and remote.alias in replication.aliases
    return not record.replication and (bool(remote.use.replicate) or goes_on)


def leaders_of(replication: Replication | Unavailable, remote: Remote) -> tuple[str, ...]:
    """The indices of this remote that are followed, as far as that is known."""
    if isinstance(replication, Unavailable):
        return ()
    return tuple(one.leader for one in replication.followers if one.remote == remote.alias)


def has_expression(access: tuple[KeyAccess, ...]) -> bool:
    """Tell whether a key names indices by a regular expression."""
    return any(name.startswith("/") for one in access for name in one.names)


def plain_names(access: tuple[KeyAccess, ...]) -> tuple[str, ...]:
    """The names and patterns of a key that are no regular expressions."""
    return tuple(name for one in access for name in one.names if not name.startswith("/"))


def uncovered(access: tuple[KeyAccess, ...], indices: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the indices that no plain name of a key covers, nor that of the data stream to which an index belongs by its name."""
    return tuple(index for index in indices if not (_covered(access, index) or _covered(access, _stream(index))))


def _covered(access: tuple[KeyAccess, ...], index: str) -> bool:
    return bool(index) and any(matches(name, index) for name in plain_names(access))


def _stream(index: str) -> str:
    found = _BEHIND.fullmatch(index)
    return found["stream"] if found is not None else ""


def _not_covered(record: KeyRecord, what: str, left: tuple[str, ...]) -> Finding:
    return Finding(
        summary=f"Indices are replicated from this remote, or are to be, and the key {shorten(record.name, 80)} {what}.",
        remedy=CHANGE,
        facts={"observed": what, "expected": "access.replication for every leader", "leaders": as_fact(left)},
    )


@check(
    "auth/key-dls-with-replication",
    severity=Severity.ERROR,
    applies=_BY_KEY,
    docs=(docs.DLSFLS,),
    tags=("api-key", "privileges"),
    source="elasticsearch#108147, elasticsearch#108600, elasticsearch#108839",
)
def key_dls_with_replication(theirs: RemoteKey) -> Yields:
    """The API key limits documents or fields, and allows replication.

    Why it matters: replication copies whole indices, so that the limit does not hold; newer releases refuse such a key.

    How to fix: two keys under two aliases, one for searches with the limit, one for replication.

    Example: ``access.search`` with a ``query``, and ``access.replication`` of the same index.
    """
    record = theirs.record
    if record is None:
        yield GONE
    elif record.replication and any(one.has_query or one.has_fields for one in record.search):
        yield Finding(
            summary=f"The key {shorten(record.name, 80)} limits documents or fields in access.search and allows replication too.",
            remedy="Make two cross-cluster API keys, one for search and one for replication, and register the remote under two aliases.",
            facts={"observed": "both in one key", "expected": "two keys"},
        )


CHECKS = (
    key_on_wrong_cluster,
    key_no_search_access,
    key_no_replication_access,
    key_dls_with_replication,
)
