"""API keys across clusters as Terraform makes them: the access of ``elasticstack_elasticsearch_security_api_key``."""

from __future__ import annotations

from typing import Final

from diag.documents.key_body import key_body
from diag.documents.row import Reading
from diag.documents.tree import Branch, Entry, Items, Node, Text, branches, text
from diag.evidence.documents.security_bodies import KeyBodies

_TYPE: Final = "cross_cluster"
_SENT: Final = frozenset({"name", "expiration", "access"})


def api_key(body: Branch, reading: Reading) -> tuple[object, ...]:
    """Read a resource that makes a key; an ordinary one says nothing of remotes, and what is filled in is not judged."""
    del reading
    access = next(branches(body.get("access")), None)
    if text(body.get("type")) != _TYPE or access is None or _is_filled_in(access):
        return ()
    entries = (one for one in body.entries if one.key in _SENT)
    sent = (Entry(one.key, one.origin, access, one.unset) if one.key == "access" else one for one in entries)
    found = _without_nulls(Branch(tuple(sent), body.origin))
    return (KeyBodies(all=(key_body(found),)),) if isinstance(found, Branch) else ()


def _is_filled_in(node: Node) -> bool:
    if isinstance(node, Text):
        return bool(node.unset)
    inner = node.all if isinstance(node, Items) else tuple(one.value for one in node.entries)
    return any(map(_is_filled_in, inner))


def _without_nulls(node: Node) -> Node:
    """Without what a state holds as null: that is not sent."""
    if isinstance(node, Items):
        return Items(tuple(map(_without_nulls, node.all)), node.origin)
    if isinstance(node, Branch):
        present = (one for one in node.entries if not (isinstance(one.value, Text) and one.value.is_null))
        return Branch(
            tuple(Entry(one.key, one.origin, _without_nulls(one.value), one.unset) for one in present), node.origin
        )
    return node
