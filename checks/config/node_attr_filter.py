"""The check config/node-attr-filter."""

from __future__ import annotations

from checks.shared.causes import NO_CONNECTION
from checks.shared.fixes import call, on_remote, on_remote_nodes, yml
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import (
    Finding,
    Mode,
    Nodes,
    OfLocal,
    OfRemote,
    Severity,
    Unavailable,
    shorten,
)


@check(
    "config/node-attr-filter",
    severity=Severity.ERROR,
    severities=(Severity.INFO,),
    applies=Applies.settings(modes=(Mode.SNIFF,)),
    docs=(docs.REMOTE_CLUSTER_SETTINGS,),
    tags=("nodes", "sniff"),
    source="documentation: remote cluster settings, cluster.remote.node.attr; SniffConnectionStrategy",
    explains=NO_CONNECTION,
)
def node_attr_filter(local_nodes: OfLocal[Nodes], remote_nodes: OfRemote[Nodes] | Unavailable) -> Yields:
    """Only remote nodes with a certain attribute are connected to, and no node of the remote has it.

    Why it matters: in mode sniff ``cluster.remote.node.attr`` chooses the gateway nodes. Where none has the attribute, none is left.

    How to fix: set ``node.attr.<name>: true`` on the gateway nodes of the remote, or take the setting away.

    Example: ``cluster.remote.node.attr: gateway`` after the remote was rebuilt without ``node.attr.gateway``.
    """
    wanted = sorted({node.node_attr for node in local_nodes.all} - {""})
    if not wanted:
        yield NotApplicable("cluster.remote.node.attr is not set")
    elif isinstance(remote_nodes, Unavailable):
        yield Finding(
            summary=f"cluster.remote.node.attr is {shorten(wanted[0], 80)}; whether a node of the remote has it is not known.",
            remedy="Give the url of the remote in diag.yaml, or look at the attributes of its nodes.",
            fix=on_remote(call("GET", "_nodes?filter_path=nodes.*.attributes")),
            severity=Severity.INFO,
            facts={"observed": shorten(wanted[0], 80)},
        )
    elif not any(wanted[0] in node.attributes for node in remote_nodes.all):
        yield Finding(
            summary=f"cluster.remote.node.attr is {shorten(wanted[0], 80)}, and none of {len(remote_nodes.all)} nodes of the remote has "
            f"node.attr.{shorten(wanted[0], 80)}: true.",
            remedy=f"Set node.attr.{shorten(wanted[0], 80)}: true on gateway nodes of the remote and restart them, "
            "or take cluster.remote.node.attr out of the files of the local nodes.",
            fix=on_remote_nodes(yml=[yml(f"node.attr.{wanted[0]}", "true")], when="the gateway nodes"),
            facts={"observed": 0, "expected": "at least 1"},
        )
