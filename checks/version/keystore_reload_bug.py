"""The check version/keystore-reload-bug."""

from __future__ import annotations

from checks.shared.applies import API_KEY_REMOTES
from checks.shared.release_range import extremes
from checks.tables import docs
from checks.version._keystore import is_stored, restart
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    KEYSTORE_RELOAD,
    KEYSTORE_RELOAD_FIXED,
    Finding,
    Keystore,
    LocalCluster,
    LocalVersion,
    Nodes,
    OfLocal,
    Remote,
    Severity,
    Unavailable,
)


@check(
    "version/keystore-reload-bug",
    severity=Severity.INFO,
    applies=API_KEY_REMOTES,
    docs=(docs.API_RELOAD_SECURE_SETTINGS, docs.RELOADABLE_SECURE_SETTINGS),
    tags=("api-key", "keystore"),
    source=KEYSTORE_RELOAD_FIXED.source,
)
def keystore_reload_bug(
    cluster: LocalCluster,
    remote: Remote,
    local_version: LocalVersion,
    keystore: Keystore | Unavailable,
    local_nodes: OfLocal[Nodes] | Unavailable,
) -> Yields:
    """After a reload of the keystore the local cluster may go on with the old key.

    Why it matters: from 8.13.0 to 8.15.1 ``POST _nodes/reload_secure_settings`` can answer that all is well while the key in use stays
    the old one. Only a change of the key meets this; one that was there when the nodes started is in use.

    How to fix: restart the nodes after a change of the key, or upgrade the local cluster to 8.15.2 or later.

    Example: an expired key, replaced and reloaded on 8.14.3, and still refused.
    """
    first, fixed = KEYSTORE_RELOAD.since, KEYSTORE_RELOAD_FIXED.since
    affected = [number for number in extremes(local_version, local_nodes) if first <= number < fixed]
    if not affected:
        return
    stored = is_stored(remote, keystore)
    if isinstance(stored, NotApplicable | Unknown):
        yield stored
        return
    yield Finding(
        summary=(
            f"The local cluster runs {affected[0]}, where a reload can keep the old key in use ({first} up to, not including, {fixed}): "
            "it matters if the key was changed since the nodes started."
        ),
        remedy=f"{restart(cluster, disputed=False, needed=False).sentence} Upgrading the local cluster to {fixed} or later fixes it.",
        facts={"observed": str(affected[0]), "expected": str(fixed)},
    )
