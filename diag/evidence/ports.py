"""Which port a remote cluster is reached at, by who runs it and by security model, and which ports speak HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from diag.evidence.terms import Kind, SecurityModel
from diag.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """The two interfaces of one kind of cluster; ``fixed`` means that nobody can move them to another port."""

    transport: int
    remote_cluster_server: int
    fixed: bool
    source: str

    def expected(self, model: SecurityModel) -> int:
        """The port that a remote of this security model is reached at."""
        return self.remote_cluster_server if model is SecurityModel.API_KEY else self.transport


TRANSPORT_RANGE: Final = range(9300, 9400)  # Default of transport.port; documentation: networking settings.
CLOUD_TRANSPORT: Final = 9400  # Elastic Cloud and ECE proxies; documentation: security models.
REMOTE_CLUSTER_SERVER: Final = 9443  # Default of remote_cluster.port; documentation: networking settings.

BY_KIND: Final[Mapping[Kind, Ports]] = {
    Kind.HOSTED: Ports(
        transport=CLOUD_TRANSPORT,
        remote_cluster_server=REMOTE_CLUSTER_SERVER,
        fixed=True,
        source="documentation: security models",
    ),
    Kind.ECE: Ports(
        transport=CLOUD_TRANSPORT,
        remote_cluster_server=REMOTE_CLUSTER_SERVER,
        fixed=True,
        source="documentation: ECE networking prerequisites",
    ),
    Kind.SELF_MANAGED: Ports(
        transport=TRANSPORT_RANGE.start,
        remote_cluster_server=REMOTE_CLUSTER_SERVER,
        fixed=False,
        source="documentation: networking settings (transport.port, remote_cluster.port)",
    ),
    Kind.ECK: Ports(
        transport=TRANSPORT_RANGE.start,
        remote_cluster_server=REMOTE_CLUSTER_SERVER,
        fixed=False,
        source="documentation: connect to an external cluster with ECK (services <name>-es-transport, <name>-es-remote-cluster)",
    ),
}

# What is usually behind a port that speaks HTTP. The range of http.port comes on top of these single ports.
_HTTP: Final[Mapping[int, str]] = {
    80: "HTTP",  # IANA.
    443: "HTTPS",  # IANA; the endpoint of a deployment on Elastic Cloud.
    5601: "Kibana",  # Documentation: Kibana settings (server.port).
    9243: "the HTTPS endpoint of Elastic Cloud",  # Documentation: ECE networking prerequisites.
}
_HIGHEST: Final = 65535
_DIGITS: Final = len(str(_HIGHEST))
_HTTP_RANGE: Final = range(9200, 9300)  # Default of http.port; documentation: networking settings.

# Domains under which Elastic Cloud and ECE (the last one, its default) hand out endpoints.
_CLOUD_DOMAINS: Final = (".found.io", ".cloud.es.io", ".elastic-cloud.com", ".elastic.cloud", ".ip.es.io")


def as_port(text: str) -> int | None:
    """The number of a port that somebody wrote, None where it is none; also for texts of digits without end, which no ``int`` takes."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else 0
    return number if 0 < number <= _HIGHEST else None


def http_service(port: int) -> str:
    """What usually listens on a port that speaks HTTP; empty for any other port."""
    return _HTTP.get(port) or ("the HTTP interface of Elasticsearch" if port in _HTTP_RANGE else "")


def is_transport(port: int) -> bool:
    """Tell whether the transport interface usually listens here, on a node or at a Cloud proxy."""
    return port in TRANSPORT_RANGE or port == CLOUD_TRANSPORT


def at_cloud(host: str) -> bool:
    """Tell by its domain whether a host is an endpoint of Elastic Cloud or of an ECE installation."""
    return host.lower().rstrip(".").endswith(_CLOUD_DOMAINS)


def ports_of(kind: Kind, host: str = "") -> Ports | None:
    """The ports of a cluster of this kind; an endpoint of Elastic Cloud has those of a hosted one, whatever is declared.

    None where no port is documented (serverless).
    """
    ports = BY_KIND.get(kind)
    return BY_KIND[Kind.HOSTED] if ports is not None and at_cloud(host) else ports
