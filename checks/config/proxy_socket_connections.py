"""The check config/proxy-socket-connections."""

from __future__ import annotations

import re
from typing import Final

from checks.shared.fixes import on_local, put_settings
from checks.shared.options import in_force
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
    shorten,
)

_MIN_ITEMS, _MAX_ITEMS, _USUAL = 4, 64, 18


_WHOLE: Final = re.compile(r"\d{1,9}")


@check(
    "config/proxy-socket-connections",
    severity=Severity.ERROR,
    severities=(Severity.INFO,),
    applies=Applies.settings(),
    docs=(docs.REMOTE_CLUSTER_SETTINGS, docs.CONNECTION_MODES),
    tags=("settings", "connection"),
    source="Elasticsearch ProxyConnectionStrategy and SniffConnectionStrategy: at least 1; the limits of the info are chosen by diag",
)
def proxy_socket_connections(
    remote: Remote, registration: Registration | Unavailable, local_nodes: OfLocal[Nodes] | Unavailable
) -> Yields:
    """The number of connections to the remote is none, very small or very large.

    Why it matters: each node of the local cluster that connects to remotes opens that many. Below 1 Elasticsearch refuses the setting; with
    very few, requests wait for each other; with very many, a balancer runs out of them.

    How to fix: leave ``proxy_socket_connections`` at 18, ``node_connections`` at 3, unless a balancer limits the connections.

    Example: ``proxy_socket_connections: 0``.
    """
    values = {key: in_force(remote, registration, key) for key in ("proxy_socket_connections", "node_connections")}
    given = {key: value for key, value in values.items() if value}
    if not given:
        yield NotApplicable("neither proxy_socket_connections nor node_connections is set: the usual number holds")
    for key, value in given.items():
        facts = {"setting": remote.setting(key), "observed": shorten(value, 60)}
        usual, unset = "Leave it at the usual number.", on_local(put_settings({remote.setting(key): None}))
        if not _WHOLE.fullmatch(value.strip()) or int(value) < 1:
            yield Finding(
                summary=f"{key} is {shorten(value, 60)!r}; expected a whole number from 1 up.",
                remedy=usual,
                fix=unset,
                facts={**facts, "expected": "a whole number from 1 up"},
            )
        elif key == "proxy_socket_connections" and not _MIN_ITEMS <= int(value) <= _MAX_ITEMS:
            yield Finding(
                summary=f"{key} is {value}{_total(local_nodes, int(value))}; usual are {_USUAL}, and {_MIN_ITEMS} to {_MAX_ITEMS} in any case.",
                remedy=usual,
                fix=unset,
                severity=Severity.INFO,
                facts={**facts, "expected": f"{_MIN_ITEMS} to {_MAX_ITEMS}"},
            )


def _total(local_nodes: Nodes | Unavailable, each: int) -> str:
    count = 0 if isinstance(local_nodes, Unavailable) else len(local_nodes.clients)
    return f" for each of {count} nodes, {each * count} connections altogether" if count else ""
