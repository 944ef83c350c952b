"""What every node of a self-managed cluster gets into its elasticsearch.yml."""

from __future__ import annotations

from diag.model import REMOTE_CLUSTER_SERVER, Address, Kind, SecurityModel, Side, client_prefix
from diag.setup.certificates import TRUST_FILE
from diag.setup.connection import Cluster, Connection
from diag.setup.steps import Document, settings_lines

_SERVER = "xpack.security.remote_cluster_server.ssl"
_REPLACED = (
    "keystore.path and truststore.path of the same group go: Elasticsearch does not start with both forms. Every node has its own\n"
    "certificate and key under these names."
)


def mutual_trust(cluster: Cluster) -> Document:
    """The transport interface of a cluster in the certificate model: own certificate, both CAs, and whom it admits."""
    prefix = client_prefix(SecurityModel.CERTIFICATE)
    peer = "local" if cluster.side is Side.REMOTE else "remote"
    settings: dict[str, object] = {
        f"{prefix}.enabled": True,
        f"{prefix}.certificate": "certs/transport.crt",
        f"{prefix}.key": "certs/transport.key",
        f"{prefix}.certificate_authorities": ["certs/ca.crt", f"certs/{peer}-ca.crt"],
        f"{prefix}.trust_restrictions.path": TRUST_FILE,
    }
    about = f"For elasticsearch.yml of every node of the {cluster.title}; paths begin in the folder of that file.\n{_REPLACED}"
    return _lines(cluster, settings, about)


def remote_cluster_server(connection: Connection) -> Document:
    """The interface for remotes with an API key, on the nodes of the remote cluster."""
    cluster, port = connection.remote, _port_of_server(connection)
    settings: dict[str, object] = {
        "remote_cluster_server.enabled": True,
        "remote_cluster.host": "0.0.0.0",  # noqa: S104 -- the reader is told why, and what else it may be.
        **({"remote_cluster.port": port} if port != REMOTE_CLUSTER_SERVER else {}),
        f"{_SERVER}.enabled": True,
        f"{_SERVER}.certificate": "certs/remote-cluster-server.crt",
        f"{_SERVER}.key": "certs/remote-cluster-server.key",
    }
    about = (
        f"For elasticsearch.yml of every node of the {cluster.title}; paths begin in the folder of that file.\n"
        "remote_cluster.host: without it the interface listens where network.host says, by default on this machine alone. Every\n"
        f"address is the widest choice: name the one that the local cluster reaches, where there are several. remote_cluster.port is the\n"
        f"port of the address; where a balancer stands between, it is the one that the balancer goes on to.\n{_REPLACED}"
    )
    return _lines(cluster, settings, about)


def _port_of_server(connection: Connection) -> int:
    """The port that the local cluster dials: the nodes are taken to listen there themselves."""
    return Address(setting="", text=connection.addresses[0]).port or REMOTE_CLUSTER_SERVER


def trusted_server(connection: Connection) -> Document:
    """The CA of the remote cluster server, on the nodes of the local cluster."""
    prefix = client_prefix(SecurityModel.API_KEY)
    settings: dict[str, object] = {
        f"{prefix}.enabled": True,
        f"{prefix}.certificate_authorities": ["certs/remote-ca.crt"],
    }
    about = (
        f"For elasticsearch.yml of every node of the {connection.local.title}; paths begin in the folder of that file."
    )
    return _lines(connection.local, settings, about)


def _lines(cluster: Cluster, settings: dict[str, object], about: str) -> Document:
    what = f"lines for elasticsearch.yml of every node of the {cluster.title}"
    return Document(path=f"{cluster.side}/elasticsearch.yml", text=settings_lines(settings, about), what=what)


def restarted_in_turn(cluster: Cluster) -> str:
    """How settings of a file come into use."""
    if cluster.kind is Kind.ECK:
        return "The operator restarts the pods."
    return f"Restart the nodes of the {cluster.title}, one after the other."
