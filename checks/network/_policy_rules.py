"""Whether the rules of a NetworkPolicy admit a port, and for whom."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Final

from checks.network._pod_labels import Pods, place_of, selects
from checks.shared.address_blocks import is_everybody
from checks.shared.eck import TRANSPORT
from diag.model import NetworkPolicy, PolicyPeer, PolicyRule

# The names that the operator gives the ports of a container; that of the remote cluster server has none.
_HTTP: Final = 9200
_PORTS: Final = {"http": _HTTP, "https": _HTTP, "transport": TRANSPORT}
# The one label that every namespace has (Kubernetes: labels, annotations and taints, since 1.21).
_NAME: Final = "kubernetes.io/metadata.name"


class Way(Enum):
    """Whether something is admitted: ``PERHAPS`` where labels, names of ports or addresses decide that nobody knows."""

    OPEN = "open"
    SHUT = "shut"
    PERHAPS = "perhaps"


# Whose passage is asked for: certain pods, somebody whom nobody knows (None), or whoever it is (no matter who).
ANYBODY: Final = "anybody"
Who = Pods | str | None


def admitted(policy: NetworkPolicy, port: int, who: Who, *, incoming: bool) -> Way:
    """Whether any rule of a policy admits a port for somebody."""
    rules = (policy.ingress if incoming else policy.egress) or ()
    return _widest(_narrower(_port(one, port), _peers(one, policy.namespace, who)) for one in rules)


def _widest(ways: Iterable[Way]) -> Way:
    found = set(ways)
    return next((one for one in (Way.OPEN, Way.PERHAPS) if one in found), Way.SHUT)


def _narrower(one: Way, other: Way) -> Way:
    both = {one, other}
    return next(way for way in (Way.SHUT, Way.PERHAPS, Way.OPEN) if way in both)


def _port(rule: PolicyRule, port: int) -> Way:
    """Whether a rule is for a port; a name that the operator does not give may be any port."""
    if rule.ports is None or any(first <= port <= last for first, last in rule.ports):
        return Way.OPEN
    if any(_PORTS.get(name) == port for name in rule.named):
        return Way.OPEN
    return Way.PERHAPS if any(name not in _PORTS for name in rule.named) else Way.SHUT


def _peers(rule: PolicyRule, namespace: str, who: Who) -> Way:
    """Whether a rule is for somebody; one without any peers is for everybody."""
    if rule.peers is None or isinstance(who, str):
        return Way.OPEN
    return _widest(_peer(one, namespace, who) for one in rule.peers)


def _peer(peer: PolicyPeer, namespace: str, who: Pods | None) -> Way:
    """Whether somebody is meant; the addresses that pods have, and those that come from elsewhere, are not known."""
    if peer.block and peer.known:
        return Way.OPEN if is_everybody(peer.block) and not peer.excluded else Way.PERHAPS
    kubernetes, name = place_of(namespace)
    if not peer.known or who is None or who.kubernetes != kubernetes:
        return Way.PERHAPS
    there = who.namespace == name if peer.namespaces is None else selects(peer.namespaces, {_NAME: who.namespace})
    found = {there, selects(peer.pods, who.labels)}
    return Way.SHUT if False in found else Way.PERHAPS if None in found else Way.OPEN
