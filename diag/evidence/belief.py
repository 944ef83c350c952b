"""What the local cluster holds of its remotes: how they are registered, whether they are connected, what came of asking them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """Which settings ``cluster.remote.<alias>.*`` the local cluster has, by where they stand (``GET /_cluster/settings``).

    ``persistent``, ``transient`` and ``file`` (``elasticsearch.yml`` of the node that answered) are the last parts of the keys;
    ``values`` are the settings in force, as text, a list joined by commas. All empty: the cluster has none of them. ``archived`` are whole
    keys of this alias that the release does not know or has renamed: ``archived.cluster.remote…``, ``search.remote…``.
    """

    alias: str
    persistent: tuple[str, ...] = ()
    transient: tuple[str, ...] = ()
    file: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    archived: tuple[str, ...] = ()

    def value(self, key: str) -> str:
        """The setting in force, empty where there is none."""
        return dict(self.values).get(key, "")

    @property
    def exists(self) -> bool:
        """Whether there is any setting of this alias."""
        return bool(self.values)

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses in force, of both modes, as ``host:port``."""
        texts = (part.strip() for key in ("proxy_address", "seeds") for part in self.value(key).split(","))
        return tuple(text for text in texts if text not in {"", "[]"})

    @property
    def enabled(self) -> bool:
        """Whether it has an address, without which Elasticsearch takes no notice of it."""
        return bool(self.addresses)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registrations:
    """The settings of every alias that the local cluster has."""

    all: tuple[Registration, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteRegistrations:
    """The remotes that the remote cluster itself has: connections in the other direction.

    ``resolved`` are the IP addresses behind the hosts of their addresses, as this machine looks them up; what has none is left out.
    """

    all: tuple[Registration, ...]
    resolved: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def places(self, one: Registration) -> frozenset[str]:
        """Where a registration leads to: each address as it is written, and as ``ip:port``."""
        known = dict(self.resolved)
        split = [address.rpartition(":") for address in one.addresses]
        found = {f"{ip}:{port}" for host, _, port in split for ip in known.get(host.strip("[]"), ())}
        return frozenset(found | {f"{host.strip('[]')}:{port}" for host, _, port in split})


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteInfo:
    """What the local cluster believes of one remote (``GET /_remote/info``): the node that was asked, at that moment.

    ``listed`` is false where it does not name the alias. ``open`` of ``wanted``: proxy sockets, or nodes in mode sniff.
    ``has_credential`` is None where the release does not tell.
    """

    listed: bool
    connected: bool = False
    mode: str = ""
    open: int = 0
    wanted: int = 0
    skip_unavailable: bool | None = None
    has_credential: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectedPerNode:
    """What each address of the local cluster's API says of one remote: connected or not. Connections belong to a node each.

    ``keys`` says of the addresses that tell it whether that node uses an API key for the remote: each node has a keystore of its own.
    """

    all: tuple[tuple[str, bool], ...]
    keys: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedCluster:
    """What became of asking the remote through the local cluster (``GET /_resolve/cluster``, from 8.13), which tries to connect.

    ``seconds`` is how long the call took for all remotes together. ``error`` is Elasticsearch's own text, empty for none.
    ``matching`` says whether any index matches the patterns that were asked for, None where that is not told.
    """

    connected: bool
    error: str = ""
    version: str = ""
    matching: bool | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedUse(ResolvedCluster):
    """The same for the patterns that are declared to be searched (``use.search``), in the name of the login of diag."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchTrial:
    """What became of a search of the declared patterns through the local cluster, tried only where ``probe.search`` allows it.

    ``status`` is that of the remote in ``_clusters.details`` (successful, partial, skipped, failed, running; empty where the release does
    not tell). ``skipped`` says that the answer left the remote out; ``error`` is Elasticsearch's own text of the first failure.
    """

    status: str = ""
    skipped: bool = False
    error: str = ""
