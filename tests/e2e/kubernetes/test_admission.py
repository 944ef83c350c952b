"""The API server takes the chart and the manifests, and admits their pod where pods may do nothing."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.kubernetes.apiserver import ApiServer
from tests.e2e.kubernetes.manifests import MANIFESTS, Objects, of_chart, of_kustomize, overlay
from tests.e2e.kubernetes.operator_kinds import KINDS

pytestmark = pytest.mark.full
NAMESPACE = "search"
RENDERED: dict[str, Callable[[Path], Objects]] = {
    "chart": lambda _: of_chart("plain"),
    "chart with everything": lambda _: of_chart("all"),
    "manifests": lambda _: of_kustomize(MANIFESTS),
    "manifests with monitoring": lambda folder: of_kustomize(overlay(folder, "monitoring")),
    "chart of a worker": lambda _: of_chart("worker"),
    "manifests with a scheduler": lambda folder: of_kustomize(overlay(folder, "scheduler")),
    "manifests of a worker": lambda _: of_kustomize(MANIFESTS / "worker"),
}


@pytest.fixture(scope="module")
def server(api_server: ApiServer) -> ApiServer:
    """With the kinds of the operator, and a namespace where the strictest of the Pod Security Standards is enforced."""
    api_server.define(*KINDS)
    labels = {"pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/warn": "restricted"}
    api_server.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": labels}})
    return api_server


def asked(server: ApiServer, objects: list[Any]) -> Any:
    """Have the API server decode, default and admit objects as if they were created; a field that it does not know is an error."""
    for one in objects:
        one["metadata"]["namespace"] = NAMESPACE
    return server.kubectl(
        *("apply", "--dry-run=server", "--validate=strict", "-f", "-"), stdin=yaml.safe_dump_all(objects), check=False
    )


def pod_of(objects: Objects) -> dict[str, Any]:
    """The pod that the controller would make."""
    template = deepcopy(objects["Deployment"]["spec"]["template"])
    template["spec"].pop("serviceAccountName")
    return {"apiVersion": "v1", "kind": "Pod", **template, "metadata": {"name": "diag", "namespace": NAMESPACE}}


@pytest.mark.parametrize("which", RENDERED)
def test_every_object_is_taken_without_a_warning(which: str, server: ApiServer, tmp_path: Path) -> None:
    """Warnings of the Pod Security Standards and of fields that are deprecated come on standard error."""
    objects = RENDERED[which](tmp_path)
    done = asked(server, list(objects.values()))
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == len(objects)


@pytest.mark.parametrize("which", RENDERED)
def test_the_pod_is_admitted_where_pods_may_do_nothing(which: str, server: ApiServer, tmp_path: Path) -> None:
    """A controller would fail to make it otherwise, long after the Deployment was taken."""
    done = asked(server, [pod_of(RENDERED[which](tmp_path))])
    assert (done.returncode, done.stderr) == (0, "")


def test_a_pod_that_may_do_more_would_be_refused(server: ApiServer) -> None:
    """The test above can fail: for each part of the security context."""
    for part in ("runAsNonRoot", "seccompProfile"):
        pod = pod_of(of_chart("plain"))
        del pod["spec"]["securityContext"][part]
        assert 'violates PodSecurity "restricted' in asked(server, [pod]).stderr, part
    for part in ("allowPrivilegeEscalation", "capabilities"):
        pod = pod_of(of_chart("plain"))
        del pod["spec"]["containers"][0]["securityContext"][part]
        assert 'violates PodSecurity "restricted' in asked(server, [pod]).stderr, part


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        ("Deployment", ("spec", "template", "spec", "readOnlyRoot"), True),
        ("ServiceMonitor", ("spec", "jobLabl"), "x"),
        ("PrometheusRule", ("spec", "groups", 0, "rules", 1, "four"), "2m"),
        ("PrometheusRule", ("spec", "groups", 0, "rules", 1, "for"), "two minutes"),
        ("NetworkPolicy", ("spec", "ingress", 0, "ports", 0, "protocol"), "TLS"),
    ],
)
def test_what_is_wrong_would_be_refused(
    kind: str, path: tuple[str | int, ...], value: object, server: ApiServer
) -> None:
    """A field that nobody knows, a value that means nothing."""
    objects = of_chart("all")
    place: Any = objects[kind]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    done = asked(server, [objects[kind]])
    assert done.returncode != 0
    assert str(path[-1]) in done.stderr


def test_files_of_secrets_are_readable_for_the_group(server: ApiServer) -> None:
    """0440 in YAML is what it is in a shell: read by the group that the pod has, by nobody else."""
    for objects in (of_chart("all"), of_kustomize(MANIFESTS)):
        objects["Deployment"]["metadata"]["namespace"] = NAMESPACE
        text = yaml.safe_dump(objects["Deployment"])
        done = server.kubectl("apply", "--dry-run=server", "-o", "yaml", "-f", "-", stdin=text)
        volumes = yaml.safe_load(done.stdout)["spec"]["template"]["spec"]["volumes"]
        (secret,) = (one["secret"] for one in volumes if "secret" in one)
        assert secret["defaultMode"] == 0o440
