"""The two kinds of the Prometheus operator that are used here, as CustomResourceDefinitions of the fields that it documents.

The operator's own definitions are not at hand: these are written from its reference of the API
(https://prometheus-operator.dev/docs/api-reference/api/), with no more than the fields below, so that any other is refused as unknown.
"""

from __future__ import annotations

from typing import Any, Final

_TEXT: Final = {"type": "string"}
_LABELS: Final = {"type": "object", "additionalProperties": _TEXT}
_SELECTOR: Final = {"type": "object", "properties": {"matchLabels": _LABELS}}
_DURATION: Final = {
    "type": "string",
    "pattern": r"^(0|(([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?)$",
}
_KEY: Final = {"type": "object", "required": ["key"], "properties": {"name": _TEXT, "key": _TEXT}}
_ENDPOINT: Final = {
    "type": "object",
    "properties": {
        "port": _TEXT,
        "path": _TEXT,
        "scheme": {"type": "string", "enum": ["http", "https"]},
        "interval": _DURATION,
        "basicAuth": {"type": "object", "properties": {"username": _KEY, "password": _KEY}},
        "tlsConfig": {
            "type": "object",
            "properties": {
                "ca": {"type": "object", "properties": {"secret": _KEY, "configMap": _KEY}},
                "serverName": _TEXT,
                "insecureSkipVerify": {"type": "boolean"},
            },
        },
    },
}
_RULE: Final = {
    "type": "object",
    "required": ["expr"],
    "properties": {
        "record": _TEXT,
        "alert": _TEXT,
        "expr": {"anyOf": [{"type": "integer"}, {"type": "string"}], "x-kubernetes-int-or-string": True},
        "for": _DURATION,
        "keep_firing_for": {**_DURATION, "minLength": 1},
        "labels": _LABELS,
        "annotations": _LABELS,
    },
}
_GROUP: Final = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "interval": _DURATION,
        "limit": {"type": "integer"},
        "labels": _LABELS,
        "rules": {"type": "array", "items": _RULE},
    },
}


def _kind(name: str, plural: str, spec: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "required": ["spec"], "properties": {"spec": {"type": "object", **spec}}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.monitoring.coreos.com"},
        "spec": {
            "group": "monitoring.coreos.com",
            "scope": "Namespaced",
            "names": {"kind": name, "plural": plural, "singular": name.lower()},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}],
        },
    }


KINDS: Final = (
    _kind(
        "ServiceMonitor",
        "servicemonitors",
        {
            "required": ["endpoints", "selector"],
            "properties": {
                "jobLabel": _TEXT,
                "selector": _SELECTOR,
                "endpoints": {"type": "array", "items": _ENDPOINT},
            },
        },
    ),
    _kind("PrometheusRule", "prometheusrules", {"properties": {"groups": {"type": "array", "items": _GROUP}}}),
)
