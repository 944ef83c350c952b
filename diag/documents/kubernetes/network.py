"""Services and NetworkPolicies for the pods of ECK."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from diag.documents.cloud.bodies import member, plain, written
from diag.documents.kubernetes.objects import CLUSTER_LABEL, TYPE_LABEL, name_of, namespace_of
from diag.documents.tree import Branch, branches, items, text
from diag.evidence.documents.kubernetes import KubernetesService, NetworkPolicy, PolicyRule, ServicePort
from diag.evidence.documents.written import Written

_ELASTICSEARCH: Final = "elasticsearch"
_SUFFIXES: Final = {"-es-remote-cluster": True, "-es-transport": False}
_TEMPLATES: Final = {"remoteClusterServer": True, "transport": False}
_HIGHEST: Final = 65535


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
                name=f"{name_of(one)}-es-{'remote-cluster' if server else 'transport'}",
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


def policy(one: Branch) -> NetworkPolicy | None:
    """Read a NetworkPolicy; None where it selects other pods."""
    selector = one.get("spec", "podSelector")
    labels = selector.get("matchLabels") if isinstance(selector, Branch) else None
    if not isinstance(selector, Branch) or not (labels is None or isinstance(labels, Branch)):
        return None
    if labels is not None and labels.entries and not _selects(labels):
        return None
    further = labels is not None and bool(labels.keys - {CLUSTER_LABEL, TYPE_LABEL})
    return NetworkPolicy(
        name=name_of(one),
        namespace=namespace_of(one),
        cluster=plain(labels, CLUSTER_LABEL) if isinstance(labels, Branch) else "",
        some_pods=further or bool(selector.keys - {"matchLabels"}),
        ingress=_direction(one, "ingress", "Ingress"),
        egress=_direction(one, "egress", "Egress"),
        origin=one.origin,
    )


def _direction(one: Branch, key: str, name: str) -> tuple[PolicyRule, ...] | None:
    types = {text(node) for node in items(one.get("spec", "policyTypes"))}
    rules = one.get("spec", key)
    # Without policyTypes a policy is about what comes in, and about what goes out if it has rules for that.
    concerned = name in types if types else name == "Ingress" or rules is not None
    return tuple(_rule(rule) for rule in branches(rules)) if concerned else None


def _rule(rule: Branch) -> PolicyRule:
    ports = [(text(port.get("port")), text(port.get("endPort"))) for port in branches(rule.get("ports"))]
    numbers = [
        (int(first), int(last or first)) for first, last in ports if first.isdigit() and (last or first).isdigit()
    ]
    everything = any(not first for first, _ in ports)
    return PolicyRule(
        ports=((0, _HIGHEST),) if everything else tuple(numbers),
        named=any(first and not first.isdigit() for first, _ in ports),
    )
