"""The check version/static-remote-blocks-start."""

from __future__ import annotations

from typing import Final

from checks.shared.fixes import on_local, register
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import (
    Finding,
    Nodes,
    OfLocal,
    Registration,
    Remote,
    Severity,
    Unavailable,
    Version,
    listed,
    shorten,
)

_STARTS: Final = Version(8, 4)


@check(
    "version/static-remote-blocks-start",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.REMOTE_CLUSTER_SETTINGS,),
    tags=("settings", "nodes"),
    source="elasticsearch#51855, elasticsearch#87298: nodes before 8.4 wait for the remotes of their file",
)
def static_remote_blocks_start(
    remote: Remote, local_nodes: OfLocal[Nodes], registration: Registration | Unavailable
) -> Yields:
    """The remote stands in elasticsearch.yml of nodes that wait for it when they start.

    Why it matters: before 8.4 a node that finds a remote in its file tries to connect while it starts. A remote that is away delays the
    restart of the local cluster.

    How to fix: register the remote in the cluster's settings, and take it out of the files; or upgrade.

    Example: ``cluster.remote.logs.seeds`` in the files of a cluster that runs 7.17.
    """
    having = [node for node in local_nodes.all if remote.alias in node.remotes]
    if not having:
        yield NotApplicable("the remote stands in no elasticsearch.yml")
    elif waiting := [node for node in having if node.version is not None and node.version < _STARTS]:
        there = isinstance(registration, Registration) and bool(registration.persistent)
        yield Finding(
            summary=f"cluster.remote.{shorten(remote.alias, 80)}.* stands in elasticsearch.yml of {listed([n.name for n in waiting])}, and "
            f"{waiting[0].version} waits for it at each start; expected it in the cluster's settings, or {_STARTS} or later.",
            remedy=("" if there else "Register it for the whole cluster. ")
            + "Take it out of elasticsearch.yml at the next restart.",
            fix=() if there else on_local(register(remote)),
            facts={"observed": str(waiting[0].version), "expected": str(_STARTS)},
        )
