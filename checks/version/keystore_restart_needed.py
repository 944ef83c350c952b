"""The check version/keystore-restart-needed."""

from __future__ import annotations

from checks.shared.applies import API_KEY_REMOTES
from checks.tables import docs
from checks.version._keystore import is_stored, restart
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    API_KEY_EXISTS,
    KEYSTORE_RELOAD,
    KEYSTORE_RELOAD_AGREED,
    Finding,
    KeyLookup,
    Keystore,
    LocalCluster,
    LocalVersion,
    Nodes,
    OfLocal,
    OfRemote,
    Remote,
    Severity,
    Unavailable,
    as_fact,
    listed,
    shorten,
)


@check(
    "version/keystore-restart-needed",
    severity=Severity.WARNING,
    severities=(Severity.INFO,),
    applies=API_KEY_REMOTES,
    docs=(docs.HOSTED_TO_SELF_MANAGED, docs.RELOADABLE_SECURE_SETTINGS),
    tags=("api-key", "keystore"),
    source=f"{KEYSTORE_RELOAD.source}; {KEYSTORE_RELOAD_AGREED.source}",
)
def keystore_restart_needed(
    cluster: LocalCluster,
    remote: Remote,
    local_version: LocalVersion,
    keystore: Keystore | Unavailable,
    local_nodes: OfLocal[Nodes] | Unavailable,
    key: OfRemote[KeyLookup] | Unavailable,
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
    if local_version.number >= KEYSTORE_RELOAD_AGREED.since:
        return
    if local_version.number < API_KEY_EXISTS.since:
        yield NotApplicable(f"local release {local_version.number} does not have the API key model")
        return
    stored = is_stored(remote, keystore)
    if isinstance(stored, NotApplicable | Unknown):
        yield stored
        return
    unused = remote.keystore_credential is False
    disputed = local_version.number >= KEYSTORE_RELOAD.since
    older = () if disputed else _started_before(local_nodes, key)
    when = "at a restart; its documentation disagrees on a reload" if disputed else "at a restart only"
    entry = shorten(remote.setting("credentials"))
    how = restart(cluster, disputed=disputed, needed=unused or bool(older))
    yield Finding(
        summary=(
            f"{entry} is in the keystore and not in use: the local cluster runs {local_version.number}, which reads it {when}."
            if unused
            else f"Nodes that started before the key for {entry} was made, and that read keys {when}, so that they do not have it: {listed(older)}."
            if older
            else f"The local cluster runs {local_version.number}, which reads {entry} {when}: a key changed since the last restart is not in use yet."
        ),
        remedy=how.sentence,
        fix=how.fix,
        severity=Severity.WARNING if unused or older else Severity.INFO,
        facts={
            "observed": str(local_version.number),
            "expected": str(KEYSTORE_RELOAD_AGREED.since),
            "keystore_entry": entry,
            "known_unused": unused or bool(older),
            "started_before_the_key": as_fact(older),
        },
    )


def _started_before(local_nodes: Nodes | Unavailable, key: KeyLookup | Unavailable) -> tuple[str, ...]:
    """Name the nodes that connect to remotes and can't have read the key when they started: it did not exist yet."""
    if (
        isinstance(local_nodes, Unavailable)
        or isinstance(key, Unavailable)
        or key.record is None
        or key.record.created is None
    ):
        return ()
    made = key.record.created
    return tuple(one.name for one in local_nodes.clients if one.started_at is not None and one.started_at < made)
