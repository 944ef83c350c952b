"""An emulated Kubernetes, as far as diag asks one: lists of three kinds, in pages.

Paths, pages and refusals are those of the documentation (Kubernetes API concepts: resource URIs, retrieving large results sets in chunks; Status).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import parse_qs

from diag.lazy_dataclass import dataclass

Json = dict[str, Any]
# The paths that lists have, with their kinds; a namespace stands before the last part.
_LISTS: Final = {
    ("/apis/elasticsearch.k8s.elastic.co/v1", "elasticsearches"): "Elasticsearch",
    ("/api/v1", "services"): "Service",
    ("/apis/networking.k8s.io/v1", "networkpolicies"): "NetworkPolicy",
}
_REASONS: Final = {
    401: "Unauthorized",
    404: "NotFound",
    405: "MethodNotAllowed",
    410: "Expired",
    429: "TooManyRequests",
}


@dataclass(slots=True, kw_only=True)
class LabKubernetes:
    """What is in it. ``page`` is how many objects a list gives at most, whatever is asked for."""

    objects: Sequence[Json] = ()
    page: int = 500

    @property
    def login(self) -> str:
        """The word before a token."""
        return "Bearer"

    def refusal(self, status: int, code: str, message: str) -> Json:
        """The body of an answer that refuses: a Status."""
        del code
        return {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": message,
            "reason": _REASONS.get(status, "InternalError"),
            "code": status,
        }

    def answer(self, path: str, query: str = "") -> Json | None:
        """The page of a list, None for any other path."""
        for (base, plural), kind in _LISTS.items():
            inner = path.removeprefix(base).strip("/").split("/") if path.startswith(f"{base}/") else []
            if inner == [plural]:
                return self._list(base, kind, "", query)
            if inner[:1] == ["namespaces"] and inner[2:] == [plural]:
                return self._list(base, kind, inner[1], query)
        return None

    def _list(self, base: str, kind: str, namespace: str, query: str) -> Json:
        asked = parse_qs(query)
        begin = int(asked.get("continue", ["0"])[0])
        end = begin + min(self.page, int(asked.get("limit", [str(self.page)])[0]))
        every = [one for one in self.objects if one["kind"] == kind and namespace in {"", one["metadata"]["namespace"]}]
        metadata = {"resourceVersion": "1", **({"continue": str(end)} if end < len(every) else {})}
        return {
            "kind": f"{kind}List",
            "apiVersion": base.removeprefix("/apis/").removeprefix("/api/"),
            "metadata": metadata,
            "items": every[begin:end],
        }


def resource(name: str, namespace: str, *, release: str = "8.15.3", **spec: object) -> Json:
    """An Elasticsearch resource whose release is in force."""
    return {
        "apiVersion": "elasticsearch.k8s.elastic.co/v1",
        "kind": "Elasticsearch",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"version": release, "nodeSets": [{"name": "default", "count": 3}], **spec},
        "status": {"version": release, "phase": "Ready"},
    }


def remote(alias: str, name: str, namespace: str = "") -> Json:
    """One of ``spec.remoteClusters``, with a key that may search."""
    reference = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"name": alias, "elasticsearchRef": reference, "apiKey": {"access": {"search": {"names": ["*"]}}}}


def service(cluster: str, namespace: str, suffix: str, port: int, kind: str = "ClusterIP") -> Json:
    """A Service as the operator makes it: of the API (``http``), of the remote cluster server (``remote-cluster``)."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": f"{cluster}-es-{suffix}", "namespace": namespace},
        "spec": {
            "type": kind,
            "selector": {
                "common.k8s.elastic.co/type": "elasticsearch",
                "elasticsearch.k8s.elastic.co/cluster-name": cluster,
            },
            "ports": [{"name": "https", "port": port, "protocol": "TCP", "targetPort": port}],
        },
        "status": {"loadBalancer": {}},
    }
