"""What a cluster on ECK gets: parts of its manifest, and the commands that add keys and CAs to it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import yaml

from diag.model import REMOTE_CLUSTER_SERVER, SecurityModel, Side, client_prefix, command
from diag.setup.certificates import TRUST_FILE
from diag.setup.connection import Cluster, Connection
from diag.setup.steps import Document

_HOME: Final = "/usr/share/elasticsearch/config"
_CA: Final = "ca.crt"


def remote_manifest(connection: Connection) -> Document:
    """The remote cluster: the interface that its model needs, open to the outside; with certificates also whom it trusts."""
    cluster = connection.remote
    if connection.by_key:
        return _manifest(cluster, {"remoteClusterServer": {"enabled": True}})
    service = {"transport": {"service": {"spec": {"type": "LoadBalancer"}}}}
    return _manifest(cluster, {**service, **_trusting(cluster)})


def local_manifest(connection: Connection) -> Document:
    """The local cluster: the key and the CA of the remote cluster server, or whom it trusts."""
    cluster = connection.local
    if not connection.by_key:
        return _manifest(cluster, _trusting(cluster))
    spec: dict[str, Any] = {"secureSettings": [{"secretName": key_secret(connection)}]}
    if not connection.public_ca:
        settings = {f"{client_prefix(SecurityModel.API_KEY)}.certificate_authorities": [f"{_HOME}/remote-ca/{_CA}"]}
        spec |= _node_set(settings, {"remote-ca": _from_secret(ca_secret(cluster))})
    return _manifest(cluster, spec)


def key_secret(connection: Connection) -> str:
    """The Kubernetes secret that holds the key."""
    return f"{connection.local.cluster}-{_dashed(connection.alias)}-key"


def ca_secret(cluster: Cluster) -> str:
    """The Kubernetes secret that holds the CA of the other cluster."""
    return f"{cluster.cluster}-{_peer(cluster)}-ca"


def trust_map(cluster: Cluster) -> str:
    """The config map that holds the ``trust_restrictions`` file."""
    return f"{cluster.cluster}-trust"


def keep_ca(cluster: Cluster) -> str:
    """The command that puts the other cluster's CA into a secret."""
    source = f"--from-file={_CA}={_peer(cluster)}-ca.crt"
    return command("kubectl", "create", "secret", "generic", ca_secret(cluster), "-n", cluster.scope, source)


def keep_trust_file(cluster: Cluster) -> str:
    """The command that puts the ``trust_restrictions`` file into a config map."""
    source = f"--from-file={TRUST_FILE}={cluster.side}/{TRUST_FILE}"
    return command("kubectl", "create", "configmap", trust_map(cluster), "-n", cluster.scope, source)


def keep_key(connection: Connection, kept: str) -> str:
    """The command that puts the encoded key, from its file, into a secret."""
    source = f"--from-file={connection.credentials}={kept}"
    secret, namespace = key_secret(connection), connection.local.scope
    return command("kubectl", "create", "secret", "generic", secret, "-n", namespace, source)


def show_ca(cluster: Cluster) -> str:
    """The command that writes the CA of a cluster's own certificates to a file for the other side."""
    secret = f"{cluster.cluster}-es-transport-certs-public"
    template = '{{index .data "ca.crt" | base64decode}}'
    show = command("kubectl", "get", "secret", secret, "-n", cluster.scope, "-o", f"go-template={template}")
    return f"{show} > {cluster.side}-ca.crt"


def service_name(connection: Connection) -> str:
    """The name of the service that leads to the remote cluster's interface; its certificates carry it (cloud-on-k8s)."""
    what = "remote-cluster" if connection.by_key else "transport"
    return f"{connection.remote.cluster}-es-{what}.{connection.remote.scope}.svc"


def expose_server(connection: Connection, port: int) -> str:
    """The command that opens the remote cluster server to the outside."""
    name = f"{connection.remote.cluster}-es-remote-cluster"
    ports = (f"--name={name}-lb", "--type=LoadBalancer", f"--port={port}", f"--target-port={REMOTE_CLUSTER_SERVER}")
    return command("kubectl", "expose", "service", name, "-n", connection.remote.scope, *ports)


def _dashed(alias: str) -> str:
    """The alias as a part of a name of Kubernetes, which takes no underscore."""
    return alias.replace("_", "-").strip("-")


def _peer(cluster: Cluster) -> str:
    return "local" if cluster.side is Side.REMOTE else "remote"


def _trusting(cluster: Cluster) -> dict[str, Any]:
    """The CA of the other cluster in addition to ECK's own, and the file of whom the nodes admit."""
    prefix = client_prefix(SecurityModel.CERTIFICATE)
    settings = {
        f"{prefix}.certificate_authorities": [f"{_HOME}/{_peer(cluster)}-ca/{_CA}"],
        f"{prefix}.trust_restrictions.path": f"{_HOME}/trust/{TRUST_FILE}",
    }
    volumes = {
        f"{_peer(cluster)}-ca": _from_secret(ca_secret(cluster)),
        "trust": {"configMap": {"name": trust_map(cluster)}},
    }
    return _node_set(settings, volumes)


def _from_secret(name: str) -> dict[str, Any]:
    return {"secret": {"secretName": name}}


def _node_set(settings: dict[str, Any], volumes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    mounts = [{"name": name, "mountPath": f"{_HOME}/{name}"} for name in volumes]
    pod = {
        "containers": [{"name": "elasticsearch", "volumeMounts": mounts}],
        "volumes": [{"name": name, **source} for name, source in volumes.items()],
    }
    return {"nodeSets": [{"name": "default", "count": 3, "config": settings, "podTemplate": {"spec": pod}}]}


def _manifest(cluster: Cluster, spec: dict[str, Any]) -> Document:
    manifest = {
        "apiVersion": "elasticsearch.k8s.elastic.co/v1",
        "kind": "Elasticsearch",
        "metadata": {"name": cluster.cluster, "namespace": cluster.scope},
        "spec": {"version": str(cluster.release), **spec},
    }
    head: Iterable[str] = (
        "# Parts of the manifest: merge them into the one that is there, what stands under nodeSets into each of its node sets.\n",
    )
    text = "".join(head) + yaml.safe_dump(manifest, sort_keys=False, width=120)
    return Document(path=f"{cluster.side}/eck.yaml", text=text, what=f"parts of the manifest of the {cluster.title}")
