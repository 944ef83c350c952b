"""An organization to ask about, its API on loopback, and a round that asks it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from diag.collect import Network, RealNetwork, gather
from diag.config import Config, load_config
from diag.lab.organization import LabDeployment, LabOrganization, trusted_environment
from diag.lab.platform_api import PlatformApi
from diag.model import ClusterEvidence, LinkedDeployments, Platforms, Reason, Resolution, Step, Unavailable
from diag.plan import round_input
from tests import pki

KEY = "essu_cGxhbnRlZC1zZWNyZXQtb2YtdGhlLXBsYXRmb3Jt"
NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
LOCAL, REMOTE, OTHER = "1" * 32, "2" * 32, "3" * 32
LOCAL_CLUSTER, REMOTE_CLUSTER = "a" * 32, "b" * 32
ORGANIZATION = "1053523734"


def organization(**more: Any) -> LabOrganization:
    """Two deployments: search, which is the local cluster, and logs, which is its remote."""
    pem = pki.new_ca("Environment CA").pem.decode()
    return LabOrganization(
        **{
            "id": ORGANIZATION,
            "filters": [
                {
                    "id": "f1",
                    "name": "our clusters",
                    "type": "remote_cluster",
                    "region": "gcp-europe-west1",
                    "rules": [{"remote_cluster_org_id": ORGANIZATION}],
                }
            ],
            "deployments": [
                LabDeployment(
                    id=LOCAL,
                    name="Search EU",
                    alias="search-eu-0a1b2c",
                    cluster_id=LOCAL_CLUSTER,
                    endpoint=f"{LOCAL_CLUSTER}.europe-west1.gcp.cloud.es.io",
                    trust={
                        "accounts": [{"account_id": ORGANIZATION, "trust_all": True}],
                        "direct": [trusted_environment("Our machines", pem, additional_node_names=["node1.example"])],
                    },
                    remotes=[{"deployment_id": REMOTE, "elasticsearch_ref_id": "main-elasticsearch", "alias": "logs"}],
                    keystore=["cluster.remote.logs.credentials"],
                    authority=pem,
                ),
                LabDeployment(
                    id=REMOTE,
                    name="Logs",
                    alias="logs-0a1b2c",
                    cluster_id=REMOTE_CLUSTER,
                    endpoint=f"{REMOTE_CLUSTER}.europe-west1.gcp.cloud.es.io",
                    filters=["f1"],
                    authority=pem,
                ),
            ],
            **more,
        }
    )


@contextlib.asynccontextmanager
async def serving(api: PlatformApi) -> AsyncIterator[PlatformApi]:
    """Let it listen as long as the block lasts."""
    await api.start()
    try:
        yield api
    finally:
        await api.stop()


def configuration(folder: Path, api: PlatformApi, **more: Any) -> Config:
    """A diag.yaml whose only cluster and its remote are deployments there; ``more`` is of the cluster, ``remote`` of the remote."""
    (folder / "platform.key").write_text(f"{KEY}\n")
    remote = {
        "alias": "logs",
        "kind": "hosted",
        "mode": "proxy",
        "proxy_address": f"{REMOTE_CLUSTER}.europe-west1.gcp.cloud.es.io:9400",
        "server_name": f"{REMOTE_CLUSTER}.europe-west1.gcp.cloud.es.io",
        "deployment": REMOTE,
        **more.pop("remote", {}),
    }
    remote = {key: value for key, value in remote.items() if value is not None}
    kind = "ece" if api.organization.is_installation else "ech"
    whole = {
        "timeouts": {"connect": "20s", "handshake": "20s", "api": "20s"},
        "platforms": [{"name": "cloud", "kind": kind, "url": api.url, "api_key": {"file": "platform.key"}}],
        "clusters": [
            {"name": "search", "kind": "hosted", "version": "8.15.3", "deployment": LOCAL, "remotes": [remote], **more}
        ],
    }
    file = folder / "diag.yaml"
    file.write_text(yaml.safe_dump(whole))
    return load_config(file)


class LoopbackNetwork(RealNetwork):
    """Reaches this machine, and knows no name."""

    async def resolve(self, host: str, seconds: float, /) -> Resolution | Unavailable:
        """Give the address of an address."""
        if host == "127.0.0.1":
            return await super().resolve(host, seconds)
        return Unavailable(step=Step.DNS, reason=Reason.NO_SUCH_NAME, detail="no such name")


async def asked(
    config: Config, network: Network | None = None, seconds: float = 30.0, index: int = 0
) -> ClusterEvidence:
    """One round of a cluster."""
    work = round_input(config, config.clusters[index], NOW, seconds=seconds)
    if network is not None:
        return await gather(work, network)
    async with LoopbackNetwork() as real:
        return await gather(work, real)


def links(evidence: ClusterEvidence) -> LinkedDeployments:
    """The deployments that were found."""
    found = evidence.surroundings[LinkedDeployments]
    assert isinstance(found, LinkedDeployments), found
    return found


def platforms(evidence: ClusterEvidence) -> Platforms:
    """The platforms that were asked."""
    found = evidence.surroundings[Platforms]
    assert isinstance(found, Platforms), found
    return found
