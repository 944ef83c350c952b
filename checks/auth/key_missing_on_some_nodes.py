"""The check auth/key-missing-on-some-nodes."""

from __future__ import annotations

from checks.auth._reloads import absent_on
from checks.shared.applies import API_KEY_REMOTES
from checks.shared.causes import REQUESTS_REFUSED
from checks.shared.fixes import store_key
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check, missing
from diag.model import (
    ConnectedPerNode,
    Finding,
    LocalCluster,
    Nodes,
    OfLocal,
    Remote,
    SecureSettingsReload,
    Severity,
    Unavailable,
    as_fact,
    listed,
    shorten,
)


@check(
    "auth/key-missing-on-some-nodes",
    severity=Severity.ERROR,
    applies=API_KEY_REMOTES,
    docs=(docs.SECURE_SETTINGS, docs.API_RELOAD_SECURE_SETTINGS),
    tags=("api-key", "keystore"),
    source="documentation: secure settings (each node has a keystore of its own); reload secure settings API, secure_setting_names",
    explains=("network/partial-client-nodes", *REQUESTS_REFUSED),
)
def key_missing_on_some_nodes(
    cluster: LocalCluster,
    remote: Remote,
    views: ConnectedPerNode | Unavailable,
    reload: SecureSettingsReload | Unavailable,
    local_nodes: OfLocal[Nodes] | Unavailable,
) -> Yields:
    """Some nodes of the local cluster have the API key of this remote, and others have not.

    Why it matters: each node has a keystore of its own, and nothing makes them alike. Whether a search works depends on the node that it
    comes to.

    ``GET _remote/info`` at each of ``url`` and ``other_urls`` shows what each node uses, a stored ``reload_response`` what is in its
    keystore.

    How to fix: add the same entry on the nodes that are named, then reload.

    Example: a node that joined last month, and whose keystore nobody filled.
    """
    keys = () if isinstance(views, Unavailable) else views.keys
    without = [url for url, has in keys if not has]
    if without and len(without) < len(keys):
        yield _without(cluster, remote, without, len(keys), "GET _remote/info shows none in use there")
    elif isinstance(reload, Unavailable):
        if not keys:
            yield missing(reload)
        elif without:
            yield NotApplicable("no node that was asked uses a key; auth/key-missing is about that")
    else:
        yield from _by_reload(cluster, remote, reload, local_nodes)


def _without(cluster: LocalCluster, remote: Remote, lacking: list[str], of: int, how: str) -> Finding:
    store = store_key(cluster, remote.alias)
    entry = shorten(remote.setting("credentials"))
    return Finding(
        summary=f"{len(lacking)} of {of} nodes have no {entry} ({listed(lacking)}): {how}; expected it on each of them.",
        remedy=f"These nodes need the same key as the others. {store.sentence}",
        fix=store.fix,
        facts={"nodes": as_fact(lacking), "observed": of - len(lacking), "expected": of},
    )


def _by_reload(
    cluster: LocalCluster, remote: Remote, reload: SecureSettingsReload, local_nodes: Nodes | Unavailable
) -> Yields:
    if reload.problem:
        yield Unknown(f"{shorten(reload.path)}: {shorten(reload.problem)}")
        return
    # A node that connects to no remotes needs no key.
    others = (
        frozenset[str]()
        if isinstance(local_nodes, Unavailable)
        else {one.name for one in local_nodes.all if not one.connects}
    )
    asked = [one for one in reload.nodes if one.node not in others]
    reported = [(one.node, remote.setting("credentials") in one.names) for one in asked if one.names is not None]
    lacking = [node for node, has in reported if not has]
    if asked and not reported:
        yield Unknown("this release does not report which entries the keystore of each node has (secure_setting_names)")
    elif len(lacking) == len(reported):
        yield NotApplicable("no node of the stored answer has the key; auth/key-missing is about that")
    elif lacking:
        yield _without(cluster, remote, lacking, len(reported), "it is not in their keystore")
    elif len(reported) < len(asked):
        yield Unknown(
            f"{len(asked) - len(reported)} of {len(asked)} nodes do not report which entries their keystore has"
        )
    yield from absent_on(reload, local_nodes, every=False)
