"""diag reads a real API server with the role that it prints, and with not one permission less."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from tests import pki
from tests.clilib import diag
from tests.e2e.kubernetes.apiserver import ApiServer
from tests.e2e.kubernetes.eck_kinds import CERTIFICATE_KIND, KIND, policy, resource, service
from tests.e2e.kubernetes.reading import configuration, judged, role, token, with_token
from tests.e2e.kubernetes.tools import kubectl
from tests.patience import ENDS_WITHIN

pytestmark = pytest.mark.full
PLANTED = "planted-value-that-nobody-may-see"
HERE, THERE = "searching", "logging"
KEY = {"access": {"search": {"names": ["logs-*"]}}}


@pytest.fixture(scope="module")
def server(api_server: ApiServer) -> ApiServer:
    """Two clusters in two namespaces: the remote cluster server of the one that is referred to is off; its policy admits transport alone."""
    api_server.define(KIND, CERTIFICATE_KIND)
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


def with_account(server: ApiServer, folder: Path, account: str, *namespaces: str) -> Path:
    """A diag.yaml that asks with the token of an account."""
    platform = {**with_token(server, folder, account), "namespaces": list(namespaces)}
    return configuration(folder, platform, f"{HERE}/search", f"{THERE}/logs")


@pytest.mark.parametrize("namespaces", [(), (HERE, THERE)], ids=["all namespaces", "two namespaces"])
def test_the_printed_role_is_enough(server: ApiServer, tmp_path: Path, namespaces: tuple[str, ...]) -> None:
    """Everything is read with it, and the checks of manifests judge what is there; no value of a Secret is in any output."""
    account = f"reader-{len(namespaces)}"
    role(server, account, *namespaces)
    file = with_account(server, tmp_path, account, *namespaces)
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


@pytest.mark.parametrize("left", range(4))
def test_each_permission_is_needed(server: ApiServer, tmp_path: Path, left: int) -> None:
    """Without one of the rules of the role the call is refused, and it is said which right is missing."""
    account = f"less-{left}"
    printed = role(server, account)
    cluster_role = next(one for one in printed if one["kind"] == "ClusterRole")
    (lost,) = [one for number, one in enumerate(cluster_role["rules"]) if number == left]
    cluster_role["rules"].remove(lost)
    server.kubectl("replace", "-f", "-", stdin=yaml.safe_dump(cluster_role))
    results, _ = judged(with_account(server, tmp_path, account))
    (finding,) = results["cloud-api/auth"]["findings"]
    assert lost["resources"][0] in finding["summary"]
    assert "kubernetes-role" in finding["remedy"]


def test_without_cert_manager_nothing_is_missing(server: ApiServer, tmp_path: Path) -> None:
    """An API server that does not know the kind has none of it; that is no fault of the role."""
    role(server, "plain")
    server.kubectl("delete", "crd", CERTIFICATE_KIND["metadata"]["name"])
    try:
        results, _ = judged(with_account(server, tmp_path, "plain"))
        assert results["cloud-api/auth"]["outcome"] == "pass"
    finally:
        server.define(CERTIFICATE_KIND)


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
        subprocess.run([kubectl(), "config", f"--kubeconfig={config}", *words], check=True, timeout=ENDS_WITHIN)
    results, _ = judged(configuration(tmp_path, {"kubeconfig": "kubeconfig"}, f"{HERE}/search", f"{THERE}/logs"))
    assert results["eck/association"]["outcome"] == "fail"
    results, _ = judged(
        configuration(tmp_path, {"kubeconfig": "kubeconfig", "context": "runs"}, f"{HERE}/search", f"{THERE}/logs")
    )
    assert results["eck/association"]["outcome"] == "unknown"
    assert "diag runs none" in str(results["cloud-api/auth"])


def test_a_token_that_is_over_and_a_role_that_is_narrow(server: ApiServer, tmp_path: Path) -> None:
    """A token lives no longer than its ServiceAccount; a role of two namespaces does not open all of them, and it is said which way is open."""
    role(server, "narrow-one", HERE, THERE)
    results, _ = judged(with_account(server, tmp_path, "narrow-one"))
    assert "in all namespaces" in str(results["eck/association"]["because"])
    assert "under namespaces" in str(results["eck/association"]["because"])
    file = with_account(server, tmp_path, "narrow-one", HERE, THERE)
    assert judged(file)[0]["cloud-api/auth"]["outcome"] == "pass"
    role(server, "gone", HERE, THERE)
    file = with_account(server, tmp_path, "gone", HERE, THERE)
    # Before its first use: the API server remembers for a while whom it let in.
    server.kubectl("delete", "serviceaccount", "gone", "-n", "default")
    results, output = judged(file)
    assert "refuses the token" in results["cloud-api/auth"]["findings"][0]["summary"]
    assert results["eck/association"]["outcome"] == "unknown"
    assert (tmp_path / "token").read_text() not in output


@pytest.mark.parametrize("embedded", [True, False], ids=["in the file", "in files"])
def test_a_kubeconfig_with_a_client_certificate(server: ApiServer, tmp_path: Path, embedded: bool) -> None:  # noqa: FBT001 -- a case.
    """The API server knows its users by the common name; without a right it refuses, and no byte of the key is in any output."""
    role(server, "for-users")
    user = server.clients.issue(pki.Spec(subject="reader-by-certificate", dns=("reader.example",)))
    (tmp_path / "user.pem").write_bytes(user.chain_pem)
    (tmp_path / "user.key").write_bytes(user.key_pem)
    pair = (f"--client-certificate={tmp_path / 'user.pem'}", f"--client-key={tmp_path / 'user.key'}")
    config = tmp_path / "kubeconfig"
    for words in (
        ("set-cluster", "house", f"--server={server.url}", f"--certificate-authority={server.ca}"),
        ("set-credentials", "reader", *pair, f"--embed-certs={str(embedded).lower()}"),
        ("set-context", "good", "--cluster=house", "--user=reader"),
        ("use-context", "good"),
    ):
        subprocess.run([kubectl(), "config", f"--kubeconfig={config}", *words], check=True, timeout=ENDS_WITHIN)
    file = configuration(tmp_path, {"kubeconfig": "kubeconfig"}, f"{HERE}/search", f"{THERE}/logs")
    server.kubectl("delete", "clusterrolebinding", "by-certificate", "--ignore-not-found")
    results, output = judged(file)
    assert "(403)" in results["cloud-api/auth"]["findings"][0]["summary"]
    server.kubectl(
        *("create", "clusterrolebinding", "by-certificate"),
        *("--clusterrole=for-users", "--user=reader-by-certificate"),
    )
    results, more = judged(file)
    assert results["cloud-api/auth"]["outcome"] == "pass"
    assert results["eck/association"]["outcome"] == "fail"
    for line in user.key_pem.decode().splitlines()[1:-1]:
        assert line not in output + more


def test_what_is_not_there_is_said(server: ApiServer, tmp_path: Path) -> None:
    """A reference to no resource, and a token that is none."""
    role(server, "seeing")
    file = with_account(server, tmp_path, "seeing")
    file.write_text(file.read_text().replace(f"{HERE}/search", f"{HERE}/serach"))
    results, _ = judged(file)
    assert results["cloud-api/deployment-not-found"]["outcome"] == "fail"
    (tmp_path / "token").write_text("nobody")
    results, _ = judged(file)
    assert "refuses the token" in results["cloud-api/auth"]["findings"][0]["summary"]
