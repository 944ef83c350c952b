"""A emulated organization of Elastic Cloud, or installation of Elastic Cloud Enterprise: what its API would answer.

Shapes and names of fields are those of the public description of the API (Swagger 2.0, of June 2025); a test holds every answer to it.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any, Final

from diag.lazy_dataclass import dataclass

Json = dict[str, Any]
_LONG_AGO: Final = "2025-01-01T00:00:00.000Z"
_BASE: Final = "/api/v1"
_PLATFORM: Final = f"{_BASE}/regions/ece-region/platform/configuration"
_OTHER_KINDS: Final = ("apm", "appsearch", "enterprise_search", "integrations_server", "kibana")


@dataclass(slots=True, kw_only=True)
class LabDeployment:
    """One deployment with one Elasticsearch. ``trust``, ``remotes`` and ``filters`` are in the words of the API; ``keystore`` are names.

    ``system_owned`` is None where the API does not tell it, as on Elastic Cloud.
    """

    id: str
    name: str
    cluster_id: str
    endpoint: str
    transport_port: int = 9400
    alias: str = ""
    ref_id: str = "main-elasticsearch"
    region: str = "gcp-europe-west1"
    version: str = "8.15.3"
    status: str = "started"
    healthy: bool = True
    pending: bool = False
    plan_healthy: bool = True
    since: str = _LONG_AGO
    template: str = "gcp-storage-optimized"
    trust: Json | None = None
    remotes: Sequence[Json] = ()
    keystore: Sequence[str] = ()
    filters: Sequence[str] = ()
    authority: str = ""
    system_owned: bool | None = None

    @property
    def cloud_id(self) -> str:
        """The Cloud ID: the name, and encoded the host of the platform with the ids of the clusters."""
        encoded = base64.b64encode(f"lab.internal${self.cluster_id}$".encode()).decode()
        return f"{self.name}:{encoded}"


@dataclass(slots=True, kw_only=True)
class LabOrganization:
    """What a key sees. ``filters`` are the rule sets with their ids; ``relationships`` and ``proxy_chain`` are those of an installation."""

    id: str
    deployments: Sequence[LabDeployment]
    trusts_all: bool = False
    filters: Sequence[Json] = ()
    relationships: Sequence[Json] = ()
    proxy_chain: Sequence[str] = ()
    is_installation: bool = False

    def answers(self) -> Mapping[str, Json]:
        """What is answered, by the path of the call without its query."""
        found = self._of_itself()
        for one in self.deployments:
            found |= self._of_deployment(one)
        return found

    @property
    def login(self) -> str:
        """The word before its key."""
        return "ApiKey"

    def refusal(self, status: int, code: str, message: str) -> Json:
        """The body of an answer that refuses (BasicFailedReply)."""
        del status
        return {"errors": [{"code": code, "message": message}]}

    def answer(self, path: str, query: str = "") -> Json | None:
        """What is answered to one path, None where nothing is there; nothing is made of the other deployments."""
        del query
        asked = next((one for one in self.deployments if path.startswith(f"{_BASE}/deployments/{one.id}")), None)
        return (self._of_itself() if asked is None else self._of_deployment(asked)).get(path)

    def _of_itself(self) -> dict[str, Json]:
        found: dict[str, Json] = {
            f"{_BASE}/deployments": {"deployments": [_listed(one) for one in self.deployments]},
            f"{_BASE}/account": {"id": self.id, "trust": {"trust_all": self.trusts_all}},
            f"{_BASE}/deployments/traffic-filter/rulesets": {"rulesets": [self._ruleset(one) for one in self.filters]},
        }
        if self.is_installation:
            found[f"{_PLATFORM}/trust-relationships"] = {"trust_relationships": list(self.relationships)}
            found[f"{_PLATFORM}/security/tls/proxy"] = {"user_supplied": True, "chain": list(self.proxy_chain)}
        return found

    def _of_deployment(self, one: LabDeployment) -> dict[str, Json]:
        path = f"{_BASE}/deployments/{one.id}"
        resource = f"{path}/elasticsearch/{one.ref_id}"
        return {
            path: _deployment(one, self),
            f"{path}/certificate-authority": _authority(one, self.id),
            f"{resource}/remote-clusters": {"resources": list(one.remotes)},
            f"{resource}/keystore": {"secrets": {name: {"as_file": False} for name in one.keystore}},
        }

    def _ruleset(self, one: Json) -> Json:
        entities = [{"entity_type": "deployment", "id": d.id} for d in self.deployments if one["id"] in d.filters]
        return {
            "include_by_default": False,
            "associations": entities,
            "total_associations": len(entities),
            **one,
        }


def trusted_environment(name: str, pem: str, **more: object) -> Json:
    """A direct trust, as the console makes it for a self-managed environment."""
    return {
        "uid": "c0ffee",
        "name": name,
        "type": "generic",
        "trust_all": False,
        "trust_allowlist": [],
        "additional_node_names": [],
        "certificates": [{"pem": pem, "metadata": _CERTIFICATE}],
        **more,
    }


_CERTIFICATE: Final = {"fingerprint": "00", "valid_from": _LONG_AGO, "valid_to": "2035-01-01T00:00:00.000Z"}


def _listed(one: LabDeployment) -> Json:
    resource = {
        "ref_id": one.ref_id,
        "id": one.cluster_id,
        "kind": "elasticsearch",
        "region": one.region,
        "cloud_id": one.cloud_id,
    }
    return {"id": one.id, "name": one.name, "resources": [resource]}


def _deployment(one: LabDeployment, of: LabOrganization) -> Json:
    metadata: Json = {"last_modified": one.since, "organization_id": of.id, "system_owned": one.system_owned}
    return {
        "id": one.id,
        "name": one.name,
        **({"alias": one.alias} if one.alias else {}),
        "healthy": one.healthy,
        "resources": {**{kind: [] for kind in _OTHER_KINDS}, "elasticsearch": [_elasticsearch(one)]},
        "settings": {
            "traffic_filter_settings": {"rulesets": list(one.filters)},
            "auto_ops": {"status": "not_connected"},
        },
        "metadata": {"tags": []} if one.system_owned is None else metadata,
    }


def _elasticsearch(one: LabDeployment) -> Json:
    endpoint, alias = one.endpoint, one.alias
    info: Json = {
        "cluster_id": one.cluster_id,
        "cluster_name": one.cluster_id,
        "deployment_id": one.id,
        "healthy": one.healthy,
        "status": one.status,
        "plan_info": _plans(one),
        "elasticsearch": _health(),
        "metadata": {
            "version": 1,
            "last_modified": one.since,
            "endpoint": endpoint,
            "service_url": f"https://{endpoint}:443",
            **({"aliased_endpoint": f"{alias}.{endpoint.partition('.')[2]}"} if alias else {}),
            "cloud_id": one.cloud_id,
            "ports": {"http": 9200, "https": 9243, "transport_passthrough": one.transport_port},
        },
        "topology": {"healthy": True, "instances": []},
        "external_links": [],
        "snapshots": {"count": 0, "healthy": True, "recent_success": True},
        "settings": {} if one.trust is None else {"trust": one.trust},
        **{f"associated_{kind}_clusters": [] for kind in ("kibana", "apm", "appsearch", "enterprise_search")},
    }
    return {"ref_id": one.ref_id, "id": one.cluster_id, "region": one.region, "info": info}


def _plans(one: LabDeployment) -> Json:
    plan = {
        "cluster_topology": [],
        "elasticsearch": {"version": one.version},
        "deployment_template": {"id": one.template},
    }
    current = {
        "healthy": True,
        "attempt_start_time": one.since,
        "attempt_end_time": one.since,
        "plan_attempt_log": [],
        "warnings": [],
        "plan": plan,
    }
    pending = {"pending": {**current, "attempt_end_time": one.since}} if one.pending else {}
    return {"healthy": one.plan_healthy, "history": [], "current": current, **pending}


def _health() -> Json:
    return {
        "healthy": True,
        "shard_info": {
            "healthy": True,
            "available_shards": [],
            "unavailable_shards": [],
            "unavailable_replicas": [],
        },
        "master_info": {"healthy": True, "masters": [], "instances_with_no_master": []},
        "blocking_issues": {"healthy": True, "cluster_level": [], "index_level": []},
    }


def _authority(one: LabDeployment, scope: str) -> Json:
    certificates = [{"active": True, "pem": one.authority, "metadata": _CERTIFICATE}] if one.authority else []
    return {
        "public_certificates": certificates,
        "recommended_trust_restriction": f"*.node.{one.cluster_id}.cluster.{scope}.account",
    }
