"""Every check of what Kubernetes holds, shown failing and passing on a real API server, with the role that diag prints."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from diag.engine import load_catalogue
from tests.e2e.kubernetes.apiserver import ApiServer
from tests.e2e.kubernetes.eck_kinds import CERTIFICATE_KIND, KIND, certificate, policy, resource, service
from tests.e2e.kubernetes.reading import configuration, judged, role, with_token

pytestmark = pytest.mark.full
KEY: Final = {"access": {"search": {"names": ["logs-*"]}}}
ON: Final = {"enabled": True}
FILES: Final = "eck.k8s.elastic.co/file-based-secure-settings"
_COUNT: Final = itertools.count()

Manifest = dict[str, Any]


def search(there: str, key: Manifest | None = None, **more: Any) -> Manifest:
    """The local cluster, whose remote is the cluster logs in another namespace."""
    remote = {"name": "logs", "elasticsearchRef": {"name": "logs", "namespace": there}, "apiKey": key or KEY}
    return resource("search", remoteClusters=[remote], **more)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the two namespaces hold, and what the operator says of the local cluster. ``{there}`` in a name stands for the namespace of the remote."""

    here: Manifest = field(default_factory=dict)
    logs: Manifest = field(default_factory=lambda: {"remoteClusterServer": ON})
    more: tuple[Manifest, ...] = ()
    registered: bool = True
    behind: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A check, a state in which it fails with a word of its finding, and one that only lacks the fault."""

    check: str
    broken: State
    mended: State
    said: str
    severity: str = "error"


MOUNTED: Final = {
    "remoteClusterServer": ON,
    "config": {"xpack.security.remote_cluster_server.ssl.certificate": "/usr/share/elasticsearch/config/own/tls.crt"},
    "pod": {"volumes": [{"name": "own", "secret": {"secretName": "own-certificate"}}]},
}
_LOGS: Final = "logs-es-remote-cluster"
TABLE: Final = (
    Shown(
        check="eck/association",
        broken=State(logs={}),
        mended=State(),
        said="no remoteClusterServer.enabled: true",
    ),
    Shown(
        check="eck/key-access-fields",
        broken=State(here={"key": {"access": {}}}),
        mended=State(),
        said="neither search nor replication",
    ),
    Shown(
        check="eck/external-ca-with-internal-remotes",
        broken=State(here={"config": {"cluster.remote.ext.proxy_address": "ext.example:9443"}}),
        mended=State(here={"config": {"cluster.routing.allocation.enable": "all"}}),
        said="(ext)",
    ),
    Shown(
        check="eck/own-certificate-names",
        broken=State(logs=MOUNTED, more=(certificate("own", "own-certificate", "logs.example"),)),
        mended=State(
            logs=MOUNTED, more=(certificate("own", "own-certificate", "logs.example", f"{_LOGS}.{{there}}.svc"),)
        ),
        said="is for logs.example",
    ),
    Shown(
        check="eck/orchestration-paused",
        broken=State(here={"annotations": {"eck.k8s.elastic.co/managed": "false"}}),
        mended=State(here={"annotations": {"eck.k8s.elastic.co/managed": "true"}}),
        said="eck.k8s.elastic.co/managed: false",
        severity="warning",
    ),
    Shown(
        check="eck/not-reconciled",
        broken=State(registered=False),
        mended=State(),
        said="has not registered logs",
        severity="info",  # It is asked for since a moment, and the operator may be about to do it.
    ),
    Shown(
        check="eck/operator-key-identity",
        broken=State(here={"config": {"cluster.remote.logs.signing.certificate": "sign.crt"}}),
        mended=State(here={"config": {"cluster.remote.ext.signing.certificate": "sign.crt"}}),
        said="without certificate_identity",
        severity="warning",
    ),
    Shown(
        check="eck/file-settings-ignored",
        broken=State(here={"release": "9.4.0", "annotations": {FILES: "true"}}),
        mended=State(
            here={
                "release": "9.5.0",
                "annotations": {FILES: "true", "common.k8s.elastic.co/controller-version": "3.5.0"},
            }
        ),
        said="asks for secure settings as files",
        severity="warning",
    ),
    Shown(
        check="network/eck-service",
        broken=State(more=(service(_LOGS, "logs", 9443, 9200),)),
        mended=State(more=(service(_LOGS, "logs", 9443),)),
        said="leads to port 9200",
    ),
    Shown(
        check="network/k8s-policy",
        broken=State(more=(policy("of-logs", "logs", 9300),)),
        mended=State(more=(policy("of-logs", "logs", 9443),)),
        said="no ingress at port 9443",
    ),
    Shown(
        check="version/eck-operator",
        broken=State(here={"annotations": {"common.k8s.elastic.co/controller-version": "2.15.0"}}),
        mended=State(),
        said="2.15.0",
    ),
)


@pytest.fixture(scope="module")
def server(api_server: ApiServer) -> ApiServer:
    """With the kinds that are read."""
    api_server.define(KIND, CERTIFICATE_KIND)
    return api_server


def hold(server: ApiServer, state: State, here: str, there: str) -> None:
    """Make the namespaces hold a state, and be the operator: it sets the status."""
    annotations = {"elasticsearch.k8s.elastic.co/managed-remote-clusters": "logs"} if state.registered else {}
    annotations |= state.here.get("annotations", {})
    server.apply(search(there, **{**state.here, "annotations": annotations}), namespace=here)
    server.apply(resource("logs", **state.logs), namespace=there)
    objects = json.loads(json.dumps(state.more).replace("{there}", there))
    if objects:
        server.apply(*objects, namespace=there)
    for name, namespace in (("search", here), ("logs", there)):
        get = server.kubectl("get", "elasticsearch", name, "-n", namespace, "-o", "jsonpath={.metadata.generation}")
        status = {"version": "9.2.0", "phase": "Ready", "observedGeneration": int(get.stdout) - state.behind}
        patch = json.dumps({"status": status})
        server.kubectl(
            "patch", "elasticsearch", name, "-n", namespace, "--subresource=status", "--type=merge", "-p", patch
        )


@pytest.fixture
def world(server: ApiServer, tmp_path: Path) -> tuple[str, str, Path]:
    """Two namespaces of one's own, and a diag.yaml of their clusters with the role for these two."""
    number = next(_COUNT)
    here, there = f"here-{number}", f"there-{number}"
    for name in (here, there):
        server.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    role(server, f"judge-{number}", here, there)
    platform = {**with_token(server, tmp_path, f"judge-{number}"), "namespaces": [here, there]}
    return here, there, configuration(tmp_path, platform, f"{here}/search", f"{there}/logs")


def test_the_table_is_whole() -> None:
    """Every check of the group, and those of the network that judge what Kubernetes holds."""
    group = {one.id for one in load_catalogue().checks if one.id.startswith("eck/")}
    assert group
    assert group | {"network/eck-service", "network/k8s-policy"} <= {one.check for one in TABLE}


@pytest.mark.parametrize("one", TABLE, ids=lambda one: one.check)
def test_it_fails_and_passes(one: Shown, server: ApiServer, world: tuple[str, str, Path]) -> None:
    """The same two clusters, with the fault and without it."""
    here, there, file = world
    hold(server, one.broken, here, there)
    results, _ = judged(file)
    assert results["cloud-api/auth"]["outcome"] == "pass"
    found = results[one.check]
    assert found["outcome"] == "fail", found
    assert any(one.said in finding["summary"] for finding in found["findings"]), found
    assert found["severity"] == one.severity
    hold(server, one.mended, here, there)
    results, _ = judged(file)
    assert results[one.check]["outcome"] == "pass", results[one.check]
    assert results["cloud-api/auth"]["outcome"] == "pass"


def test_a_change_that_the_operator_has_not_seen(server: ApiServer, world: tuple[str, str, Path]) -> None:
    """The API server counts what changes the specification, and neither a status nor an annotation."""
    here, there, file = world
    hold(server, State(), here, there)
    hold(server, State(here={"annotations": {"anything": "else"}}), here, there)
    assert judged(file)[0]["eck/not-reconciled"]["outcome"] == "pass"
    server.apply(resource("logs", remoteClusterServer={"enabled": False}), namespace=there)
    (finding,) = judged(file)[0]["eck/not-reconciled"]["findings"]
    assert "looked at generation 1 of 2" in finding["summary"]
    # It is a moment old, and the operator may be about to look: that is seen by the fields that the API server keeps.
    assert finding["severity"] == "info"
