"""The trust settings of a deployment: alone, under ``settings.trust`` of a body, or inside the answer that shows a deployment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from diag import x509
from diag.documents.cloud.bodies import Shapes, form_of, member, request_or_answer, within, written
from diag.documents.tree import Branch, Items, Node
from diag.evidence.documents.trust_payload import DirectTrust, TrustedCertificate, TrustedEntity, TrustPayload
from diag.evidence.documents.written import PayloadForm, ValueForm, Written
from diag.evidence.key_material import CaFile

_LISTS: Final = frozenset({"accounts", "direct", "external"})
_IDS: Final = {"accounts": "account_id", "external": "trust_relationship_id"}
_MEMBERS: Final = frozenset({*_IDS.values(), "trust_all", "additional_node_names", "scope_id"})
# What only an answer holds: the service makes it, and ignores it when it is sent.
_OF_AN_ANSWER: Final = frozenset({"metadata", "uid"})
BROKEN: Final = re.compile(rf'"(?:{"|".join(sorted(_MEMBERS))})"(?=\s*:)')


def trusts_in(node: Node | None, file: str) -> tuple[TrustPayload, ...]:
    """Read every block of trust settings in a document."""
    return () if node is None else tuple(_payload(one, answered, file) for one, answered in _blocks(node))


def _blocks(node: Node) -> Iterator[tuple[Node, bool]]:
    if isinstance(node, Branch) and _is_trust(node):
        yield node, False
        return
    for path, branch in within(node):
        entry = branch.entry("trust")
        if entry is None:
            continue
        empty = form_of(entry.value) is ValueForm.NULL or entry.value == _nothing(entry.value)
        alone = path[-1:] == ("settings",) or branch.keys == {"trust"}
        if _holds_trust(entry.value) or (empty and alone):
            yield entry.value, "info" in path


def _nothing(node: Node) -> Node:
    return Branch((), node.origin)


def _holds_trust(node: Node) -> bool:
    if isinstance(node, Items):
        return any(_holds_trust(one) or _is_member(one) for one in node.all)
    return isinstance(node, Branch) and (_is_trust(node) or _is_member(node))


def _is_trust(branch: Branch) -> bool:
    if not branch.keys & _LISTS:
        return False
    return branch.keys <= _LISTS or any(
        _is_member(one) for key in _LISTS for one in _items(branch.get(key)) if isinstance(one, Branch)
    )


def _is_member(node: Node) -> bool:
    return isinstance(node, Branch) and bool(node.keys & _MEMBERS)


def _items(node: Node | None) -> tuple[Node, ...]:
    return node.all if isinstance(node, Items) else () if node is None else (node,)


def _payload(node: Node, answered: bool, file: str) -> TrustPayload:  # noqa: FBT001 -- one of the pair that _blocks gives.
    shapes = Shapes()
    if not isinstance(node, Branch):
        if form_of(node) is not ValueForm.NULL:
            shapes.misses("trust", "an object", node)
        blocks: tuple[Branch, ...] = tuple(one for one in _items(node) if isinstance(one, Branch) and one.keys & _LISTS)
    else:
        blocks = (node,)
    added = any(not _OF_AN_ANSWER.isdisjoint(branch.keys) for _, branch in within(node))
    form = PayloadForm.ANSWER if answered else request_or_answer(file, answered=added)
    return trust_payload(blocks, form, file, node, shapes)


def trust_payload(blocks: tuple[Branch, ...], form: PayloadForm, file: str, node: Node, shapes: Shapes) -> TrustPayload:
    """Put the trust settings of some blocks together."""
    for block in blocks:
        for entry in block.entries:
            if entry.key not in _LISTS:
                shapes.misses(entry.key, "one of accounts, external and direct", entry.value)
    return TrustPayload(
        form=form,
        name=file,
        entities=tuple(one for block in blocks for group in _IDS for one in entities(block, group, shapes)),
        direct=tuple(_direct(one, shapes) for block in blocks for one in shapes.branches(block, "direct")),
        misshapen=tuple(shapes.found),
        origin=node.origin,
    )


def entities(block: Branch, group: str, shapes: Shapes, key: str = "", id_key: str = "") -> Iterator[TrustedEntity]:
    """Read the accounts, or the external environments, of a block; Terraform calls the list and the id otherwise."""
    for one in shapes.branches(block, key or group):
        yield TrustedEntity(
            group=group,
            id=member(one, id_key or _IDS[group]),
            trust_all=member(one, "trust_all"),
            allowlist=shapes.texts(one, "trust_allowlist"),
            origin=one.origin,
            name=member(one, "name"),
        )


def trust_answered(node: Branch, deployment_id: str) -> TrustPayload:
    """Read the trust settings that the API answered of a deployment."""
    read = trust_payload((node,), PayloadForm.ANSWER, "the deployment", node, Shapes())
    return replace(read, deployment_id=deployment_id)


def _direct(one: Branch, shapes: Shapes) -> DirectTrust:
    return DirectTrust(
        name=member(one, "name"),
        type=member(one, "type"),
        trust_all=member(one, "trust_all"),
        allowlist=shapes.texts(one, "trust_allowlist"),
        scope_id=member(one, "scope_id"),
        node_names=shapes.texts(one, "additional_node_names"),
        certificates=tuple(_certificate(node, shapes) for node in shapes.items(one, "certificates")),
        origin=one.origin,
    )


def _certificate(node: Node, shapes: Shapes) -> TrustedCertificate:
    pem: Written | None
    if isinstance(node, Branch):
        pem = member(node, "pem")
    else:
        shapes.misses("an item of certificates", "an object with pem", node)
        pem = written("pem", node)
    file = x509.read_ca_file("pem", pem.text.encode()) if pem is not None else CaFile(path="pem")
    return TrustedCertificate(pem=pem, file=file, origin=node.origin)
