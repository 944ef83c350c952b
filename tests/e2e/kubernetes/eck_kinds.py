"""The kind Elasticsearch of ECK as a CustomResourceDefinition of the fields that diag reads, and resources of it.

The definition of ECK is of the Elastic License and is not at hand: this one is written from its reference of the API
(https://www.elastic.co/docs/reference/cloud-on-k8s/api-docs).
"""

from __future__ import annotations

from typing import Any, Final

_TEXT: Final = {"type": "string"}
_ANYTHING: Final = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
_NAMES: Final = {"type": "object", "required": ["names"], "properties": {"names": {"type": "array", "items": _TEXT}}}
_REMOTE: Final = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": _TEXT,
        "elasticsearchRef": {"type": "object", "properties": {"name": _TEXT, "namespace": _TEXT}},
        "apiKey": {
            "type": "object",
            "required": ["access"],
            "properties": {"access": {"type": "object", "properties": {"search": _NAMES, "replication": _NAMES}}},
        },
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
        "http": _ANYTHING,
    },
}


def _kind(group: str, kind: str, plural: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"plural": plural, "singular": kind.lower(), "kind": kind},
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    # The status is the operator's alone, and no change of it counts as one of the specification.
                    "subresources": {"status": {}},
                    "schema": {
                        "openAPIV3Schema": {"type": "object", "properties": {"spec": spec, "status": _ANYTHING}}
                    },
                }
            ],
        },
    }


KIND: Final = _kind("elasticsearch.k8s.elastic.co", "Elasticsearch", "elasticsearches", _SPEC)
# cert-manager (https://cert-manager.io), of its reference of the API the fields that diag reads.
CERTIFICATE_KIND: Final = _kind(
    "cert-manager.io",
    "Certificate",
    "certificates",
    {
        "type": "object",
        "required": ["secretName"],
        "properties": {
            "secretName": _TEXT,
            "isCA": {"type": "boolean"},
            "dnsNames": {"type": "array", "items": _TEXT},
        },
    },
)


def resource(
    name: str,
    *,
    release: str = "9.2.0",
    config: dict[str, Any] | None = None,
    annotations: dict[str, str] | None = None,
    pod: dict[str, Any] | None = None,
    **spec: Any,
) -> dict[str, Any]:
    """An Elasticsearch resource; ``pod`` is the specification of its pods."""
    nodes = {"name": "default", "count": 3, "config": config or {}, "podTemplate": {"spec": pod or {}}}
    return {
        "apiVersion": "elasticsearch.k8s.elastic.co/v1",
        "kind": "Elasticsearch",
        "metadata": {
            "name": name,
            "annotations": {"common.k8s.elastic.co/controller-version": "3.2.0", **(annotations or {})},
        },
        "spec": {"version": release, "nodeSets": [nodes], **spec},
    }


def service(name: str, cluster: str, port: int, target: int | None = None) -> dict[str, Any]:
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
            "ports": [{"name": "rcs", "port": port, "targetPort": target or port}],
        },
    }


def certificate(name: str, secret: str, *names: str) -> dict[str, Any]:
    """What cert-manager is asked to make and to put into a Secret."""
    return {
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": {"name": name},
        "spec": {"secretName": secret, "dnsNames": list(names)},
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
