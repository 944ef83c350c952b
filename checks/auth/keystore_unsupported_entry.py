"""The check auth/keystore-unsupported-entry."""

from __future__ import annotations

import re
from typing import Final

from checks.shared.applies import API_KEY_REMOTES
from checks.shared.fixes import on_local_nodes, store_key
from checks.tables import docs
from diag.check import Unknown, Yields, check
from diag.model import (
    Finding,
    Keystore,
    KeystoreLists,
    LocalCluster,
    Remote,
    Severity,
    Unavailable,
    keystore_tool,
    shorten,
)

_MAX_NAMES: Final = 5
_OF_REMOTES: Final = "cluster.remote"
# What Elasticsearch has for remotes in a keystore: the key of each, and passwords of the files that requests are signed with.
_SLIP: Final = re.compile(r"cluster\.remote\.(?P<alias>[-\w]+)\.cred\w*")
_KNOWN: Final = re.compile(r"cluster\.remote\.(?:[-\w]+\.credentials|(?:[-\w]+\.)?signing\..*secure_.+)")


def _in_documents(lists: KeystoreLists) -> Yields:
    """Judge the entries of every list, each in its line."""
    for entry in lists.all:
        if entry.name.startswith(_OF_REMOTES) and not _KNOWN.fullmatch(entry.name):
            alias = _SLIP.fullmatch(entry.name)
            expected = f"cluster.remote.{alias['alias'] if alias else '<alias>'}.credentials"
            yield Finding(
                summary=f"Elasticsearch does not know the entry {shorten(entry.name)}: the next reload and the next start of a node that has it "
                f"fail; expected {shorten(expected)}.",
                remedy="Remove it on each node that has it, and store the key under the right name.",
                fix=on_local_nodes(keystore_tool("remove", entry.name), keystore_tool("add", expected)),
                origin=entry.origin,
                facts={"observed": shorten(entry.name), "expected": shorten(expected)},
            )


@check(
    "auth/keystore-unsupported-entry",
    severity=Severity.ERROR,
    in_documents=_in_documents,
    once_in_documents=True,
    applies=API_KEY_REMOTES,
    docs=(docs.SECURE_SETTINGS, docs.KEYSTORE),
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
        yield Unknown(str(keystore), piece=keystore)
        return
    for name in [name for name in keystore.further if not _KNOWN.fullmatch(name)][:_MAX_NAMES]:
        store = store_key(cluster, remote.alias)
        right = remote.setting("credentials")
        # An entry under the very alias is as unknown as the alias is unfit: that has to get another one first.
        mine = name != right and remote.alias in re.split(r"[.\s]", name)
        wanted = shorten(right) if mine else "cluster.remote.<alias>.credentials"
        yield Finding(
            summary=f"The keystore of the local cluster has the entry {shorten(name)}, which Elasticsearch does not know: the next reload and the "
            f"next start of that node fail; expected {wanted}.",
            remedy=f"Remove it on each node that has it.{f' {store.sentence}' if mine else ''}",
            fix=(*on_local_nodes(keystore_tool("remove", name)), *(store.fix if mine else ())),
            facts={"observed": shorten(name), "expected": wanted},
        )
