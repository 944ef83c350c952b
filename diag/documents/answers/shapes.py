"""What the answers of an API look like: one row for each call whose answer is read, and by what it is recognised.

Two more answers have readers of their own, for they hold settings: ``GET _remote/info`` and ``GET _cluster/settings``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from diag.documents.tree import Branch, Items, Node, branches
from diag.evidence.call import Call
from diag.evidence.elasticsearch import (
    api_keys,
    certificates,
    health,
    identity,
    license,  # noqa: A004 -- the word of the field.
    nodes,
    replication,
    resolved,
    roles,
    security,
    transforms,
)
from diag.lazy_dataclass import dataclass

# GET _ccr/auto_follow is no call of a round (it wants manage_ccr, which writes), but people paste its answer.
AUTO_FOLLOW: Final = Call(path="/_ccr/auto_follow", privilege="manage_ccr")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerShape:
    """The answer of one call: what sentences name it, the paths that give it, without their query, and whether a value has its form."""

    name: str
    call: Call
    paths: re.Pattern[str]
    fits: Callable[[Node], bool]


def shape_of(node: Node) -> AnswerShape | None:
    """Tell which call gives such an answer; None where none does that is read here."""
    return next((one for one in SHAPES if one.fits(node)), None)


def _has(*keys: str) -> Callable[[Node], bool]:
    wanted = frozenset(keys)
    return lambda node: isinstance(node, Branch) and wanted <= node.keys


def _values(node: Node) -> tuple[Node, ...]:
    return tuple(one.value for one in node.entries) if isinstance(node, Branch) else ()


def _each(node: Node, *keys: str) -> bool:
    """Whether it is a mapping of at least one name to mappings that have all of these keys."""
    values = _values(node)
    return bool(values) and all(_has(*keys)(one) for one in values)


def _under(node: Node, key: str, *keys: str) -> bool:
    inner = node.get(key) if isinstance(node, Branch) else None
    return inner is not None and _has(*keys)(inner)


def _list_of(node: Node, key: str, *keys: str) -> bool:
    """Whether a key holds a list of mappings, each with these keys; an empty list is one."""
    found = node.get(key) if isinstance(node, Branch) else None
    return isinstance(found, Items) and all(_has(*keys)(one) for one in found.all)


def _are_nodes(node: Node) -> bool:
    """An answer of GET _nodes: that of GET _nodes/stats, which has nodes too, does not tell their releases."""
    inner = node.get("nodes") if isinstance(node, Branch) else None
    return inner is not None and _has("cluster_name")(node) and _each(inner, "name", "version")


def _are_follow_stats(node: Node) -> bool:
    """Statistics of replication: those of the whole cluster, or of some followers alone."""
    if _under(node, "follow_stats", "indices"):
        return True
    shards = (
        [shard for one in branches(node.get("indices")) for shard in branches(one.get("shards"))]
        if isinstance(node, Branch)
        else []
    )
    return bool(shards) and all(_has("leader_index", "follower_index")(one) for one in shards)


def _are_resolved(node: Node) -> bool:
    # The line of the local cluster has no skip_unavailable, and GET _remote/info counts connections.
    values = _values(node)
    return bool(values) and all(
        _has("connected")(one)
        and isinstance(one, Branch)
        and one.keys & {"skip_unavailable", "matching_indices", "error"}
        and "mode" not in one.keys
        for one in values
    )


def _are_patterns(node: Node) -> bool:
    return _list_of(node, "patterns", "name", "pattern") and any(
        _under(one, "pattern", "remote_cluster")
        for one in branches(node.get("patterns") if isinstance(node, Branch) else None)
    )


def _are_certificates(node: Node) -> bool:
    return (
        isinstance(node, Items)
        and bool(node.all)
        and all(_has("path", "subject_dn", "serial_number")(one) for one in node.all)
    )


def _are_transforms(*keys: str) -> Callable[[Node], bool]:
    return lambda node: _has("count")(node) and _list_of(node, "transforms", "id", *keys)


SHAPES: Final[tuple[AnswerShape, ...]] = (
    AnswerShape(
        name="GET /", call=identity.CALL, paths=re.compile(r"/?"), fits=_has("cluster_name", "version", "tagline")
    ),
    AnswerShape(name="GET _nodes", call=nodes.CALL, paths=re.compile(r"/_nodes(?:/.*)?"), fits=_are_nodes),
    AnswerShape(
        name="GET _license",
        call=license.CALL,
        paths=re.compile(r"(?:/_xpack)?/_?license"),
        fits=lambda node: _under(node, "license", "status", "type"),
    ),
    AnswerShape(
        name="GET _security/api_key",
        call=api_keys.CALL,
        paths=re.compile(r"/_security/(?:_query/)?api_key"),
        fits=lambda node: _list_of(node, "api_keys", "id", "name"),
    ),
    AnswerShape(
        name="GET _security/role",
        call=roles.CALL,
        paths=re.compile(r"/_security/role(?:/.*)?"),
        fits=lambda node: _each(node, "cluster", "indices", "run_as"),
    ),
    AnswerShape(
        name="GET _ssl/certificates",
        call=certificates.CALL,
        paths=re.compile(r"/_ssl/certificates"),
        fits=_are_certificates,
    ),
    AnswerShape(
        name="GET _ccr/stats",
        call=replication.STATS,
        paths=re.compile(r"(?:/[^/]+)?/_ccr/stats"),
        fits=_are_follow_stats,
    ),
    AnswerShape(
        name="GET _ccr/info",
        call=replication.INFO,
        paths=re.compile(r"/[^/]+/_ccr/info"),
        fits=lambda node: _list_of(node, "follower_indices", "follower_index", "remote_cluster"),
    ),
    AnswerShape(
        name="GET _ccr/auto_follow",
        call=AUTO_FOLLOW,
        paths=re.compile(r"/_ccr/auto_follow(?:/.*)?"),
        fits=_are_patterns,
    ),
    AnswerShape(
        name="GET _resolve/cluster",
        call=resolved.CALL,
        paths=re.compile(r"/_resolve/cluster(?:/.*)?"),
        fits=_are_resolved,
    ),
    AnswerShape(
        name="GET _xpack",
        call=security.CALL,
        paths=re.compile(r"/_xpack"),
        fits=lambda node: isinstance(node, Branch) and _under(node, "features", "security"),
    ),
    AnswerShape(
        name="GET _cluster/health",
        call=health.CALL,
        paths=re.compile(r"/_cluster/health"),
        fits=_has("cluster_name", "status", "number_of_nodes", "timed_out"),
    ),
    AnswerShape(
        name="GET _transform",
        call=transforms.CALL,
        paths=re.compile(r"/_transform(?:/.*)?"),
        fits=_are_transforms("source", "dest"),
    ),
    AnswerShape(
        name="GET _transform/_stats",
        call=transforms.STATES,
        paths=re.compile(r"/_transform(?:/.*)?/_stats"),
        fits=_are_transforms("state", "stats"),
    ),
)
