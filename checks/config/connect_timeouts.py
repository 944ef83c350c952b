"""The check config/connect-timeouts."""

from __future__ import annotations

from typing import Final

from checks.shared.node_settings import seconds_of
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import Finding, Node, Nodes, OfLocal, Severity, listed, shorten

_WAIT: Final = "initial_connect_timeout"


_SHORTEST, _MAX_LENGTH = 5.0, 120.0


def _of_node(node: Node) -> dict[str, str]:
    return {key: value for key, value in node.remote_settings or () if key == _WAIT}


@check(
    "config/connect-timeouts",
    severity=Severity.INFO,
    applies=Applies.settings(),
    docs=(docs.REMOTE_CLUSTER_SETTINGS, docs.NETWORK_SETTINGS),
    tags=("settings", "nodes"),
    source="documentation: remote cluster settings, initial_connect_timeout (30 s); the limits are chosen by diag",
)
def connect_timeouts(local_nodes: OfLocal[Nodes]) -> Yields:
    """A node waits very shortly or very long for its remotes when it starts.

    Why it matters: a short wait gives a node that takes requests before its remotes are connected; a long one delays each restart while
    one of them is away.

    How to fix: leave ``cluster.remote.initial_connect_timeout`` at 30 s.

    Example: ``cluster.remote.initial_connect_timeout: 1s``.
    """
    if all(node.remote_settings is None for node in local_nodes.all):
        yield NotApplicable("what stands in the files of the nodes was not read")
        return
    values: dict[str, list[str]] = {}
    for node in local_nodes.all:
        if value := _of_node(node).get(_WAIT):
            values.setdefault(value, []).append(node.name)
    if not values:
        yield NotApplicable("cluster.remote.initial_connect_timeout is not set: the usual 30 s hold")
    for value, names in values.items():
        seconds = seconds_of(value)
        if seconds is None or not _SHORTEST <= seconds <= _MAX_LENGTH:
            yield Finding(
                summary=f"cluster.remote.initial_connect_timeout is {shorten(value, 40)} on {listed(names)}; usual are 30s, "
                f"and {_SHORTEST:g}s to {_MAX_LENGTH:g}s in any case.",
                remedy="Take cluster.remote.initial_connect_timeout out of elasticsearch.yml at the next restart.",
                facts={"observed": shorten(value, 40), "expected": "30s"},
            )
