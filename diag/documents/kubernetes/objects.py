"""The objects in a file of manifests, and what every one of them has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from diag.documents.cloud.bodies import plain
from diag.documents.tree import Branch, Node, branches

_GROUP: Final = "elasticsearch.k8s.elastic.co/"
CLUSTER_LABEL: Final = "elasticsearch.k8s.elastic.co/cluster-name"
TYPE_LABEL: Final = "common.k8s.elastic.co/type"
# What the operator appends to the name of a cluster, for the Services that it makes of it (documentation: expose transport, remote clusters, access Elasticsearch).
HTTP_SERVICE: Final = "-es-http"
TRANSPORT_SERVICE: Final = "-es-transport"
REMOTE_CLUSTER_SERVICE: Final = "-es-remote-cluster"


def objects(nodes: Iterable[Node]) -> Iterator[Branch]:
    """Every object: of each document, and of each list of objects."""
    for node in nodes:
        if not isinstance(node, Branch):
            continue
        if plain(node, "kind").endswith("List"):
            yield from objects(branches(node.get("items")))
        elif plain(node, "apiVersion") and plain(node, "kind"):
            yield node


def is_cluster(one: Branch) -> bool:
    """Whether it is an Elasticsearch of ECK."""
    return plain(one, "apiVersion").startswith(_GROUP) and plain(one, "kind") == "Elasticsearch"


def name_of(one: Branch) -> str:
    """The name of an object."""
    return plain(one, "metadata", "name")


def namespace_of(one: Branch) -> str:
    """The namespace of an object; one that names none lies where somebody applies it, called default here."""
    return plain(one, "metadata", "namespace") or "default"
