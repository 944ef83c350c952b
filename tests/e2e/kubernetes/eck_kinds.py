"""The kind Elasticsearch of ECK as a CustomResourceDefinition of the fields that diag reads, and resources of it.

The definition of ECK is of the Elastic License and is not at hand: this one is written from its reference of the API
(https://www.elastic.co/docs/reference/cloud-on-k8s/api-docs).
"""

from __future__ import annotations

from typing import Any, Final

_TEXT: Final = {"type": "string"}
_ANYTHING: Final = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
_REMOTE: Final = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": _TEXT,
        "elasticsearchRef": {"type": "object", "properties": {"name": _TEXT, "namespace": _TEXT}},
        "apiKey": {"type": "object", "properties": {"access": _ANYTHING}},
    },
}
_SPEC: Final = {
    "type": "object",
    "required": ["version"],
    "properties": {
        "version": _TEXT,
        "remoteClusters": {"type": "array", "items": _REMOTE},
        "remoteClusterServer": {"type": "object", "properties": {"enabled": {"type": "boolean"}, "service": _ANYTHING}},
        "nodeSets": {"type": "array", "items": _ANYTHING},
    },
}
KIND: Final = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "elasticsearches.elasticsearch.k8s.elastic.co"},
    "spec": {
        "group": "elasticsearch.k8s.elastic.co",
        "scope": "Namespaced",
        "names": {"plural": "elasticsearches", "singular": "elasticsearch", "kind": "Elasticsearch"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": _SPEC, "status": _ANYTHING}}},
            }
        ],
    },
}


def resource(name: str, *, release: str = "9.2.0", config: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    """An Elasticsearch resource whose release is in force."""
    return {
        "apiVersion": "elasticsearch.k8s.elastic.co/v1",
        "kind": "Elasticsearch",
        "metadata": {"name": name, "annotations": {"common.k8s.elastic.co/controller-version": "3.2.0"}},
        "spec": {"version": release, "nodeSets": [{"name": "default", "count": 3, "config": config or {}}], **spec},
        "status": {"version": release, "phase": "Ready"},
    }


def service(name: str, cluster: str, port: int) -> dict[str, Any]:
    """A Service for the pods of a cluster."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {
            "selector": {
                "common.k8s.elastic.co/type": "elasticsearch",
                "elasticsearch.k8s.elastic.co/cluster-name": cluster,
            },
            "ports": [{"name": "rcs", "port": port, "targetPort": port}],
        },
    }


def policy(name: str, cluster: str, port: int) -> dict[str, Any]:
    """A NetworkPolicy that lets one port of a cluster be reached, and no other."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name},
        "spec": {
            "podSelector": {"matchLabels": {"elasticsearch.k8s.elastic.co/cluster-name": cluster}},
            "policyTypes": ["Ingress"],
            "ingress": [{"ports": [{"protocol": "TCP", "port": port}]}],
        },
    }
