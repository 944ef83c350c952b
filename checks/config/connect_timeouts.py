"""The check config/connect-timeouts."""

from __future__ import annotations

from typing import Final

from checks.shared.documents import files_of
from checks.shared.node_settings import seconds_of
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check, missing
from diag.model import (
    Finding,
    Node,
    Nodes,
    OfLocal,
    SettingsTexts,
    Severity,
    Unavailable,
    listed,
    shorten,
)

_WAIT: Final = "initial_connect_timeout"


_SHORTEST, _MAX_LENGTH = 5.0, 120.0


def _of_node(node: Node) -> dict[str, str]:
    return {key: value for key, value in node.remote_settings or () if key == _WAIT}


def _in_documents(texts: SettingsTexts) -> Yields:
    """Judge the wait in the file of each node."""
    key = f"cluster.remote.{_WAIT}"
    set_ = [
        found for text in files_of(texts) if (found := text.get(key)) is not None and found.values and not found.unset
    ]
    if not set_:
        yield NotApplicable(f"no document sets {key}: the usual 30 s hold")
    for found in set_:
        seconds = seconds_of(found.text)
        if seconds is not None and not _SHORTEST <= seconds <= _MAX_LENGTH:
            yield Finding(
                summary=f"{key} is {shorten(found.text, 40)}; usual are 30s, and {_SHORTEST:g}s to {_MAX_LENGTH:g}s in any case.",
                remedy="Take it out.",
                origin=found.origin,
                facts={"setting": key, "observed": shorten(found.text, 40), "expected": "30s"},
            )


@check(
    "config/connect-timeouts",
    severity=Severity.INFO,
    applies=Applies.settings(),
    once_in_documents=True,
    docs=(docs.REMOTE_CLUSTER_SETTINGS, docs.NETWORK_SETTINGS),
    tags=("settings", "nodes"),
    source="documentation: remote cluster settings, initial_connect_timeout (30 s); the limits are chosen by diag",
)
def connect_timeouts(local_nodes: OfLocal[Nodes] | Unavailable, texts: SettingsTexts | Unavailable) -> Yields:
    """A node waits very shortly or very long for its remotes when it starts.

    Why it matters: a short wait gives a node that takes requests before its remotes are connected; a long one delays each restart while
    one of them is away.

    How to fix: leave ``cluster.remote.initial_connect_timeout`` at 30 s.

    Example: ``cluster.remote.initial_connect_timeout: 1s``.
    """
    if not isinstance(texts, Unavailable):
        yield from _in_documents(texts)
        if isinstance(local_nodes, Unavailable):
            return
    elif isinstance(local_nodes, Unavailable):
        yield missing(local_nodes)
        return
    elif all(node.remote_settings is None for node in local_nodes.all):
        yield NotApplicable("what stands in the files of the nodes was not read")
        return
    values: dict[str, list[str]] = {}
    for node in local_nodes.all:
        if value := _of_node(node).get(_WAIT):
            values.setdefault(value, []).append(node.name)
    if not values and isinstance(texts, Unavailable):
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
