"""The cross-cluster API key that the local cluster sends to a remote."""

from __future__ import annotations

import re
import shlex
from typing import Final

from checks.causes import REQUESTS_REFUSED
from checks.config.entries import mistaken_entry
from checks.config.siblings import has_entry
from checks.remedies import store_key
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    Keystore,
    LocalCluster,
    Remote,
    RemoteInfo,
    SecurityModel,
    Severity,
    Unavailable,
    shorten,
)

_MOST_NAMES: Final = 5
_OF_REMOTES: Final = "cluster.remote"
# What Elasticsearch has for remotes in a keystore: the key of each, and passwords of the files that requests are signed with.
_KNOWN: Final = re.compile(r"cluster\.remote\.(?:[-\w]+\.credentials|(?:[-\w]+\.)?signing\..*secure_.+)")


@check(
    "auth/key-missing",
    severity=Severity.CRITICAL,
    applies=Applies.settings(models=(SecurityModel.API_KEY,)),
    docs=(docs.TRB_NOKEY, docs.APIKEY_TRUST),
    tags=("keystore",),
    source="documentation: troubleshoot remote clusters (no API key); Elasticsearch RemoteClusterService",
    explains=("config/model-ambiguous", "auth/key-missing-on-some-nodes", *REQUESTS_REFUSED),
)
def key_missing(
    cluster: LocalCluster, remote: Remote, keystore: Keystore | Unavailable, info: RemoteInfo | Unavailable
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
    if isinstance(keystore, Keystore) and mistaken_entry(cluster, remote, keystore):
        yield NotApplicable("config/alias-keystore-mismatch is about it")
        return
    stored = remote.keystore_credential if isinstance(keystore, Unavailable) else has_entry(keystore, remote.alias)
    if stored is None:
        yield Unknown(str(keystore))
    elif not stored:
        entry = shorten(remote.setting("credentials"))
        yield Finding(
            summary=f"The security model is api_key, but the local cluster has no key for the alias {shorten(remote.alias)}; "
            f"expected an entry {entry} in its keystore.",
            remedy=store_key(cluster, remote.alias),
            facts={"observed": "none", "expected": entry},
        )


@check(
    "auth/keystore-unsupported-entry",
    severity=Severity.ERROR,
    applies=Applies.settings(models=(SecurityModel.API_KEY,)),
    docs=(docs.SECSET, docs.KEYSTORE),
    tags=("keystore",),
    source="documentation: secure settings (an unknown one stops the reload and the start of a node); Elasticsearch RemoteClusterSettings",
    explains=("auth/key-missing", "auth/key-not-reloaded"),
)
def keystore_unsupported_entry(cluster: LocalCluster, remote: Remote, keystore: Keystore | Unavailable) -> Yields:
    """The keystore has an entry for remotes under a name that Elasticsearch does not know.

    Why it matters: an unknown entry gives no remote a key, and it makes the next reload of the keystore fail and the next start of the node too.

    How to fix: remove the entry, and store the key under ``cluster.remote.<alias>.credentials``.

    Example: ``cluster.remote.logs.credential``, without the s.
    """
    if isinstance(keystore, Unavailable):
        yield Unknown(str(keystore))
        return
    for name in [name for name in keystore.names if name.startswith(_OF_REMOTES) and not _KNOWN.fullmatch(name)][
        :_MOST_NAMES
    ]:
        entry = shlex.quote(shorten(name))
        mine = remote.alias in re.split(r"[.\s]", name)
        yield Finding(
            summary=f"The keystore of the local cluster has the entry {shorten(name)}, which Elasticsearch does not know: the next reload and the "
            f"next start of that node fail; expected {shorten(remote.setting('credentials')) if mine else 'cluster.remote.<alias>.credentials'}.",
            remedy=f"On each node that has it: bin/elasticsearch-keystore remove {entry}."
            + (f" {store_key(cluster, remote.alias)}" if mine else ""),
            facts={"observed": shorten(name), "expected": shorten(remote.setting("credentials"))},
        )


CHECKS = (key_missing, keystore_unsupported_entry)
