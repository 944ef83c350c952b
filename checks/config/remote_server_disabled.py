"""The check config/remote-server-disabled."""

from __future__ import annotations

from typing import Final

from checks.shared.causes import NO_CONNECTION
from checks.shared.documents import files_of, is_on, written
from checks.shared.fixes import enable_server
from checks.shared.listening import ON_9443, host_of, reached_server
from checks.tables import docs
from checks.tables.settings import SERVER_TLS
from diag.check import NotApplicable, Yields, check
from diag.model import (
    API_KEY_EXISTS,
    Endpoints,
    Finding,
    Node,
    Nodes,
    OfRemote,
    Remote,
    Setting,
    SettingsText,
    SettingsTexts,
    Severity,
    Unavailable,
    as_fact,
    listed,
    shorten,
)

_ENABLED: Final = "remote_cluster_server.enabled"


def _in_documents(texts: SettingsTexts) -> Yields:
    """Judge the files of nodes that configure a remote cluster server."""
    configured = [(text, found) for text in files_of(texts) if (found := _of_server(text)) is not None]
    if not configured:
        yield NotApplicable("no document configures a remote cluster server")
    for text, first in configured:
        enabled = text.get(_ENABLED)
        if not is_on(enabled) and not (enabled is not None and enabled.unset):
            place = enabled or first
            yield Finding(
                summary=f"{_ENABLED} is {shorten(enabled.text) if enabled else 'not set, which means false'}: nothing listens for remotes with an API key; "
                "expected true.",
                remedy="Switch it on, on every node, and restart them.",
                fix=written(text, {_ENABLED: True}),
                origin=place.origin,
                facts={"setting": _ENABLED, "observed": enabled.text if enabled else "not set", "expected": "true"},
            )


def _of_server(text: SettingsText) -> Setting | None:
    prefixes = ("remote_cluster.", "remote_cluster_server.", SERVER_TLS)
    return next((one for one in text.all if one.key.startswith(prefixes) and not one.is_null), None)


@check(
    "config/remote-server-disabled",
    severity=Severity.CRITICAL,
    severities=(Severity.ERROR,),
    applies=ON_9443,
    in_documents=_in_documents,
    once_in_documents=True,
    docs=(docs.TROUBLESHOOT_ENABLE_SERVER, docs.NETWORK_SETTINGS),
    tags=("remote-cluster-server", "nodes"),
    source="documentation: troubleshoot remote clusters, enable the remote cluster server; nodes info API",
    explains=("network/tcp-refused", *NO_CONNECTION),
)
def remote_server_disabled(remote: Remote, remote_nodes: OfRemote[Nodes], endpoints: Endpoints | Unavailable) -> Yields:
    """No node of the remote cluster has a remote cluster server.

    Why it matters: it is the interface for remotes with an API key (port 9443), and it is off unless somebody switches it on. The
    transport interface takes no such key.

    How to fix: set ``remote_cluster_server.enabled: true`` in ``elasticsearch.yml`` of each node and restart it; on ECK set
    ``spec.remoteClusterServer.enabled: true``.

    Example: the key was made and stored, and port 9443 refuses connections.
    """
    able = [node for node in remote_nodes.all if node.version is None or node.version >= API_KEY_EXISTS.since]
    lacking = [node for node in able if not node.server_address]
    if not able:
        yield NotApplicable("the nodes are too old for it; version/apikey-min is about that")
    elif reached_server(endpoints) or not lacking:
        return
    elif len(lacking) == len(able):
        yield _not_enabled(remote, lacking, Severity.CRITICAL)
    elif behind := [node for node in lacking if host_of(node.transport_address) in _dialled(endpoints)]:
        yield _not_enabled(remote, behind, Severity.ERROR)


def _not_enabled(remote: Remote, lacking: list[Node], severity: Severity) -> Finding:
    many = "no node of the remote cluster has" if severity is Severity.CRITICAL else "these nodes do not have"
    how = enable_server(remote)
    return Finding(
        summary=f"By its own API {many} a remote cluster server ({listed([node.name for node in lacking])}); "
        "a remote with an API key connects to that and to nothing else.",
        remedy=how.sentence,
        fix=how.fix,
        severity=severity,
        facts={
            "setting": "remote_cluster_server.enabled",
            "observed": as_fact([node.name for node in lacking]),
            "expected": "true on every node",
        },
    )


def _dialled(endpoints: Endpoints | Unavailable) -> frozenset[str]:
    return frozenset() if isinstance(endpoints, Unavailable) else frozenset(probe.ip for probe in endpoints.probes)
