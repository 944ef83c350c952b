"""diag reads a real API server with the role that it prints, and with not one permission less."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.clilib import diag
from tests.e2e.kubernetes.apiserver import ApiServer
from tests.e2e.kubernetes.eck_kinds import KIND, policy, resource, service
from tests.e2e.kubernetes.tools import kubectl

pytestmark = pytest.mark.full
PLANTED = "planted-value-that-nobody-may-see"
HERE, THERE = "searching", "logging"
KEY = {"access": {"search": {"names": ["logs-*"]}}}


@pytest.fixture(scope="module")
def server(api_server: ApiServer) -> ApiServer:
    """Two clusters in two namespaces: the remote cluster server of the one that is referred to is off; its policy admits transport alone."""
    api_server.define(KIND)
    for name in (HERE, THERE):
        api_server.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "keys"}, "stringData": {"key": PLANTED}}
        api_server.apply(secret, namespace=name)
    logs = {"name": "logs", "elasticsearchRef": {"name": "logs", "namespace": THERE}, "apiKey": KEY}
    api_server.apply(
        resource("search", remoteClusters=[logs], config={"xpack.http.proxy.password": PLANTED}), namespace=HERE
    )
    api_server.apply(
        resource("logs"), service("logs-es-remote-cluster", "logs", 9443), policy("only-transport", "logs", 9300),
        namespace=THERE,
    )  # fmt: skip
    return api_server


def role(server: ApiServer, account: str, *namespaces: str) -> list[dict[str, Any]]:
    """Apply what the command prints, and give it."""
    options = [one for name in namespaces for one in ("--namespace", name)]
    printed = diag("setup", "kubernetes-role", "--account", account, *options).stdout
    objects = list(yaml.safe_load_all(printed))
    server.kubectl("apply", "-f", "-", stdin=printed)
    return objects


def token(server: ApiServer, account: str) -> str:
    """A token of the account, as the command says that it is made."""
    return str(server.kubectl("create", "token", account, "-n", "default").stdout).strip()


def configuration(folder: Path, platform: dict[str, Any], deployment: str = f"{HERE}/search") -> Path:
    """A diag.yaml with the two clusters there."""
    whole = {
        "timeouts": {"connect": "1s", "handshake": "1s", "api": "10s"},
        "platforms": [{"name": "house", "kind": "kubernetes", **platform}],
        "clusters": [
            {
                "name": "search",
                "kind": "eck",
                "deployment": deployment,
                "remotes": [
                    {"alias": "logs", "kind": "eck", "proxy_address": "127.0.0.1:1", "deployment": f"{THERE}/logs"}
                ],
            }
        ],
    }
    file = folder / "diag.yaml"
    file.write_text(yaml.safe_dump(whole))
    return file


def with_token(server: ApiServer, folder: Path, account: str, *namespaces: str) -> Path:
    """A diag.yaml that asks with the token of an account."""
    (folder / "token").write_text(token(server, account))
    access = {"url": server.url, "ca": str(server.ca), "token": {"file": "token"}}
    return configuration(folder, {**access, "namespaces": list(namespaces)})


def judged(file: Path) -> tuple[dict[str, Any], str]:
    """A run: the results of local checks by check, and everything that it writes."""
    done = diag("run", "-c", file, "--format", "json")
    assert done.stdout, done.output
    results = json.loads(done.stdout)["clusters"][0]["results"]
    return {one["check"]: one for one in results}, done.output


@pytest.mark.parametrize("namespaces", [(), (HERE, THERE)], ids=["all namespaces", "two namespaces"])
def test_the_printed_role_is_enough(server: ApiServer, tmp_path: Path, namespaces: tuple[str, ...]) -> None:
    """Everything is read with it, and the checks of manifests judge what is there; no value of a Secret is in any output."""
    account = f"reader-{len(namespaces)}"
    role(server, account, *namespaces)
    file = with_token(server, tmp_path, account, *namespaces)
    results, output = judged(file)
    assert results["cloud-api/auth"]["outcome"] == "pass"
    assert results["eck/association"]["outcome"] == "fail"
    assert "remoteClusterServer.enabled" in results["eck/association"]["findings"][0]["summary"]
    assert results["network/eck-service"]["outcome"] == "fail"
    saved = tmp_path / "evidence.json"
    output += diag("run", "-c", file, "--format", "json", "--save-evidence", saved).output
    assert PLANTED not in output + saved.read_text()
    assert (tmp_path / "token").read_text() not in output + saved.read_text()
    try:
        server.apply(resource("logs", remoteClusterServer={"enabled": True}), namespace=THERE)
        results, _ = judged(file)
        assert results["eck/association"]["outcome"] == "pass"
        assert results["network/k8s-policy"]["outcome"] == "fail"
    finally:
        server.kubectl("delete", "elasticsearch", "logs", "-n", THERE)
        server.apply(resource("logs"), namespace=THERE)


@pytest.mark.parametrize("left", [0, 1, 2])
def test_each_permission_is_needed(server: ApiServer, tmp_path: Path, left: int) -> None:
    """Without one of the rules of the role the call is refused, and it is said which right is missing."""
    account = f"less-{left}"
    printed = role(server, account)
    cluster_role = next(one for one in printed if one["kind"] == "ClusterRole")
    (lost,) = [one for number, one in enumerate(cluster_role["rules"]) if number == left]
    cluster_role["rules"].remove(lost)
    server.kubectl("replace", "-f", "-", stdin=yaml.safe_dump(cluster_role))
    results, _ = judged(with_token(server, tmp_path, account))
    (finding,) = results["cloud-api/auth"]["findings"]
    assert lost["resources"][0] in finding["summary"]
    assert "kubernetes-role" in finding["remedy"]


def test_the_role_allows_no_more(server: ApiServer) -> None:
    """No Secret, no other verb, no other namespace."""
    role(server, "narrow", HERE)
    mine = token(server, "narrow")
    assert server.get(f"/api/v1/namespaces/{HERE}/services", token=mine)[0] == 200
    for path in (
        f"/api/v1/namespaces/{HERE}/secrets",
        f"/api/v1/namespaces/{HERE}/services/one",
        f"/api/v1/namespaces/{THERE}/services",
        f"/api/v1/namespaces/{HERE}/pods",
    ):
        assert server.get(path, token=mine)[0] == 403, path


def test_a_kubeconfig_leads_there(server: ApiServer, tmp_path: Path) -> None:
    """One that kubectl wrote: address, CA and token out of it. A login that needs a program is refused with a sentence."""
    role(server, "by-file")
    config = tmp_path / "kubeconfig"
    for words in (
        ("set-cluster", "house", f"--server={server.url}", f"--certificate-authority={server.ca}", "--embed-certs"),
        ("set-credentials", "reader", f"--token={token(server, 'by-file')}"),
        ("set-credentials", "program", "--exec-command=planted-program", "--exec-api-version=client.authentication.k8s.io/v1"),
        ("set-context", "good", "--cluster=house", "--user=reader"),
        ("set-context", "runs", "--cluster=house", "--user=program"),
        ("use-context", "good"),
    ):  # fmt: skip
        subprocess.run([kubectl(), "config", f"--kubeconfig={config}", *words], check=True, timeout=60)
    results, _ = judged(configuration(tmp_path, {"kubeconfig": "kubeconfig"}))
    assert results["eck/association"]["outcome"] == "fail"
    results, _ = judged(configuration(tmp_path, {"kubeconfig": "kubeconfig", "context": "runs"}))
    assert results["eck/association"]["outcome"] == "unknown"
    assert "diag runs none" in str(results["cloud-api/auth"])


def test_what_is_not_there_is_said(server: ApiServer, tmp_path: Path) -> None:
    """A reference to no resource, and a token that is none."""
    role(server, "seeing")
    file = with_token(server, tmp_path, "seeing")
    file.write_text(file.read_text().replace(f"{HERE}/search", f"{HERE}/serach"))
    results, _ = judged(file)
    assert results["cloud-api/deployment-not-found"]["outcome"] == "fail"
    (tmp_path / "token").write_text("nobody")
    results, _ = judged(file)
    assert "refuses the token" in results["cloud-api/auth"]["findings"][0]["summary"]
