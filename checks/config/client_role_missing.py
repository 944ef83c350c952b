"""The check config/client-role-missing."""

from __future__ import annotations

from collections.abc import Sequence

from checks.shared.causes import NO_CONNECTION
from checks.shared.documents import files_of, remotes_in, written
from checks.shared.fixes import CLIENT_ROLE, on_local_nodes, yml
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check, missing
from diag.model import (
    Finding,
    Node,
    Nodes,
    OfLocal,
    Reason,
    RemoteInfo,
    Setting,
    SettingsText,
    SettingsTexts,
    Severity,
    Side,
    Unavailable,
    as_fact,
    listed,
    shorten,
)


def _in_documents(texts: SettingsTexts) -> Yields:
    """Judge the roles in the file of each node: of one that registers remotes itself, or of whom the other documents ask it."""
    files = files_of(texts, not_of=Side.REMOTE)
    registering = [one for one in texts.all if one.side is not Side.REMOTE and remotes_in(one)]
    if not registering:
        yield NotApplicable("no document registers a remote")
        return
    lacking = {one.name: roles for one in files if (roles := _without_role(one)) is not None}
    for text in files:
        roles = lacking.get(text.name)
        if roles is None:
            continue
        alone = text in registering or len(lacking) == len(files)
        if alone or set(roles.parts) <= {"ingest", "transform", "ml"}:
            wanted = [*roles.parts, "remote_cluster_client"]
            yield Finding(
                summary=f"{shorten(roles.key)} is {listed(roles.parts) or 'empty'}, without remote_cluster_client: this node connects to no remote.",
                remedy="Add remote_cluster_client to node.roles and restart the node; or take the remotes out of its file, where it needs none.",
                fix=written(text, {"node.roles": wanted}),
                severity=Severity.ERROR if alone else Severity.WARNING,
                origin=roles.origin,
                facts={"setting": "node.roles", "observed": roles.parts, "expected": "remote_cluster_client"},
            )


def _without_role(text: SettingsText) -> Setting | None:
    """The roles of a node, where they are written down and the role is not among them."""
    roles = text.get("node.roles")
    told = roles is not None and not roles.unset and (roles.as_list or bool(roles.values))
    return roles if told and roles is not None and "remote_cluster_client" not in roles.parts else None


@check(
    "config/client-role-missing",
    severity=Severity.CRITICAL,
    severities=(Severity.WARNING, Severity.INFO, Severity.ERROR),
    explains=NO_CONNECTION,
    leaves_open=("runtime/*", "network/partial-client-nodes"),
    in_documents=_in_documents,
    once_in_documents=True,
    docs=(docs.NODE_ROLES, docs.NODE_SETTINGS),
    tags=("nodes", "roles"),
    source="documentation: node roles; elasticsearch#65289, elasticsearch#90217, elasticsearch#72001, cloud-on-k8s#8430; DatafeedNodeSelector",
)
def client_role_missing(local_nodes: OfLocal[Nodes] | Unavailable, info: RemoteInfo | Unavailable) -> Yields:
    """Nodes that should connect to remotes lack the role remote_cluster_client.

    Why it matters: a node without it opens no connection to any remote: without one such node none is connected, and a search that is sent
    to a node without it fails, whatever else the node does.

    Datafeeds run on nodes with the role ml, and need it there.

    How to fix: add ``remote_cluster_client`` to ``node.roles`` and restart the node, or leave ``node.roles`` out, which means all roles. What
    replication needs is judged by config/client-role-partial-ccr, what transforms need by runtime/transform-failed.

    Example: ``node.roles: [ingest]`` on the node that Kibana uses.
    """
    refused = isinstance(info, Unavailable) and info.reason is Reason.NO_ROLE
    if isinstance(local_nodes, Unavailable):
        if isinstance(info, Unavailable) and refused:
            yield _asked_node(info)
        else:
            yield (missing(local_nodes))
        return
    taking = [node for node in local_nodes.all if not node.connects and takes_requests(node)]
    if not local_nodes.clients and not local_nodes.failed:
        yield Finding(
            summary=f"None of {len(local_nodes.all)} nodes has the role remote_cluster_client: no remote can be connected.",
            remedy="Add remote_cluster_client to node.roles of the nodes that take searches and hold followers, and restart them.",
            fix=on_local_nodes(yml=[CLIENT_ROLE], when="those that take searches and hold followers"),
            facts={"observed": 0, "expected": "at least 1"},
        )
    elif taking:
        names = listed([one.name for one in taking])
        yield Finding(
            summary=f"Nodes that take requests lack the role remote_cluster_client: {names}; searches of remotes fail there.",
            remedy="Add remote_cluster_client to node.roles on them and restart them, or send these searches to other nodes.",
            fix=on_local_nodes(yml=[_role_of(taking)], when=f"on {names}"),
            severity=Severity.WARNING,
            facts={"observed": as_fact([node.name for node in taking]), "expected": "remote_cluster_client"},
        )
    elif isinstance(info, Unavailable) and refused:
        yield _asked_node(info)
    elif learning := _learning_without_remotes(local_nodes):
        names = listed([one.name for one in learning])
        yield Finding(
            summary=f"No node with the role ml has remote_cluster_client ({names}): a datafeed that reads from a remote does not start.",
            remedy="Where datafeeds read from remotes, add remote_cluster_client to node.roles of these nodes and restart them.",
            fix=on_local_nodes(yml=[CLIENT_ROLE], when=f"on {names}"),
            severity=Severity.INFO,
            facts={"observed": as_fact([node.name for node in learning]), "expected": "remote_cluster_client"},
        )
    elif not local_nodes.clients:
        yield Unknown(
            f"{local_nodes.failed} of {local_nodes.failed + len(local_nodes.all)} nodes did not say their roles, and none of the others has it"
        )


def takes_requests(node: Node) -> bool:
    """Tell a node that clients are sent to: one without a role of its own, or with ingest and neither data nor master."""
    roles = set(node.roles) - {"transform", "ml"}
    return not node.roles or roles == {"ingest"}


def _learning_without_remotes(nodes: Nodes) -> tuple[Node, ...]:
    """The nodes that run datafeeds, where none of them connects to remotes; whether there is a datafeed, no call of diag shows."""
    learning = tuple(node for node in nodes.all if "ml" in node.roles)
    return () if nodes.failed or any(node.connects for node in learning) else learning


def _role_of(nodes: Sequence[Node]) -> str:
    """The line of the file: where there is no other role, this one alone."""
    return yml("node.roles", ["remote_cluster_client"]) if not any(node.roles for node in nodes) else CLIENT_ROLE


def _asked_node(info: Unavailable) -> Finding:
    return Finding(
        summary=f"The node that was asked lacks the role remote_cluster_client: searches of remotes that are sent to it fail. {shorten(info.detail, 300)}",
        remedy="Add remote_cluster_client to node.roles of that node and restart it, or send searches of remotes, and url in diag.yaml, to a node that "
        "has it.",
        fix=on_local_nodes(yml=[CLIENT_ROLE], when="on that node"),
        severity=Severity.WARNING,
        facts={"observed": "no remote_cluster_client", "expected": "remote_cluster_client"},
    )
