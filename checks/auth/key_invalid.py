"""The check auth/key-invalid."""

from __future__ import annotations

from typing import Final

from checks.auth._key_calls import record_of, replace_key
from checks.auth._key_state import Fault, by_record, recorded
from checks.shared.applies import API_KEY_REMOTES
from checks.shared.causes import REQUESTS_REFUSED
from checks.shared.fixes import Later, Remedy, call, on_remote, on_remote_nodes, yml
from checks.shared.key_trial import SOURCE, has_verdict, not_judged
from checks.shared.peer import opted_out
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
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

# What to do to have the key tried: where the protocol is switched off, and where there is no key; in diag.yaml, and for an address alone.
_SWITCH_ON: Final = ("leave out probe.transport in diag.yaml", "leave out --no-transport")
_GIVE_KEY: Final = ("set credential of this remote in diag.yaml", "give --credential-file")
# The verdicts that are about the key as such, and how the finding words them.
_INVALID: Final = {
    KeyVerdict.UNKNOWN_ID: (
        "The remote cluster has no API key with the id of the one that is configured: it was deleted, or it belongs to another "
        "cluster, for a key has to be made on the cluster that owns the data."
    ),
    KeyVerdict.WRONG_SECRET: "The remote cluster has an API key with this id, and its secret is another one.",
    KeyVerdict.INVALIDATED: "The API key was invalidated on the remote cluster.",
    KeyVerdict.MALFORMED: "The remote cluster can't read the API key: it is not base64 of an id, a colon and a secret of 22 characters.",
    KeyVerdict.REFUSED: "The remote cluster refused the API key and gave no exact reason; its log has it.",
    KeyVerdict.KEYS_DISABLED: "API keys are switched off on the remote cluster.",
    KeyVerdict.MIXED_VERSIONS: "Some node of the remote cluster is older than 8.10, so that it takes no API key for remotes yet.",
}


_OTHER_REMEDY: Final = {
    KeyVerdict.KEYS_DISABLED: Remedy(
        "Enable API keys on each node of the remote cluster, and restart it.",
        on_remote_nodes(yml=[yml("xpack.security.authc.api_key.enabled", "true")]),
    ),
    KeyVerdict.MIXED_VERSIONS: Remedy(
        "Finish the upgrade of the remote cluster.", on_remote(call("GET", "_cat/nodes?h=name,version"), when="to look")
    ),
}


@check(
    "auth/key-invalid",
    severity=Severity.CRITICAL,
    essential=True,
    applies=API_KEY_REMOTES,
    docs=(docs.TROUBLESHOOT_KEY_NOT_VALID, docs.API_CREATE_KEY),
    tags=("api-key",),
    source=SOURCE,
    explains=REQUESTS_REFUSED,
    leaves_open=("auth/*",),
)
def key_invalid(
    cluster_evidence: ClusterEvidence,
    remote_evidence: RemoteEvidence,
    remote: Remote,
    tls: TlsAttempt,
    hello: TransportHello | Unavailable,
    key: KeyTrial | Unavailable,
) -> Yields:
    """The remote cluster refuses the API key.

    Why it matters: without a valid key the remote cluster answers nothing, and the local one reports that it can't authenticate or
    can't open any connections. The exact reason is only in the log of the remote cluster, and here.

    How to fix: create a new cross-cluster API key on the remote cluster, and store its encoded form under the same alias.

    Example: the key was invalidated on the remote cluster, and is still in the keystore of the local one.
    """
    lookup = remote_evidence.api[KeyLookup]
    how = Later(lambda: replace_key(cluster_evidence.cluster, remote, record_of(lookup)))
    reported = recorded(lookup, key, cluster_evidence.now)
    if reported and reported.fault is Fault.INVALID:
        yield by_record(reported, how)
    elif reported and reported.fault is not Fault.NONE:
        yield NotApplicable(f"the remote cluster reports that the key {reported.words}; another check is about that")
    elif other := not_judged(key, hello, tls):
        if remote_evidence.connection_established and isinstance(key, Unavailable):
            yield NotApplicable(
                f"{other.because}; the local cluster is connected, which it is not without a key that was good then"
            )
        elif isinstance(other, NotApplicable):
            ways = _SWITCH_ON if opted_out(hello, tls) else _GIVE_KEY
            yield Unknown(f"{other.because}; {ways[0 if remote.registered else 1]} to have it tried")
        else:
            yield other
    elif isinstance(key, KeyTrial) and key.verdict in _INVALID:
        other_way = _OTHER_REMEDY.get(key.verdict, how)
        if key.verdict is KeyVerdict.WRONG_SECRET:
            other_way = Remedy(
                f"If the key is still at hand, store it again: its id is right. Else: {how.sentence}", how.fix
            )
        yield Finding(
            summary=_INVALID[key.verdict],
            remedy=other_way.sentence,
            fix=other_way.fix,
            facts={"observed": str(key.verdict), "expected": str(KeyVerdict.ACCEPTED)},
        )
    elif not has_verdict(key, KeyVerdict.ACCEPTED):
        yield NotApplicable(f"another check is about it: {key.detail}" if isinstance(key, KeyTrial) else str(key))
