"""The check version/static-remote-blocks-start."""

from __future__ import annotations

from checks.shared.files_of_nodes import having
from checks.shared.fixes import on_local, register
from checks.tables import docs
from checks.tables.versions import STARTS_WITHOUT_REMOTES
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import (
    Finding,
    Nodes,
    OfLocal,
    Registration,
    Remote,
    Severity,
    Unavailable,
    listed,
    shorten,
)


@check(
    "version/static-remote-blocks-start",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.REMOTE_CLUSTER_SETTINGS,),
    tags=("settings", "nodes"),
    source=STARTS_WITHOUT_REMOTES.source,
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
    first = STARTS_WITHOUT_REMOTES.since
    in_file = having(local_nodes, remote.alias)
    if not in_file:
        yield NotApplicable("the remote stands in no elasticsearch.yml")
    elif waiting := [node for node in in_file if node.version is not None and node.version < first]:
        there = isinstance(registration, Registration) and bool(registration.persistent)
        yield Finding(
            summary=f"cluster.remote.{shorten(remote.alias, 80)}.* stands in elasticsearch.yml of {listed([n.name for n in waiting])}, and "
            f"{waiting[0].version} waits for it at each start; expected it in the cluster's settings, or {first} or later.",
            remedy=("" if there else "Register it for the whole cluster. ")
            + "Take it out of elasticsearch.yml at the next restart.",
            fix=() if there else on_local(register(remote)),
            facts={"observed": str(waiting[0].version), "expected": str(first)},
        )
