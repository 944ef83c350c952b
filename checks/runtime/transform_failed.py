"""The check runtime/transform-failed."""

from __future__ import annotations

from typing import Final

from checks.shared.fixes import CLIENT_ROLE, call, on_local, on_local_nodes
from checks.shared.reported_errors import MAX_ERROR_LENGTH
from checks.shared.task_roles import reading_from
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    ErrorKind,
    Finding,
    Node,
    Nodes,
    OfLocal,
    Remote,
    Severity,
    Transform,
    Transforms,
    Unavailable,
    as_fact,
    in_path,
    listed,
    shorten,
)

_FAILED: Final = "failed"
_STOPPED: Final = ("stopped", "stopping", "aborting")


@check(
    "runtime/transform-failed",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.NODE_ROLES, docs.API_REMOTE_INFO),
    tags=("transforms",),
    source="documentation: transform statistics API; node roles (transform, remote_cluster_client); elasticsearch#95985",
)
def transform_failed(transforms: Transforms, remote: Remote, local_nodes: OfLocal[Nodes] | Unavailable) -> Yields:
    """A transform that reads from this remote has failed, or no node may run it.

    Why it matters: its destination index stays as it was. A transform that reads from a remote runs on nodes with both roles, ``transform`` and
    ``remote_cluster_client``. Failures because a privilege is missing are named by auth/stale-task-credentials.

    How to fix: fix what the reason names, then stop it with force and start it again: a failed transform does not begin again by itself.

    Example: ``transform requires a remote connection but remote is disabled``: the only node with the role ``transform`` has no
    ``remote_cluster_client``.
    """
    reading = reading_from(remote, transforms)
    if not reading:
        yield NotApplicable("no transform reads from this remote")
    for one in reading:
        if not one.state:
            yield Unknown(f"the state of the transform {shorten(one.id, 80)} is not known")
        elif _waits_for_a_node(one) or (one.state == _FAILED and not ErrorKind.SECURITY.fits(one.reason)):
            yield _failed(one)
    reported = any(_waits_for_a_node(one) for one in reading)
    lacking = (
        () if isinstance(local_nodes, Unavailable) or reported or local_nodes.failed else _without_remote(local_nodes)
    )
    running = [one.id for one in reading if one.state not in {*_STOPPED, _FAILED, ""}]
    if lacking and running:
        yield Finding(
            summary=f"No node has both roles, transform and remote_cluster_client ({listed([node.name for node in lacking])} have transform alone), "
            f"and {listed(running)} read from this remote: once they start again, no node may run them.",
            remedy="Add remote_cluster_client to node.roles of the nodes with transform, and restart them.",
            fix=on_local_nodes(yml=[CLIENT_ROLE]),
            facts={"observed": 0, "expected": "at least 1", "transforms": as_fact(running)},
        )


def _waits_for_a_node(one: Transform) -> bool:
    return one.state not in _STOPPED and ErrorKind.TRANSFORM_LACKS_REMOTE.fits(one.reason)


def _without_remote(local_nodes: Nodes) -> tuple[Node, ...]:
    """The nodes that run transforms, where none of them may connect to remotes; none where some may, or no node has the role."""
    running = tuple(node for node in local_nodes.all if "transform" in node.roles)
    return () if any(node.connects for node in running) else running


def _failed(one: Transform) -> Finding:
    name, path = shorten(one.id, 80), f"_transform/{in_path(one.id)}"
    disabled = ErrorKind.TRANSFORM_LACKS_REMOTE.fits(one.reason)
    first = (
        "Add remote_cluster_client to node.roles of a node with the role transform and restart it"
        if disabled
        else "Fix what it names"
        if one.reason
        else "Its statistics and the log of the cluster say why; fix that"
    )
    fixed = on_local_nodes(yml=[CLIENT_ROLE]) if disabled else ()
    seen = () if one.reason else on_local(call("GET", f"{path}/_stats"), when="to look")
    again = (call("POST", f"{path}/_stop?force=true"), call("POST", f"{path}/_start"))
    stated = f": {shorten(one.reason, MAX_ERROR_LENGTH)}" if one.reason else "; no reason is reported."
    return Finding(
        summary=f"The transform {name} reads from this remote and {'has failed' if one.state == _FAILED else f'does not run ({shorten(one.state, 40)})'}{stated}",
        remedy=f"{first}; then stop and start the transform.",
        fix=(*fixed, *seen, *on_local(*again, when="once the cause is fixed")),
        facts={
            "transform": one.id,
            "observed": shorten(one.reason, MAX_ERROR_LENGTH) or one.state,
            "expected": "started or indexing",
        },
    )
