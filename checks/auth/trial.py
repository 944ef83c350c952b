"""What the remote cluster made of the API key: the key was sent once, as a local cluster does on a new connection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from checks.auth.recorded import Fault, by_record, recorded
from checks.causes import REQUESTS_REFUSED
from checks.peer import opted_out
from checks.remedies import store_key
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    ClusterEvidence,
    Finding,
    KeyTrial,
    KeyVerdict,
    LocalCluster,
    Reason,
    Remote,
    RemoteEvidence,
    SecurityModel,
    Severity,
    Step,
    TlsAttempt,
    TransportHello,
    Unavailable,
)

_BY_KEY: Final = Applies.settings(models=(SecurityModel.API_KEY,))
_CREATE: Final = (
    'POST /_security/cross_cluster/api_key {"name": "<name>", "access": {"search": [{"names": ["<indices>"]}]}}'
)
_NOT_TRIED: Final = "{}; set credential of this remote in diag.yaml to have it tried"
_SOURCE: Final = (
    "Elasticsearch ApiKeyService, CrossClusterAccessAuthenticationService; documentation: troubleshoot remote clusters"
)


def not_judged(
    key: KeyTrial | Unavailable, hello: TransportHello | Unavailable, tls: TlsAttempt
) -> NotApplicable | Unknown | None:
    """Say why the trial of the key shows nothing, where it was not made or came to nothing; None where it shows something."""
    if isinstance(key, KeyTrial):
        return Unknown(f"the key was tried: {key.detail}") if key.verdict is KeyVerdict.UNCLEAR else None
    if opted_out(hello, tls):
        return NotApplicable("the key was not tried: probe.transport is false")
    if key.step is Step.CONFIGURATION and key.reason is Reason.NOT_TOLD:
        return NotApplicable("the key was not tried: no credential is configured for this remote")
    return Unknown(str(key))


def _only(
    verdict: KeyVerdict, key: KeyTrial | Unavailable, hello: TransportHello | Unavailable, tls: TlsAttempt
) -> Iterator[NotApplicable | Unknown]:
    """Say what is to be said where the key was not refused for this reason; nothing where it was, or was accepted."""
    if other := not_judged(key, hello, tls):
        yield other
    elif isinstance(key, KeyTrial) and key.verdict not in {verdict, KeyVerdict.ACCEPTED}:
        yield NotApplicable(f"the key was refused for another reason: {key.detail}")


def _is(key: KeyTrial | Unavailable, verdict: KeyVerdict) -> bool:
    return isinstance(key, KeyTrial) and key.verdict is verdict


def _replaced(cluster: LocalCluster, remote: Remote) -> str:
    """Say how a key is made and stored in place of the old one."""
    return f"On the remote cluster: {_CREATE}. {store_key(cluster, remote.alias)}"


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
    KeyVerdict.KEYS_DISABLED: "On each node of the remote cluster: xpack.security.authc.api_key.enabled: true in elasticsearch.yml, then restart.",
    KeyVerdict.MIXED_VERSIONS: "Finish the upgrade of the remote cluster: GET _cat/nodes?h=name,version names the older nodes.",
}


@check(
    "auth/key-invalid",
    severity=Severity.CRITICAL,
    essential=True,
    applies=_BY_KEY,
    docs=(docs.TRB_BADKEY, docs.A_KEY),
    tags=("api-key",),
    source=_SOURCE,
    explains=REQUESTS_REFUSED,
    leaves_open=("auth/*",),
)
def key_invalid(
    whole: ClusterEvidence,
    about: RemoteEvidence,
    remote: Remote,
    tls: TlsAttempt,
    hello: TransportHello | Unavailable,
    key: KeyTrial | Unavailable,
) -> Yields:
    """The remote cluster refuses the API key.

    Why it matters: without a valid key the remote cluster answers nothing, and the local one reports that it can't authenticate or
    can't open any connections. The exact reason stands only in the log of the remote cluster, and here.

    How to fix: create a new cross-cluster API key on the remote cluster, and store its encoded form under the same alias.

    Example: the key was invalidated on the remote cluster, and is still in the keystore of the local one.
    """
    told = recorded(about.api.key, key, whole.taken_at)
    if told and told.fault is Fault.INVALID:
        yield by_record(told, _replaced(whole.cluster, remote))
    elif told and told.fault is not Fault.NONE:
        yield NotApplicable(f"by its record the key {told.words}; another check is about that")
    elif other := not_judged(key, hello, tls):
        # Without a key that was good then, no connection stands.
        yield (
            other
            if about.connection_stands or not isinstance(other, NotApplicable)
            else Unknown(_NOT_TRIED.format(other.because))
        )
    elif isinstance(key, KeyTrial) and key.verdict in _INVALID:
        yield Finding(
            summary=_INVALID[key.verdict],
            remedy=_OTHER_REMEDY.get(key.verdict) or _replaced(whole.cluster, remote),
            facts={"observed": str(key.verdict), "expected": str(KeyVerdict.ACCEPTED)},
        )
    elif not _is(key, KeyVerdict.ACCEPTED):
        yield NotApplicable(f"another check is about it: {key.detail}" if isinstance(key, KeyTrial) else str(key))


@check(
    "auth/key-expired",
    severity=Severity.CRITICAL,
    applies=_BY_KEY,
    docs=(docs.TRB_BADKEY, docs.A_KEY),
    tags=("api-key",),
    source=_SOURCE,
    explains=("auth/key-expiring", "auth/key-invalid", *REQUESTS_REFUSED),
    leaves_open=("auth/*",),
)
def key_expired(
    whole: ClusterEvidence,
    about: RemoteEvidence,
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
    if _is(key, KeyVerdict.EXPIRED):
        yield Finding(
            summary="The API key has expired; its id and secret are right.",
            remedy=_replaced(whole.cluster, remote),
            facts={"observed": "expired", "expected": "accepted"},
        )
    told = recorded(about.api.key, key, whole.taken_at)
    if told and told.fault is Fault.EXPIRED:
        yield by_record(told, _replaced(whole.cluster, remote))
    elif told is None or told.fault is Fault.NONE:
        yield from _only(KeyVerdict.EXPIRED, key, hello, tls)
    else:
        yield NotApplicable(f"by its record the key {told.words}; another check is about that")


@check(
    "auth/key-wrong-type",
    severity=Severity.CRITICAL,
    applies=_BY_KEY,
    docs=(docs.TRB_WRONGTYPE, docs.A_KEY),
    tags=("api-key",),
    source=_SOURCE,
    explains=("auth/key-invalid", *REQUESTS_REFUSED),
    leaves_open=("auth/*",),
)
def key_wrong_type(
    whole: ClusterEvidence,
    about: RemoteEvidence,
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
    if _is(key, KeyVerdict.WRONG_TYPE):
        yield Finding(
            summary="The API key is of the type rest, expected cross_cluster; its id and secret are right.",
            remedy=_replaced(whole.cluster, remote),
            facts={"observed": "rest", "expected": "cross_cluster"},
        )
    told = recorded(about.api.key, key, whole.taken_at)
    if told and told.fault is Fault.WRONG_TYPE:
        yield by_record(told, _replaced(whole.cluster, remote))
    elif told is None or told.fault is Fault.NONE:
        yield from _only(KeyVerdict.WRONG_TYPE, key, hello, tls)
    else:
        yield NotApplicable(f"by its record the key {told.words}; another check is about that")


@check(
    "auth/not-cross-cluster-channel",
    severity=Severity.CRITICAL,
    applies=_BY_KEY,
    docs=(docs.TRB_PORT,),
    tags=("api-key", "ports"),
    source="Elasticsearch RemoteClusterService: the handshake with a key needs the channel profile _remote_cluster",
    explains=REQUESTS_REFUSED,
    leaves_open=("auth/*",),
)
def not_cross_cluster_channel(
    tls: TlsAttempt, hello: TransportHello | Unavailable, key: KeyTrial | Unavailable
) -> Yields:
    """The interface that the key was sent to is not the remote cluster server.

    Why it matters: only the remote cluster server looks at cross-cluster API keys; the transport interface refuses them all.

    How to fix: correct the port, and switch the remote cluster server on where it is off.

    Example: an API key sent to port 9300.
    """
    if _is(key, KeyVerdict.NOT_REMOTE_CLUSTER_SERVER):
        yield Finding(
            summary="The node that answered did not look at the API key: this is not its remote cluster server.",
            remedy="On the remote cluster: remote_cluster_server.enabled: true in elasticsearch.yml of each node, and use the port in "
            "remote_cluster.port (9443).",
            facts={"observed": "another interface", "expected": "the remote cluster server"},
        )
    yield from _only(KeyVerdict.NOT_REMOTE_CLUSTER_SERVER, key, hello, tls)


@check(
    "auth/signature-missing",
    severity=Severity.WARNING,
    applies=_BY_KEY,
    docs=(docs.EC_STRONG,),
    tags=("api-key", "strong-identity"),
    source="elasticsearch#134137, elasticsearch#134604; documentation: strong identity verification",
    explains=REQUESTS_REFUSED,
)
def signature_missing(
    remote: Remote, tls: TlsAttempt, hello: TransportHello | Unavailable, key: KeyTrial | Unavailable
) -> Yields:
    """The API key is bound to a certificate identity, so that requests have to be signed.

    Why it matters: the remote cluster takes such a key only from a local cluster that signs with the right certificate. The key is
    tried here without a signature, because the signing key stays on the nodes: whether they sign can't be seen from here.

    How to fix: set ``cluster.remote.<alias>.signing.certificate`` and ``.key`` on each node of the local cluster (9.3 or newer).

    Example: a key that was created with ``certificate_identity: "CN=search-eu"``.
    """
    if _is(key, KeyVerdict.IDENTITY_REQUIRED):
        yield Finding(
            summary="The API key is bound to a certificate identity, and is refused without a signature; its id and secret are right.",
            remedy=f"Make sure that {remote.setting('signing.certificate')} and {remote.setting('signing.key')} are set on each node of the "
            "local cluster; if they are, acknowledge this finding.",
            facts={"observed": "no signature", "expected": "a signed request"},
        )
    yield from _only(KeyVerdict.IDENTITY_REQUIRED, key, hello, tls)


CHECKS = (key_invalid, key_expired, key_wrong_type, not_cross_cluster_channel, signature_missing)
