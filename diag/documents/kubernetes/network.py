"""Services and NetworkPolicies for the pods of ECK."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from diag.documents.cloud.bodies import member, plain, written
from diag.documents.kubernetes.objects import (
    CLUSTER_LABEL,
    REMOTE_CLUSTER_SERVICE,
    TRANSPORT_SERVICE,
    TYPE_LABEL,
    name_of,
    namespace_of,
)
from diag.documents.tree import Branch, Node, Text, branches, items, text
from diag.evidence.documents.kubernetes import (
    KubernetesService,
    NetworkPolicy,
    PodExpression,
    PolicyPeer,
    PolicyRule,
    ServicePort,
)
from diag.evidence.documents.written import Written
from diag.evidence.ports import as_port

_ELASTICSEARCH: Final = "elasticsearch"
_SUFFIXES: Final = {REMOTE_CLUSTER_SERVICE: True, TRANSPORT_SERVICE: False}
_TEMPLATES: Final = {"remoteClusterServer": True, "transport": False}
_TCP: Final = "TCP"
_DOMAIN: Final = "k8s.elastic.co"
# Where the rules of a direction say whom they are for, and what may stand there.
_PEERS: Final = {"ingress": "from", "egress": "to"}
_OF_PEER: Final = frozenset({"ipBlock", "podSelector", "namespaceSelector"})


def service(one: Branch) -> KubernetesService | None:
    """Read a Service; None where it is for other pods."""
    selector = one.get("spec", "selector")
    if not isinstance(selector, Branch) or not _selects(selector):
        return None
    name = name_of(one)
    return KubernetesService(
        name=name,
        namespace=namespace_of(one),
        cluster=plain(selector, CLUSTER_LABEL),
        type=_type(one),
        ports=tuple(_ports(one)),
        of_server=next((server for suffix, server in _SUFFIXES.items() if name.endswith(suffix)), None),
        origin=one.origin,
    )


def templates(one: Branch) -> Iterator[KubernetesService]:
    """The Services that an Elasticsearch resource describes itself."""
    for key, server in _TEMPLATES.items():
        found = one.get("spec", key, "service")
        if isinstance(found, Branch):
            yield KubernetesService(
                name=f"{name_of(one)}{REMOTE_CLUSTER_SERVICE if server else TRANSPORT_SERVICE}",
                namespace=namespace_of(one),
                cluster=name_of(one),
                type=_type(found),
                ports=tuple(_ports(found)),
                of_server=server,
                origin=found.origin,
            )


def _selects(labels: Branch) -> bool:
    return bool(plain(labels, CLUSTER_LABEL)) or plain(labels, TYPE_LABEL) == _ELASTICSEARCH


def _type(one: Branch) -> Written | None:
    spec = one.get("spec")
    return member(spec, "type") if isinstance(spec, Branch) else None


def _ports(one: Branch) -> Iterator[ServicePort]:
    for port in branches(one.get("spec", "ports")):
        number, target = port.get("port"), port.get("targetPort")
        if number is not None:
            yield ServicePort(port=written("port", number), target=written("targetPort", target or number))


def policy(one: Branch) -> NetworkPolicy:
    """Read a NetworkPolicy."""
    selector = one.get("spec", "podSelector")
    return NetworkPolicy(
        name=name_of(one),
        namespace=namespace_of(one),
        selector=tuple(_selector(selector)) if isinstance(selector, Branch) else (),
        ingress=_direction(one, "ingress", "Ingress"),
        egress=_direction(one, "egress", "Egress"),
        origin=one.origin,
    )


def is_for_elasticsearch(policy: NetworkPolicy) -> bool:
    """Whether a policy speaks of pods of ECK, or of all pods there are."""
    keys = {one.key for one in policy.selector}
    return not keys or any(key.partition("/")[0].endswith(_DOMAIN) for key in keys)


def _selector(selector: Branch) -> Iterator[PodExpression]:
    """What is in the selector: labels are conditions too; a part that is of no known form is a condition that nobody can judge."""
    for part in selector.entries:
        if part.key == "matchLabels" and isinstance(part.value, Branch):
            for label in part.value.entries:
                yield PodExpression(key=label.key, operator="In", values=(text(label.value),))
        elif part.key == "matchExpressions":
            for one in branches(part.value):
                values = tuple(text(value) for value in items(one.get("values")))
                yield PodExpression(key=plain(one, "key"), operator=plain(one, "operator"), values=values)
        elif not (isinstance(part.value, Text) and part.value.is_null):
            yield PodExpression(key=part.key, operator="", values=())


def _direction(one: Branch, key: str, name: str) -> tuple[PolicyRule, ...] | None:
    types = {text(node) for node in items(one.get("spec", "policyTypes"))}
    rules = one.get("spec", key)
    # Without policyTypes a policy is about what comes in, and about what goes out if it has rules for that.
    concerned = name in types if types else name == "Ingress" or rules is not None
    return tuple(_rule(rule, _PEERS[key]) for rule in branches(rules)) if concerned else None


def _rule(rule: Branch, peers: str) -> PolicyRule:
    written = rule.get("ports")
    every = list(branches(written))
    # A rule without ports is for all of them; one with ports is for TCP where it says no other protocol.
    of_tcp = [one for one in every if (plain(one, "protocol") or _TCP) == _TCP]
    ports = [(text(one.get("port")), text(one.get("endPort"))) for one in of_tcp]
    numbers = [(as_port(first), as_port(last or first)) for first, last in ports]
    everything = not every or any(not first for first, _ in ports)
    return PolicyRule(
        ports=None if everything else tuple((one, end) for one, end in numbers if one is not None and end is not None),
        named=tuple(first for (first, _), numbered in zip(ports, numbers, strict=True) if first and None in numbered),
        # Without any of them it is for everybody.
        peers=tuple(map(_peer, items(rule.get(peers)))) or None,
    )


def _peer(node: Node) -> PolicyPeer:
    if not isinstance(node, Branch) or not node.keys or node.keys - _OF_PEER:
        return PolicyPeer(known=False)
    block, pods, namespaces = (node.get(key) for key in ("ipBlock", "podSelector", "namespaceSelector"))
    if block is not None:
        excluded = tuple(text(one) for one in items(node.get("ipBlock", "except")))
        return PolicyPeer(block=plain(node, "ipBlock", "cidr"), excluded=excluded, known=node.keys == {"ipBlock"})
    return PolicyPeer(
        pods=tuple(_selector(pods)) if isinstance(pods, Branch) else (),
        namespaces=tuple(_selector(namespaces)) if isinstance(namespaces, Branch) else None,
    )
