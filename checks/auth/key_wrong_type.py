"""The check auth/key-wrong-type."""

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
    "auth/key-wrong-type",
    severity=Severity.CRITICAL,
    applies=API_KEY_REMOTES,
    docs=(docs.TROUBLESHOOT_KEY_TYPE, docs.API_CREATE_KEY),
    tags=("api-key",),
    source=SOURCE,
    explains=("auth/key-invalid", *REQUESTS_REFUSED),
    leaves_open=("auth/*",),
)
def key_wrong_type(
    cluster_evidence: ClusterEvidence,
    remote_evidence: RemoteEvidence,
    remote: Remote,
    tls: TlsAttempt,
    hello: TransportHello | Unavailable,
    key: KeyTrial | Unavailable,
) -> Yields:
    """The API key is an ordinary one, not a cross-cluster API key.

    Why it matters: the remote cluster server takes keys of the type cross_cluster only. Both types look the same.

    How to fix: create the key with ``POST /_security/cross_cluster/api_key`` on the remote cluster, and store that one.

    Example: a key from ``POST /_security/api_key``, or from Kibana's form with the type “User API key”.
    """
    lookup = remote_evidence.api[KeyLookup]
    how = Later(lambda: replace_key(cluster_evidence.cluster, remote, record_of(lookup)))
    if has_verdict(key, KeyVerdict.WRONG_TYPE):
        yield Finding(
            summary="The API key is of the type rest, expected cross_cluster; its id and secret are right.",
            remedy=how.sentence,
            fix=how.fix,
            facts={"observed": "rest", "expected": "cross_cluster"},
        )
    reported = recorded(lookup, key, cluster_evidence.now)
    if reported and reported.fault is Fault.WRONG_TYPE:
        yield by_record(reported, how)
    elif reported is None or reported.fault is Fault.NONE:
        yield from only_with(KeyVerdict.WRONG_TYPE, key, hello, tls)
    else:
        yield NotApplicable(f"the remote cluster reports that the key {reported.words}; another check is about that")
