"""Clusters of Elastic Cloud on Kubernetes in the lab. The API server is emulated, and no operator runs: what it would make is written here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from diag.lab.emulated_kubernetes import LabKubernetes, remote, resource, service
from diag.lab.estates import Estate
from diag.lab.peer import Manner
from diag.lab.scenarios import Scenario
from diag.model import Status

_PLATFORM: Final = "lab-kubernetes"
# A token, in the form of those of a ServiceAccount.
_OF_NO_WORTH: Final = "eyJhbGciOiJub25lIn0.bGFiLXRva2VuLW9mLW5vLXdvcnRo.bGFi"
_NAMESPACE: Final = "lab"
_LOCAL: Final = "harbour"

ORCHESTRATED_SCENARIOS: Final[tuple[Scenario, ...]] = (
    Scenario(
        alias="cargo",
        description="healthy: an Elasticsearch resource with a remote cluster server",
        key="hosted",
        settings={"kind": "eck", "deployment": f"{_NAMESPACE}/cargo"},
        status=Status.OK,
    ),
    Scenario(
        alias="lighthouse",
        description="the resource has no remote cluster server: nothing listens, and the finding of its local cluster says why",
        manner=Manner.OFF,
        key="hosted",
        settings={"kind": "eck", "deployment": f"{_NAMESPACE}/lighthouse"},
        status=Status.FAIL,
        root_cause=("network/tcp-refused",),
    ),
)


def kubernetes(pems: Mapping[str, str]) -> LabKubernetes:
    """What its API server answers."""
    del pems
    return LabKubernetes(
        objects=(
            resource(
                _LOCAL, _NAMESPACE, remoteClusters=[remote(one.alias, one.alias) for one in ORCHESTRATED_SCENARIOS]
            ),
            resource("cargo", _NAMESPACE, remoteClusterServer={"enabled": True}),
            resource("lighthouse", _NAMESPACE),
            *(service(name, _NAMESPACE, "http", 9200) for name in (_LOCAL, "cargo", "lighthouse")),
            service("cargo", _NAMESPACE, "remote-cluster", 9443),
        )
    )


ORCHESTRATED: Final = Estate(
    name=_LOCAL,
    key=_OF_NO_WORTH,
    key_file="platform-kubernetes.token",
    scenarios=ORCHESTRATED_SCENARIOS,
    answers=kubernetes,
    platform={"name": _PLATFORM, "kind": "kubernetes", "namespaces": [_NAMESPACE]},
    key_setting="token",
    cluster={
        "kind": "eck",
        "version": "8.15.3",
        "platform": _PLATFORM,
        "deployment": f"{_NAMESPACE}/{_LOCAL}",
        "keystore": [f"cluster.remote.{one.alias}.credentials" for one in ORCHESTRATED_SCENARIOS],
    },
)
