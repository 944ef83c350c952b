"""The addresses that the nodes of a remote cluster publish: in mode sniff the connections go there, not to the seeds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from diag.evidence.address.probe import EndpointEvidence, Probe
from diag.evidence.declared import is_ip
from diag.evidence.elasticsearch.identity import Identity
from diag.evidence.elasticsearch.nodes import Node, Nodes
from diag.evidence.ports import as_port
from diag.evidence.terms import Reason, SecurityModel, Step, Unavailable
from diag.lazy_dataclass import dataclass

_MASTER = "master"
_INGEST = "ingest"
_DATA = "data"
NOT_SNIFFED: Final = Unavailable(
    step=Step.CONNECT, reason=Reason.NOT_TRIED, detail="the addresses that the nodes publish were not dialled"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One address that a node publishes for remotes, as it is reported: ``10.0.0.1:9443``, or ``name/10.0.0.1:9443``.

    ``nodes`` are the names of those that publish it. ``server_name`` is its ``node.attr.server_name``, which Elasticsearch sends
    as SNI on the connection to it. ``seeds`` are the dialled addresses behind which this very node answered; ``by_api`` says that
    ``GET _nodes`` of the remote cluster reports it too.
    """

    address: str
    nodes: tuple[str, ...] = ()
    server_name: str = ""
    seeds: tuple[str, ...] = ()
    by_api: bool = False

    @property
    def place(self) -> str:
        """The part that is dialled: ``ip:port``, or ``name:port`` where no more is known."""
        return self.address.rpartition("/")[2]

    @property
    def host(self) -> str:
        """What is dialled, without brackets and zone: mostly an IP address."""
        return self.place.rpartition(":")[0].strip("[]").partition("%")[0]

    @property
    def name(self) -> str:
        """What the certificate is compared with: the name that is published, else the IP address."""
        return self.address.rpartition("/")[0] or self.host

    @property
    def port(self) -> int | None:
        """The port, None where the text has none."""
        return as_port(self.place.rpartition(":")[2])


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedEndpoint:
    """One address that a node publishes, and what a look at it showed."""

    told: Published
    evidence: EndpointEvidence


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedEndpoints:
    """The second hop of mode sniff: what the nodes publish. ``left_out`` is how many more there are that were not looked at."""

    all: tuple[PublishedEndpoint, ...]
    left_out: int = 0


def published_by(model: SecurityModel, probes: Iterable[Probe], nodes: Nodes | None) -> tuple[Published, ...]:
    """Every address that the nodes publish, each once: as the nodes behind the seeds say, then as the API of the remote says.

    Nodes that a sniffing cluster leaves out are not among them: dedicated masters, and in the API key model those without a
    remote cluster server.
    """
    found: dict[str, Published] = {}
    for probe in probes:
        # The node says it only to who has proven himself, so only with an accepted key.
        if isinstance(probe.key, Unavailable):
            continue
        trial = probe.key
        one = Published(address=trial.publish_address, nodes=(trial.node_name,), server_name=trial.server_name)
        if one.port is not None:
            known = found.get(one.place, one)
            found[one.place] = replace(known, nodes=_once(known.nodes, one.nodes), seeds=(*known.seeds, str(probe)))
    for node in nodes.all if nodes else ():
        address = node.server_address if model is SecurityModel.API_KEY else _with_name(node)
        one = Published(address=address, nodes=(node.name,), server_name=node.server_name, by_api=True)
        if one.port is not None and is_gateway(node.roles):
            known = found.get(one.place, one)
            address = max(known.address, address, key=len)  # The longer one has the name in it.
            found[one.place] = replace(known, address=address, nodes=_once(known.nodes, one.nodes), by_api=True)
    return tuple(found.values())


def clusters_behind(probes: Iterable[Probe]) -> frozenset[str]:
    """The names of the clusters that answered a handshake with the key."""
    trials = (probe.key for probe in probes)
    return frozenset(one.cluster_name for one in trials if not isinstance(one, Unavailable) and one.cluster_name)


def nodes_behind(probes: Iterable[Probe], identity: Identity | Unavailable, nodes: Nodes | Unavailable) -> Nodes | None:
    """The nodes that the API of the remote tells, unless another cluster than that answers at the addresses of the remote."""
    if isinstance(nodes, Unavailable):
        return None
    behind = clusters_behind(probes)
    other = behind and not isinstance(identity, Unavailable) and identity.name not in behind
    return None if other else nodes


def _once(known: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*known, *more)))


def _with_name(node: Node) -> str:
    """The transport address with the name that is published; up to 7.x that stands elsewhere in the answer."""
    address = node.transport_address
    return (
        f"{node.host}/{address}" if address and "/" not in address and node.host and not is_ip(node.host) else address
    )


def is_gateway(roles: Iterable[str]) -> bool:
    """Tell whether a sniffing cluster connects to a node with these roles: to all but those that are masters and nothing else."""
    roles = tuple(roles)
    return _MASTER not in roles or _INGEST in roles or any(role.partition("_")[0] == _DATA for role in roles)
