"""When a key that was put into the keystore comes into use."""

from __future__ import annotations

from checks.tables import docs
from checks.tables.versions import (
    API_KEY_EXISTS,
    KEYSTORE_RELOAD,
    KEYSTORE_RELOAD_AGREED,
    KEYSTORE_RELOAD_MENDED,
)
from checks.version.released import extremes
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    Keystore,
    Kind,
    LocalCluster,
    LocalNodes,
    LocalVersion,
    Remote,
    RemoteKey,
    SecurityModel,
    Severity,
    Unavailable,
    as_fact,
    listed,
    shorten,
)


@check(
    "version/keystore-restart-needed",
    severity=Severity.WARNING,
    applies=Applies.settings(models=(SecurityModel.API_KEY,)),
    docs=(docs.EC_SELF, docs.SECSET_REL),
    tags=("api-key", "keystore"),
    source=f"{KEYSTORE_RELOAD.source}; {KEYSTORE_RELOAD_AGREED.source}",
)
def keystore_restart_needed(
    cluster: LocalCluster,
    remote: Remote,
    local: LocalVersion,
    keystore: Keystore | Unavailable,
    nodes: LocalNodes | Unavailable,
    key: RemoteKey | Unavailable,
) -> Yields:
    """A key in the keystore comes into use at the next restart only.

    Why it matters: before 8.13 a node reads the keys of remote clusters when it starts, and at no other time. A key that was added
    or replaced since is not used, and nothing says so. Newer documentation puts the change at 8.14.

    When the keystore was changed is not to be seen from outside. So this is a warning where the key lies in the keystore and the
    node does not use it, or where nodes started before the key was made, by the record of the remote cluster; and else an info, to be
    read after each change of the key.

    How to fix: restart the nodes of the local cluster after the key was changed, one after the other; or upgrade to 8.14 or later.

    Example: a key added on a local cluster that runs 8.12.2, and ``cluster_credentials`` missing in ``GET _remote/info``.
    """
    if local.number >= KEYSTORE_RELOAD_AGREED.since:
        return
    if local.number < API_KEY_EXISTS.since:
        yield NotApplicable(f"local release {local.number} does not have the API key model")
        return
    stored = _stored(remote, keystore)
    if isinstance(stored, NotApplicable | Unknown):
        yield stored
        return
    unused = remote.keystore_credential is False
    disputed = local.number >= KEYSTORE_RELOAD.since
    older = () if disputed else _started_before(nodes, key)
    when = "at a restart; its documentation disagrees on a reload" if disputed else "at a restart only"
    entry = shorten(remote.setting("credentials"))
    yield Finding(
        summary=(
            f"{entry} is in the keystore and not in use: the local cluster runs {local.number}, which reads it {when}."
            if unused
            else f"Nodes that started before the key for {entry} was made, and that read keys {when}, so that they do not have it: {listed(older)}."
            if older
            else f"The local cluster runs {local.number}, which reads {entry} {when}: a key changed since the last restart is not in use yet."
        ),
        remedy=_restart(cluster, disputed=disputed, needed=unused or bool(older)),
        severity=Severity.WARNING if unused or older else Severity.INFO,
        facts={
            "observed": str(local.number),
            "expected": str(KEYSTORE_RELOAD_AGREED.since),
            "keystore_entry": entry,
            "known_unused": unused or bool(older),
            "started_before_the_key": as_fact(older),
        },
    )


@check(
    "version/keystore-reload-bug",
    severity=Severity.INFO,
    applies=Applies.settings(models=(SecurityModel.API_KEY,)),
    docs=(docs.A_RELOAD, docs.SECSET_REL),
    tags=("api-key", "keystore"),
    source=KEYSTORE_RELOAD_MENDED.source,
)
def keystore_reload_bug(
    cluster: LocalCluster,
    remote: Remote,
    local: LocalVersion,
    keystore: Keystore | Unavailable,
    nodes: LocalNodes | Unavailable,
) -> Yields:
    """After a reload of the keystore the local cluster may go on with the old key.

    Why it matters: from 8.13.0 to 8.15.1 ``POST _nodes/reload_secure_settings`` can answer that all is well while the key in use stays
    the old one. Only a change of the key meets this; one that was there when the nodes started is in use.

    How to fix: restart the nodes after a change of the key, or upgrade the local cluster to 8.15.2 or later.

    Example: an expired key, replaced and reloaded on 8.14.3, and still refused.
    """
    first, mended = KEYSTORE_RELOAD.since, KEYSTORE_RELOAD_MENDED.since
    affected = [number for number in extremes(local, nodes) if first <= number < mended]
    if not affected:
        return
    stored = _stored(remote, keystore)
    if isinstance(stored, NotApplicable | Unknown):
        yield stored
        return
    yield Finding(
        summary=(
            f"The local cluster runs {affected[0]}, where a reload can keep the old key in use ({first} up to, not including, {mended}): "
            "it matters if the key was changed since the nodes started."
        ),
        remedy=f"{_restart(cluster, disputed=False, needed=False)} Upgrading the local cluster to {mended} or later mends it.",
        facts={"observed": str(affected[0]), "expected": str(mended)},
    )


def _stored(remote: Remote, keystore: Keystore | Unavailable) -> bool | NotApplicable | Unknown:
    """Tell whether there is a key for the remote: the list of the keystore and what the cluster itself shows both count."""
    if remote.keystore_credential or (isinstance(keystore, Keystore) and remote.alias in keystore.aliases):
        return True
    if isinstance(keystore, Unavailable) and remote.keystore_credential is None:
        return Unknown(str(keystore))
    return NotApplicable("there is no key for this remote in the keystore")


def _started_before(nodes: LocalNodes | Unavailable, key: RemoteKey | Unavailable) -> tuple[str, ...]:
    """Name the nodes that connect to remotes and can't have read the key when they started: it did not exist yet."""
    if (
        isinstance(nodes, Unavailable)
        or isinstance(key, Unavailable)
        or key.record is None
        or key.record.created is None
    ):
        return ()
    made = key.record.created
    return tuple(one.name for one in nodes.clients if one.started_at is not None and one.started_at < made)


def _restart(cluster: LocalCluster, *, disputed: bool, needed: bool) -> str:
    when = "" if needed else "After a change of the key: "
    hosted = cluster.kind in {Kind.HOSTED, Kind.ECE}
    how = (
        "restart Elasticsearch in the Actions menu of the local deployment"
        if hosted
        else "restart the nodes of the local cluster, one after the other"
    )
    if disputed:
        how = f"POST _nodes/reload_secure_settings, and if GET _remote/info shows no cluster_credentials then, {how}"
    sentence = f"{when}{how}."
    return sentence[0].upper() + sentence[1:]


CHECKS = (keystore_restart_needed, keystore_reload_bug)
