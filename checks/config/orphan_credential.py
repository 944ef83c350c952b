"""The check config/orphan-credential."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from checks.shared.fixes import on_local_nodes
from checks.shared.keystore_entries import orphans
from checks.tables import docs
from diag.check import Applies, Unknown, Yields, check
from diag.model import (
    ClusterEvidence,
    Finding,
    Keystore,
    LocalCluster,
    Severity,
    keystore_tool,
    listed,
    shorten,
)

_MAX_REMOVED: Final = 5


@check(
    "config/orphan-credential",
    severity=Severity.INFO,
    applies=Applies.settings(),
    docs=(docs.KEYSTORE, docs.HOSTED_EDIT_CONNECTION),
    tags=("keystore",),
    source="Elasticsearch RemoteClusterService: credentials of an unknown alias are ignored",
)
def orphan_credential(cluster: LocalCluster, keystore: Keystore, cluster_evidence: ClusterEvidence) -> Yields:
    """The keystore has a key for an alias that is no remote.

    Why it matters: nobody uses the key. Either the remote has still to be registered, or it was removed and its key was left
    behind, which is one more secret to lose.

    How to fix: register the remote, or remove the entry.

    Example: ``cluster.remote.archive.credentials``, and no remote ``archive``.
    """
    if unread := [remote for remote in cluster_evidence.remotes if remote.unreadable]:
        yield Unknown(str(unread[0].unreadable), piece=unread[0].unreadable)
    elif not cluster.remotes and keystore.aliases:
        yield Unknown("no remote of this cluster is known, so nothing can be compared with the keystore")
    elif unused := orphans(cluster, keystore):
        yield _unused(unused)


def _unused(aliases: Sequence[str]) -> Finding:
    """One finding for all of them: a keystore that serves many clusters is no long list of faults."""
    entries = tuple(shorten(f"cluster.remote.{alias}.credentials") for alias in aliases[:20])
    one = len(aliases) == 1
    what = entries[0] if one else f"keys for {len(aliases)} aliases without a remote ({listed(aliases)})"
    return Finding(
        summary=f"The keystore has {what}"
        + (", but no remote has that alias." if one else "; expected none without a remote."),
        remedy=f"Register the remote{'' if one else 's'}, or remove the entr{'y' if one else 'ies'}.",
        fix=on_local_nodes(
            *(keystore_tool("remove", f"cluster.remote.{alias}.credentials") for alias in aliases[:_MAX_REMOVED]),
            when=f"to remove {'it' if one else 'them' if len(aliases) <= _MAX_REMOVED else 'the first of them'}",
        ),
        facts={"observed": entries[0] if one else entries, "count": len(aliases)},
    )
