"""The check auth/key-missing."""

from __future__ import annotations

from checks.auth._key_calls import create_key
from checks.shared.applies import API_KEY_REMOTES
from checks.shared.causes import REQUESTS_REFUSED
from checks.shared.eck import called, has_files
from checks.shared.fixes import call, on_remote, store_key
from checks.shared.keystore_entries import misspelled_entry
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    EckClusters,
    Finding,
    Keystore,
    LocalCluster,
    Remote,
    RemoteInfo,
    Severity,
    Unavailable,
    shorten,
)


@check(
    "auth/key-missing",
    severity=Severity.CRITICAL,
    applies=API_KEY_REMOTES,
    docs=(docs.TROUBLESHOOT_NO_KEY, docs.API_KEY_TRUST),
    tags=("keystore",),
    source="documentation: troubleshoot remote clusters (no API key); Elasticsearch RemoteClusterService",
    explains=("config/model-ambiguous", "auth/key-missing-on-some-nodes", *REQUESTS_REFUSED),
)
def key_missing(
    cluster: LocalCluster,
    remote: Remote,
    keystore: Keystore | Unavailable,
    info: RemoteInfo | Unavailable,
    clusters: EckClusters | Unavailable,
) -> Yields:
    """The local cluster has no API key for the remote.

    Why it matters: without ``cluster.remote.<alias>.credentials`` in its keystore the local cluster uses certificates, silently, and
    the remote cluster server answers that it requires the header ``_cross_cluster_access_credentials``.

    How to fix: create a cross-cluster API key on the remote cluster, store its encoded form in the keystore of each node of the
    local cluster, and reload the secure settings.

    Example: a remote ``logs`` with ``security_model: api_key``, and a keystore that has only ``bootstrap.password``.
    """
    if isinstance(info, RemoteInfo) and info.has_credential:
        return  # A list of the keystore does not show secure settings that are delivered as files (ECK 3.5): what is in use decides.
    if isinstance(keystore, Keystore) and misspelled_entry(cluster, remote, keystore):
        yield NotApplicable("config/alias-keystore-mismatch is about it")
        return
    if isinstance(keystore, Unavailable) and remote.keystore_credential is None:
        yield Unknown(str(keystore), piece=keystore)
        return
    stored = remote.keystore_credential if isinstance(keystore, Unavailable) else keystore.has_key(remote.alias)
    if not stored and isinstance(info, Unavailable) and isinstance(clusters, EckClusters):
        by_files = next((one for one in clusters.all if one.is_local and has_files(one) is not False), None)
        if by_files is not None:
            yield Unknown(
                f"secure settings of {shorten(called(by_files), 120)} are files (its annotation), which no list of the keystore shows",
                piece=info,
            )
            return
    if not stored:
        how = store_key(cluster, remote.alias)
        create = call("POST", "_security/cross_cluster/api_key", create_key(remote))
        entry = shorten(remote.setting("credentials"))
        yield Finding(
            summary=f"The security model is api_key, but the local cluster has no key for the alias {shorten(remote.alias)}; "
            f"expected an entry {entry} in its keystore.",
            remedy=how.sentence,
            fix=(*on_remote(create, when="if there is no key yet"), *how.fix),
            facts={"observed": "none", "expected": entry},
        )
