"""Rule sets of traffic filters: a body that makes one, and the answer that lists them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from diag.documents.candidate import Candidate
from diag.documents.cloud.bodies import member, plain, syntax_problems
from diag.documents.row import KindRow, Reading
from diag.documents.tree import Branch, Items, Node, branches
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.traffic_filter import FilterRule, TrafficFilter, TrafficFilters

REMOTE: Final = "remote_cluster"


def traffic_filter(one: Branch, rules: Iterator[Branch]) -> TrafficFilter:
    """Read one rule set; Terraform has the same names in it."""
    return TrafficFilter(
        name=plain(one, "name"),
        type=member(one, "type"),
        region=plain(one, "region"),
        rules=tuple(_rule(rule) for rule in rules),
        origin=one.origin,
        id=plain(one, "id"),
        entities=_entities(one),
    )


def _entities(one: Branch) -> tuple[str, ...] | None:
    associations = one.get("associations")
    return None if associations is None else tuple(plain(entity, "id") for entity in branches(associations))


def filters_in(node: Node) -> tuple[TrafficFilter, ...]:
    """Read every rule set of a document, or of what the API answered."""
    return tuple(traffic_filter(one, branches(one.get("rules"))) for one in _rulesets(node))


def _rule(rule: Branch) -> FilterRule:
    return FilterRule(
        cluster_id=member(rule, "remote_cluster_id"),
        organization_id=member(rule, "remote_cluster_org_id"),
        source=member(rule, "source"),
        origin=rule.origin,
    )


def _rulesets(node: Node | None) -> Iterator[Branch]:
    for one in node.all if isinstance(node, Items) else (node,):
        if isinstance(one, Branch):
            if "rules" in one.keys and "type" in one.keys:
                yield one
            yield from _rulesets(one.get("rulesets"))


def _recognise(candidate: Candidate) -> str:
    node = next(iter(candidate.nodes), None)
    return "it holds rules of a traffic filter" if any(_is_for_remotes(one) for one in _rulesets(node)) else ""


def _is_for_remotes(ruleset: Branch) -> bool:
    rules = [rule.keys for rule in branches(ruleset.get("rules"))]
    return plain(ruleset, "type") == REMOTE or any(
        keys & {"remote_cluster_id", "remote_cluster_org_id"} for keys in rules
    )


def _read(candidate: Candidate, reading: Reading) -> tuple[object, ...]:
    del reading
    filters = tuple(one for node in candidate.nodes[:1] for one in filters_in(node))
    return (TrafficFilters(all=filters), *syntax_problems(candidate, DocumentKind.TRAFFIC_FILTER))


ROW: Final = KindRow(kind=DocumentKind.TRAFFIC_FILTER, recognise=_recognise, read=_read)
