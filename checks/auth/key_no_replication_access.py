"""The check auth/key-no-replication-access."""

from __future__ import annotations

from typing import Final

from checks.auth._key_calls import CHANGE, update_key, widened
from checks.auth._key_record import (
    CROSS_CLUSTER,
    GONE,
    NO_REMOTE_KEY,
    covered,
    lacks_replication,
    leaders_of,
    uncovered,
)
from checks.shared.applies import API_KEY_REMOTES
from checks.shared.index_patterns import FAILURES, stream
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check, missing
from diag.model import (
    Finding,
    Indices,
    KeyLookup,
    KeyRecord,
    OfRemote,
    Remote,
    Replication,
    Severity,
    Unavailable,
    as_fact,
    shorten,
)

_NOT_JUDGED: Final = "the key names its indices by a regular expression that is not judged here"


@check(
    "auth/key-no-replication-access",
    severity=Severity.ERROR,
    applies=API_KEY_REMOTES,
    docs=(docs.TROUBLESHOOT_PRIVILEGES, docs.API_UPDATE_KEY),
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
    remote_side: OfRemote[KeyLookup],
    remote: Remote,
    replication: Replication | Unavailable,
    indices: OfRemote[Indices] | Unavailable,
) -> Yields:
    """Indices of this remote are replicated, or are to be, and the API key does not allow it, or not for all that are followed.

    Why it matters: those followers stop with ``security_exception``, and new ones can't be made.

    How to fix: give the key ``access.replication`` with the names of the leader indices, or of the data streams that they belong to. An
    update replaces the whole access.

    Example: the key covers ``logs-*``, and a follower was made for ``metrics-cpu``.
    """
    if remote_side.record is None:
        yield GONE
    elif remote_side.record.type != CROSS_CLUSTER:
        yield NO_REMOTE_KEY
    elif lacks_replication(remote_side.record, remote, replication):
        wanted = leaders_of(replication, remote) or remote.use.replicate
        yield _not_covered(remote_side.record, "has no access.replication", (), wanted)
    elif isinstance(replication, Unavailable):
        yield _not_reported(replication)
    elif remote.alias not in replication.aliases:
        yield NotApplicable("nothing is replicated from this remote")
    else:
        yield from _leaders_left(remote_side.record, leaders_of(replication, remote), indices)


def _leaders_left(record: KeyRecord, leaders: tuple[str, ...], indices: Indices | Unavailable) -> Yields:
    left = uncovered(record.replication, leaders)
    streams = () if isinstance(indices, Unavailable) else indices.data_streams
    others = [one for one in leaders if one not in left and not covered(record.replication, one)]
    open_ = [one for one in others if stream(one) not in streams or one.startswith(FAILURES)]
    if left:
        shown = ", ".join(shorten(one, 80) for one in left[:5])
        yield _not_covered(record, f"does not cover the leaders {shown}", left, left)
    elif any(None in (covered(record.replication, one), covered(record.replication, stream(one))) for one in others):
        yield Unknown(_NOT_JUDGED)
    elif open_:
        yield Unknown(
            f"the key covers {shorten(open_[0], 80)} only as a part of the data stream {shorten(stream(open_[0]), 80)}, which is not known"
        )


def _not_reported(why: Unavailable) -> NotApplicable | Unknown:
    return missing(why)


def _not_covered(record: KeyRecord, what: str, left: tuple[str, ...], wanted: tuple[str, ...]) -> Finding:
    # A key that has the data stream covers the index behind it.
    names = tuple(dict.fromkeys(stream(one) or one for one in wanted)) or ("<leaders>",)
    return Finding(
        summary=f"Indices are replicated from this remote, or are to be, and the key {shorten(record.name, 80)} {what}.",
        remedy=CHANGE,
        fix=update_key(record, widened(record, replication=names)),
        facts={"observed": what, "expected": "access.replication for every leader", "leaders": as_fact(left)},
    )
