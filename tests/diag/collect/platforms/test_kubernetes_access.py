"""The ways into a Kubernetes: kubeconfigs of the form that kubectl documents (v1), and the account of a pod."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
import yaml

from diag.collect.material import secrets_of
from diag.collect.platforms import kubernetes_access
from diag.collect.platforms.kubernetes_access import KubernetesAccess, access
from diag.config import ClusterConfig, PlatformConfig, Secret
from diag.model import PlatformKind, Unavailable

# Tokens of ServiceAccounts are longer than anything else that is read out of an answer.
TOKEN = "eyJhbGciOiJSUzI1NiJ9." + "a" * 900 + ".c2lnbmF0dXJl-_"
PEM = "-----BEGIN CERTIFICATE-----\n" + "QUJD" * 300 + "\n-----END CERTIFICATE-----\n"
KEY = "-----BEGIN PRIVATE KEY-----\nUExBTlQ=\n-----END PRIVATE KEY-----\n"


def kubeconfig(user: dict[str, Any], **cluster: Any) -> dict[str, Any]:
    """A file with one context."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "house",
        "contexts": [{"name": "house", "context": {"cluster": "c", "user": "u", "namespace": "ns1"}}],
        "clusters": [{"name": "c", "cluster": {"server": "https://kubernetes.example:6443", **cluster}}],
        "users": [{"name": "u", "user": user}],
    }


def way(folder: Path, content: Any, context: str | None = None) -> KubernetesAccess | Unavailable:
    """The access that a file gives."""
    file = folder / "kubeconfig"
    file.write_text(content if isinstance(content, str) else yaml.safe_dump(content))
    return access(platform(kubeconfig=file, context=context))


def platform(**more: Any) -> PlatformConfig:
    """A platform of this kind."""
    return PlatformConfig(name="house", kind=PlatformKind.KUBERNETES, **more)


def test_a_token_and_a_ca_in_the_file(tmp_path: Path) -> None:
    """Whole, however long they are."""
    data = base64.b64encode(PEM.encode()).decode()
    found = way(tmp_path, kubeconfig({"token": TOKEN}, **{"certificate-authority-data": data}))
    assert isinstance(found, KubernetesAccess), found
    assert found.token is not None
    assert (found.url, found.token.reveal(), found.ca_pem) == ("https://kubernetes.example:6443", TOKEN, PEM)
    assert TOKEN not in repr(found)


def test_a_token_and_a_ca_in_files_next_to_it(tmp_path: Path) -> None:
    """Paths are those from the folder of the file; a file of a token goes before a token, as with kubectl."""
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    found = way(tmp_path, kubeconfig({"tokenFile": "token", "token": "old"}, **{"certificate-authority": "ca.crt"}))
    assert isinstance(found, KubernetesAccess), found
    assert found.token is not None
    assert (found.token.reveal(), found.ca) == (TOKEN, (tmp_path / "ca.crt",))


@pytest.mark.parametrize("token", [{}, {"token": TOKEN}])
def test_a_client_certificate(tmp_path: Path, token: dict[str, str]) -> None:
    """With a token or without; a text goes before a file, as with kubectl, and the key is printed by nobody."""
    (tmp_path / "user.pem").write_text(PEM)
    user = {
        "client-certificate": "user.pem",
        "client-key": "not-read.key",
        "client-key-data": base64.b64encode(KEY.encode()).decode(),
        **token,
    }
    found = way(tmp_path, kubeconfig(user))
    assert isinstance(found, KubernetesAccess), found
    assert found.client_key is not None
    assert (found.client_key.certificate, found.client_key.key) == (PEM.encode(), KEY.encode())
    assert found.token == (Secret(TOKEN) if token else None)
    assert KEY.strip() in found.secrets
    assert "UExBTlQ" not in repr(found)


@pytest.mark.parametrize(
    ("user", "cluster", "said"),
    [
        ({"exec": {"command": "planted-program"}}, {}, "a program to run, and diag runs none"),
        ({"auth-provider": {"name": "oidc"}}, {}, "a plug-in of kubectl"),
        ({"client-certificate-data": "QUJD"}, {}, "without its client-key"),
        ({"client-certificate-data": "%", "client-key-data": "QUJD"}, {}, "client-certificate-data that is no base64"),
        ({"client-certificate": "not-there", "client-key-data": "QUJD"}, {}, "does not exist"),
        ({}, {}, "no token"),
        ({"token": TOKEN}, {"insecure-skip-tls-verify": True}, "insecure-skip-tls-verify"),
        ({"token": TOKEN}, {"proxy-url": "http://proxy.example"}, "proxy-url"),
        ({"token": TOKEN}, {"tls-server-name": "other.example"}, "tls-server-name"),
        ({"token": TOKEN, "as": "somebody"}, {}, "has as,"),
        ({"token": TOKEN, "as-groups": ["others"]}, {}, "has as-groups,"),
        ({"token": TOKEN}, {"server": "http://kubernetes.example"}, "no server of https://"),
        ({"token": TOKEN}, {"certificate-authority-data": "%"}, "no base64 of PEM"),
        ({"tokenFile": "not-there"}, {}, "does not exist"),
    ],
)
def test_what_is_refused_is_said(tmp_path: Path, user: dict[str, Any], cluster: dict[str, Any], said: str) -> None:
    """In a sentence without any value of the file."""
    found = way(tmp_path, kubeconfig(user, **cluster))
    assert isinstance(found, Unavailable), found
    assert said in found.detail
    assert TOKEN not in found.detail
    assert "planted-program" not in found.detail


@pytest.mark.parametrize(
    ("content", "context", "said"),
    [
        (f"token: [{TOKEN}", None, "is no YAML"),
        ("[]", None, "no current-context"),
        (kubeconfig({"token": TOKEN}), "other", "no context of the name 'other'"),
        ("a: " + "[" * 5000, None, "is no YAML"),
    ],
)
def test_a_file_that_is_none(tmp_path: Path, content: Any, context: str | None, said: str) -> None:
    """Nothing of what it holds is repeated."""
    found = way(tmp_path, content, context)
    assert isinstance(found, Unavailable), found
    assert said in found.detail
    assert TOKEN not in found.detail


def test_in_a_pod(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the variables and files that Kubernetes puts there; outside of one it is said."""
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    outside = access(platform(in_cluster=True))
    assert isinstance(outside, Unavailable)
    assert "in no pod" in outside.detail
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "fd00::1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT_HTTPS", "6443")
    monkeypatch.setattr(kubernetes_access, "_ACCOUNT", tmp_path)
    (tmp_path / "token").write_text(TOKEN)
    found = access(platform(in_cluster=True))
    assert isinstance(found, KubernetesAccess), found
    assert found.token is not None
    assert (found.url, found.token.reveal(), found.ca) == ("https://[fd00::1]:6443", TOKEN, (tmp_path / "ca.crt",))


def test_the_token_of_a_kubeconfig_is_masked(tmp_path: Path) -> None:
    """As every other secret that the configuration leads to."""
    file = tmp_path / "kubeconfig"
    file.write_text(yaml.safe_dump(kubeconfig({"token": TOKEN})))
    assert TOKEN in secrets_of(ClusterConfig(name="search"), [platform(kubeconfig=file)])
