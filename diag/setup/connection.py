"""What a connection is between: two clusters, each with its platform and the names of its nodes, and how one reaches the other."""

from __future__ import annotations

import re
from typing import Final

from diag.lazy_dataclass import dataclass
from diag.model import (
    CLOUD,
    CLOUD_FORM,
    LEGACY_SNIFF,
    PROXY_MODE,
    REMOTE_SETTINGS,
    Address,
    DeclaredUse,
    Kind,
    Mode,
    Remote,
    SecurityModel,
    Side,
    Version,
    is_ip,
    pattern_for,
)

_NO_LABEL: Final = re.compile(r"[^A-Za-z0-9_-]+")
# Port of a seed that is a label and never dialled (Elastic Cloud documentation: remotes above 6.7.0 and below 7.6.0).
_LEGACY_SEED_PORT: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterNode:
    """A node as certutil wants it: its name, which is a folder in what certutil writes, and what others know it by."""

    name: str
    dns: tuple[str, ...] = ()
    ip: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Its part of the name in the certificate, which may hold no dot."""
        return _NO_LABEL.sub("-", self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """One of the two clusters.

    ``cluster`` and ``scope`` are the parts of its nodes' names in certificates: at Elastic Cloud and ECE the id of the Elasticsearch
    cluster and of the organization or environment, on ECK the name and the namespace of the resource, else words of one's own.
    ``nodes`` are asked for where certificates are made for them, and where the other side lists them. ``ca`` is the public certificate
    of the CA of its transport interface, as PEM.
    """

    side: Side
    kind: Kind
    release: Version
    cluster: str = ""
    scope: str = ""
    nodes: tuple[ClusterNode, ...] = ()
    ca: str = ""

    @property
    def at_cloud(self) -> bool:
        """Whether a console manages its trust: Elastic Cloud, ECE."""
        return self.kind in CLOUD

    @property
    def title(self) -> str:
        """The cluster for a sentence: ``remote cluster``, ``local deployment``."""
        return f"{self.side} {'deployment' if self.at_cloud else 'cluster'}"

    @property
    def names(self) -> tuple[str, ...]:
        """The names in the certificates of its nodes, in their order."""
        return tuple(self.name_of(node.label) for node in self.nodes)

    @property
    def pattern(self) -> str:
        """The pattern of a ``trust_restrictions`` file that admits its nodes and no others."""
        return f"*.{self._suffix}" if self.kind is Kind.ECK else pattern_for(self.name_of("node"))

    def name_of(self, label: str) -> str:
        """The name in the certificate of a node: ECK's own form, else the one of Elastic Cloud."""
        if self.kind is Kind.ECK:
            return f"{label}.{self._suffix}"
        return CLOUD_FORM.replace("<node>", label).replace("<cluster>", self.cluster).replace("<scope>", self.scope)

    @property
    def _suffix(self) -> str:
        return f"node.{self.cluster}.{self.scope}.es.local"  # cloud-on-k8s, names in transport certificates.


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A remote that is to be: who, where, by which model, and what for. ``addresses`` hold ``host:port``, one in mode proxy.

    ``public_ca`` says that a public CA signed what the remote cluster server presents.
    """

    local: Cluster
    remote: Cluster
    model: SecurityModel
    alias: str
    addresses: tuple[str, ...]
    mode: Mode = Mode.PROXY
    server_name: str = ""
    search: tuple[str, ...] = ()
    replicate: tuple[str, ...] = ()
    skip_unavailable: bool = True
    public_ca: bool = False

    @property
    def clusters(self) -> tuple[Cluster, Cluster]:
        """Both, the remote one first: what is made there the local one needs."""
        return self.remote, self.local

    @property
    def by_key(self) -> bool:
        """Whether it is the API key model."""
        return self.model is SecurityModel.API_KEY

    @property
    def legacy(self) -> bool:
        """Whether the remote is reached through Cloud's proxy by its old form of mode sniff (Elastic Cloud documentation)."""
        return self.remote.at_cloud and LEGACY_SNIFF.since <= self.remote.release < PROXY_MODE.since

    @property
    def host(self) -> str:
        """The host of the first address."""
        return Address(setting="", text=self.addresses[0]).host or ""

    @property
    def reached_as(self) -> str:
        """The name that the certificate of every remote node has to carry in mode proxy: the server name, else the host."""
        return self.server_name or self.host

    @property
    def credentials(self) -> str:
        """The entry of the keystore that holds the key."""
        return self.remote_settings.setting("credentials")

    @property
    def remote_settings(self) -> Remote:
        """The remote in Elasticsearch's own settings, without those that the local release does not know."""
        known = {one.field for one in REMOTE_SETTINGS if self.local.release >= one.since}
        wanted: dict[str, str | tuple[str, ...]] = {"mode": self.mode.value}
        if self.legacy:
            name = self.server_name if self.server_name and not is_ip(self.server_name) else self.host
            wanted |= {"mode": Mode.SNIFF.value, "seeds": (f"{name}:{_LEGACY_SEED_PORT}",), "proxy": self.addresses[0]}
        elif self.mode is Mode.PROXY:
            wanted |= {"proxy_address": self.addresses[0], "server_name": self.server_name}
        else:
            wanted |= {"seeds": self.addresses}
        kept = {field: value for field, value in wanted.items() if field in known}
        return Remote(
            alias=self.alias,
            declared_model=self.model,
            kind=self.remote.kind,
            version=str(self.remote.release),
            skip_unavailable=self.skip_unavailable,
            use=DeclaredUse(search=self.search, replicate=self.replicate),
            **kept,  # type: ignore[arg-type]  # Each under the name of its field.
        )
