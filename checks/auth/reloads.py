"""Whether every node has the API key, and whether the cluster uses the entry that lies in the keystore."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from checks.causes import REQUESTS_REFUSED
from checks.remedies import store_key
from checks.tables import docs
from checks.tables.versions import KEYSTORE_RELOAD_AGREED
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    Keystore,
    LocalCluster,
    LocalNodes,
    LocalVersion,
    NodeViews,
    Reason,
    Reload,
    Remote,
    RemoteInfo,
    SecurityModel,
    Severity,
    Step,
    Unavailable,
    as_fact,
    listed,
    shorten,
)

_BY_KEY: Final = Applies.settings(models=(SecurityModel.API_KEY,))
_RELOAD: Final = "POST _nodes/reload_secure_settings"


@check(
    "auth/key-not-reloaded",
    severity=Severity.WARNING,
    applies=_BY_KEY,
    docs=(docs.A_RELOAD, docs.SECSET_REL),
    tags=("api-key", "keystore"),
    source=f"documentation: reloadable secure settings; remote cluster info API; {KEYSTORE_RELOAD_AGREED.source}",
    explains=("config/model-ambiguous", *REQUESTS_REFUSED),
)
def key_not_reloaded(
    remote: Remote, keystore: Keystore | Unavailable, info: RemoteInfo, local: LocalVersion | Unavailable
) -> Yields:
    """The keystore has an entry for this remote, and the running cluster uses no key at all.

    Why it matters: until the secure settings are reloaded the local cluster goes on without a key, which means with certificates, and the
    remote cluster server refuses it. That a key is in use does not say that it is the one in the keystore: one that was replaced there and
    not reloaded is not seen here.

    How to fix: ``POST _nodes/reload_secure_settings``, with the password of the keystore where it has one. It changes something, so diag
    never sends it.

    Example: ``elasticsearch-keystore list`` shows the entry, and ``GET _remote/info`` shows no ``cluster_credentials``.
    """
    entry = shorten(remote.setting("credentials"))
    if isinstance(keystore, Unavailable):
        yield _not_declared(keystore)
    elif remote.alias not in keystore.aliases:
        yield NotApplicable("the keystore has no entry for this remote; auth/key-missing is about that")
    elif isinstance(local, Unavailable):
        yield Unknown(str(local))
    elif local.number < KEYSTORE_RELOAD_AGREED.since:
        yield NotApplicable(f"the local cluster runs {local}; version/keystore-restart-needed is about that")
    elif not info.listed:
        yield NotApplicable("the local cluster does not name this alias; config/not-added is about that")
    elif info.has_credential is None:
        yield Unknown("GET _remote/info does not tell whether a key is in use")
    elif not info.has_credential:
        yield Finding(
            summary=f"{entry} is in the keystore, and the node that was asked does not use it: GET _remote/info shows no cluster_credentials.",
            remedy=f'{_RELOAD}, with {{"secure_settings_password": "…"}} where the keystore has a password. If that changes nothing, the '
            "keystore of this node lacks the entry.",
            facts={
                "keystore_entry": entry,
                "observed": "not in use",
                "expected": "cluster_credentials in GET _remote/info",
            },
        )


def _not_declared(keystore: Unavailable) -> NotApplicable | Unknown:
    """What is in the keystore has to be declared; that nobody did so is no fault to look after."""
    declared = keystore.step is not Step.CONFIGURATION or keystore.reason is not Reason.NOT_TOLD
    return Unknown(str(keystore)) if declared else NotApplicable(str(keystore))


@check(
    "auth/reload-response-unusable",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.A_RELOAD,),
    tags=("keystore", "offline"),
    source="documentation: reload secure settings API",
)
def reload_response_unusable(reload: Reload) -> Yields:
    """The file under ``reload_response`` is no answer of a reload, or that of a reload that was refused.

    Why it matters: nobody can tell from it which nodes have which keys; it looks as if the reload had been looked at.

    How to fix: call ``POST _nodes/reload_secure_settings`` as a user who may (the privilege ``manage``), and store the answer, in JSON.
    Lines that Kibana's console or ``curl -i`` put around it do no harm.

    Example: the stored answer is ``security_exception``, status 403.
    """
    if reload.problem:
        yield Finding(
            summary=f"{shorten(reload.path)}: {shorten(reload.problem, 300)}; expected the answer of {_RELOAD}, with nodes.",
            remedy=f"Call {_RELOAD} on the local cluster, as a user with the cluster privilege manage and without format=yaml, and store the "
            "answer in that file.",
            facts={"path": shorten(reload.path), "observed": shorten(reload.problem, 300), "expected": "nodes"},
        )


@check(
    "auth/keystore-password",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.A_RELOAD, docs.KEYSTORE),
    tags=("keystore",),
    source="documentation: reload secure settings API, reload_exception",
    explains=("auth/key-not-reloaded",),
)
def keystore_password(reload: Reload, nodes: LocalNodes | Unavailable) -> Yields:
    """Nodes could not reload their keystore, most often for want of its password.

    Why it matters: those nodes go on with the keys that they had. One call for all nodes takes one password, so that it fails on nodes
    whose keystore has another one.

    How to fix: reload on each of these nodes by itself with its own password, or give all keystores the same one.

    Example: ``reload_exception`` with ``Provided keystore password was incorrect`` on one of three nodes.
    """
    if reload.problem:
        yield Unknown(f"{shorten(reload.path)}: {shorten(reload.problem)}")
        return
    failed: dict[str, list[str]] = {}
    for one in reload.nodes:
        if one.error:
            failed.setdefault(shorten(one.error, 300), []).append(one.node)
    for error, names in failed.items():
        yield Finding(
            summary=f"{len(names)} of {len(reload.nodes)} nodes could not reload their keystore ({listed(names)}): {error}",
            remedy=f"On each of these nodes: {_RELOAD.replace('_nodes/', '_nodes/_local/')} with its own "
            '{"secure_settings_password": "…"}; or give all keystores the same password (bin/elasticsearch-keystore passwd). If the error is '
            "not about a password, the log of the node says more.",
            facts={"nodes": as_fact(names), "observed": error, "expected": "no reload_exception"},
        )
    yield from _absent(reload, nodes, every=True)


def _absent(reload: Reload, nodes: LocalNodes | Unavailable, *, every: bool) -> Iterator[Unknown]:
    """Say which nodes the stored answer leaves out: it may be of one node alone, or from before they joined."""
    if isinstance(nodes, Unavailable):
        yield Unknown(f"whether {reload.path} has all nodes can't be told: {nodes}")
        return
    told = {one.node for one in reload.nodes}
    absent = [one.name for one in (nodes.all if every else nodes.clients) if one.name not in told]
    if absent:
        yield Unknown(f"{reload.path} does not have {len(absent)} of the nodes: {listed(absent)}")
    elif nodes.failed:
        yield Unknown(f"whether {reload.path} has all nodes can't be told: {nodes.failed} did not answer GET _nodes")


@check(
    "auth/key-missing-on-some-nodes",
    severity=Severity.ERROR,
    applies=_BY_KEY,
    docs=(docs.SECSET, docs.A_RELOAD),
    tags=("api-key", "keystore"),
    source="documentation: secure settings (each node has a keystore of its own); reload secure settings API, secure_setting_names",
    explains=("network/partial-client-nodes", *REQUESTS_REFUSED),
)
def key_missing_on_some_nodes(
    cluster: LocalCluster,
    remote: Remote,
    views: NodeViews | Unavailable,
    reload: Reload | Unavailable,
    nodes: LocalNodes | Unavailable,
) -> Yields:
    """Some nodes of the local cluster have the API key of this remote, and others have not.

    Why it matters: each node has a keystore of its own, and nothing makes them alike. Whether a search works depends on the node that it
    comes to.

    What each node uses is told by ``GET _remote/info`` at each of ``url`` and ``other_urls``, and what lies in its keystore by a stored
    ``reload_response``.

    How to fix: add the same entry on the nodes that are named, then reload.

    Example: a node that joined last month, and whose keystore nobody filled.
    """
    keys = () if isinstance(views, Unavailable) else views.keys
    without = [url for url, has in keys if not has]
    if without and len(without) < len(keys):
        yield _without(cluster, remote, without, len(keys), "GET _remote/info shows none in use there")
    elif isinstance(reload, Unavailable):
        if not keys:
            yield NotApplicable(str(reload)) if reload.reason is Reason.NOT_ASKED else Unknown(str(reload))
        elif without:
            yield NotApplicable("no node that was asked uses a key; auth/key-missing is about that")
    else:
        yield from _by_reload(cluster, remote, reload, nodes)


def _without(cluster: LocalCluster, remote: Remote, lacking: list[str], of: int, how: str) -> Finding:
    entry = shorten(remote.setting("credentials"))
    return Finding(
        summary=f"{len(lacking)} of {of} nodes have no {entry} ({listed(lacking)}): {how}; expected it on each of them.",
        remedy=f"These nodes need the same key as the others. {store_key(cluster, remote.alias)}",
        facts={"nodes": as_fact(lacking), "observed": of - len(lacking), "expected": of},
    )


def _by_reload(cluster: LocalCluster, remote: Remote, reload: Reload, nodes: LocalNodes | Unavailable) -> Yields:
    if reload.problem:
        yield Unknown(f"{shorten(reload.path)}: {shorten(reload.problem)}")
        return
    # A node that connects to no remotes needs no key.
    others = frozenset[str]() if isinstance(nodes, Unavailable) else {one.name for one in nodes.all if not one.connects}
    asked = [one for one in reload.nodes if one.node not in others]
    told = [(one.node, remote.setting("credentials") in one.names) for one in asked if one.names is not None]
    lacking = [node for node, has in told if not has]
    if asked and not told:
        yield Unknown("this release does not tell which entries the keystore of each node has (secure_setting_names)")
    elif len(lacking) == len(told):
        yield NotApplicable("no node that is told of has the key; auth/key-missing is about that")
    elif lacking:
        yield _without(cluster, remote, lacking, len(told), "it is not in their keystore")
    elif len(told) < len(asked):
        yield Unknown(f"{len(asked) - len(told)} of {len(asked)} nodes do not tell which entries their keystore has")
    yield from _absent(reload, nodes, every=False)


CHECKS = (key_not_reloaded, reload_response_unusable, keystore_password, key_missing_on_some_nodes)
