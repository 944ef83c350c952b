"""Releases of the nodes of each cluster, by their own word."""

from __future__ import annotations

from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import Finding, LocalNodes, RemoteNodes, Severity, Unavailable


@check(
    "version/mixed-nodes",
    severity=Severity.INFO,
    docs=(docs.UPG,),
    tags=("nodes", "upgrade"),
    source="documentation: upgrade; nodes info API",
)
def mixed_nodes(local: LocalNodes | Unavailable, remote: RemoteNodes | Unavailable) -> Yields:
    """The nodes of a cluster run different releases.

    Why it matters: in the middle of an upgrade that is as it should be. Left so, a search works or fails by the node that it meets.

    How to fix: finish the upgrade.

    Example: one node of the remote was forgotten at 8.14 while the others run 8.15.
    """
    for whose, nodes in (("local", local), ("remote", remote)):
        if isinstance(nodes, Unavailable):
            continue
        if len(nodes.versions) > 1:
            yield Finding(
                summary=f"The nodes of the {whose} cluster run {', '.join(map(str, nodes.versions[:5]))}; expected one release.",
                remedy=f"Finish the upgrade of the {whose} cluster.",
                facts={"side": whose, "observed": tuple(map(str, nodes.versions)), "expected": "one release"},
            )
    missing = [nodes for nodes in (local, remote) if isinstance(nodes, Unavailable)]
    refused = [str(nodes) for nodes in missing if nodes.reason != "not_asked"]
    if refused:
        yield Unknown("; ".join(refused))
    elif len(missing) > 1:
        yield NotApplicable(str(missing[0]))


CHECKS = (mixed_nodes,)
