"""The check auth/key-expired."""

from __future__ import annotations

from checks.auth._key_calls import record_of, replace_key
from checks.auth._key_state import Fault, by_record, recorded
from checks.shared.applies import API_KEY_REMOTES
from checks.shared.causes import REQUESTS_REFUSED
from checks.shared.fixes import Later
from checks.shared.key_trial import SOURCE, has_verdict, only_with
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import (
    ClusterEvidence,
    Finding,
    KeyLookup,
    KeyTrial,
    KeyVerdict,
    Remote,
    RemoteEvidence,
    Severity,
    TlsAttempt,
    TransportHello,
    Unavailable,
)


@check(
    "auth/key-expired",
    severity=Severity.CRITICAL,
    applies=API_KEY_REMOTES,
    docs=(docs.TROUBLESHOOT_KEY_NOT_VALID, docs.API_CREATE_KEY),
    tags=("api-key",),
    source=SOURCE,
    explains=("auth/key-expiring", "auth/key-invalid", *REQUESTS_REFUSED),
    leaves_open=("auth/*",),
)
def key_expired(
    cluster_evidence: ClusterEvidence,
    remote_evidence: RemoteEvidence,
    remote: Remote,
    tls: TlsAttempt,
    hello: TransportHello | Unavailable,
    key: KeyTrial | Unavailable,
) -> Yields:
    """The API key has expired.

    Why it matters: the remote cluster refuses an expired key from one second to the next, and it can't be prolonged.

    How to fix: create a new cross-cluster API key on the remote cluster, and store its encoded form under the same alias.

    Example: a key that was created with ``expiration: 90d`` three months ago.
    """
    lookup = remote_evidence.api[KeyLookup]
    how = Later(lambda: replace_key(cluster_evidence.cluster, remote, record_of(lookup)))
    if has_verdict(key, KeyVerdict.EXPIRED):
        yield Finding(
            summary="The API key has expired; its id and secret are right.",
            remedy=how.sentence,
            fix=how.fix,
            facts={"observed": "expired", "expected": "accepted"},
        )
    reported = recorded(lookup, key, cluster_evidence.now)
    if reported and reported.fault is Fault.EXPIRED:
        yield by_record(reported, how)
    elif reported is None or reported.fault is Fault.NONE:
        yield from only_with(KeyVerdict.EXPIRED, key, hello, tls)
    else:
        yield NotApplicable(f"the remote cluster reports that the key {reported.words}; another check is about that")
