"""The API server of Kubernetes with its store, on loopback: the real one decides which objects are good and who may read them.

No node, no scheduler and no controller runs: nothing that is created comes to life.
"""

from __future__ import annotations

import contextlib
import json
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tests import pki
from tests.e2e.conftest import free_ports, program, running, shown
from tests.e2e.kubernetes.tools import kube_apiserver, kubectl
from tests.patience import ENDS_WITHIN, PATIENCE, until

_ADMIN: Final = "token-of-the-admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What somebody may do with a kind of object: a rule of a Role."""

    verbs: tuple[str, ...]
    resources: tuple[str, ...]
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiServer:
    """An API server that runs: where, the file with the CA of its certificate, and the bearer token of one who may do all.

    ``clients`` is the CA whose certificates are users, by their common name.
    """

    url: str
    ca: Path
    admin: str
    clients: pki.CA

    def kubectl(self, *arguments: str, stdin: str = "", token: str = "", check: bool = True) -> Any:
        """Run kubectl and give the finished process. ``token`` is whose right is used; the admin's if it is empty."""
        who = (f"--server={self.url}", f"--certificate-authority={self.ca}", f"--token={token or self.admin}")
        done = subprocess.run(
            # Nobody's own configuration of kubectl is read.
            [kubectl(), "--kubeconfig=/dev/null", *who, *arguments],
            input=stdin, capture_output=True, text=True, check=False, timeout=ENDS_WITHIN,
        )  # fmt: skip
        if check and done.returncode:
            pytest.fail(f"kubectl {' '.join(arguments)}: {done.stderr}")
        return done

    def apply(self, *objects: dict[str, Any], namespace: str = "default") -> None:
        """Create or change objects."""
        self.kubectl("apply", "-n", namespace, "-f", "-", stdin=yaml.safe_dump_all(objects))

    def define(self, *definitions: dict[str, Any]) -> None:
        """Create kinds of objects (CustomResourceDefinitions), and wait until they are served."""
        self.apply(*definitions)
        names = [f"crd/{one['metadata']['name']}" for one in definitions]
        self.kubectl("wait", "--for=condition=Established", f"--timeout={PATIENCE:.0f}s", *names)

    def service_account(self, name: str, *rules: Rule, namespace: str = "default") -> str:
        """Create a ServiceAccount that may do this in its namespace and nothing else, and give a token of it."""
        role = {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "Role",
            "metadata": {"name": name},
            "rules": [
                {"apiGroups": [rule.group], "resources": list(rule.resources), "verbs": list(rule.verbs)}
                for rule in rules
            ],
        }
        binding = {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "RoleBinding",
            "metadata": {"name": name},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name},
            "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": namespace}],
        }
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}}
        self.apply(account, role, binding, namespace=namespace)
        return str(self.kubectl("create", "token", name, "-n", namespace).stdout).strip()

    def get(self, path: str, *, token: str = "") -> tuple[int, Any]:
        """Ask for a path as a client of the API does: the code and the decoded answer."""
        asked = urllib.request.Request(  # noqa: S310 -- an address of this test.
            self.url + path, headers={"Authorization": f"Bearer {token or self.admin}"}
        )
        context = ssl.create_default_context(cafile=str(self.ca))
        try:
            with urllib.request.urlopen(asked, timeout=PATIENCE, context=context) as answer:  # noqa: S310 -- as above.
                return answer.status, _decoded(answer.read())
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, _decoded(refused.read())


@contextlib.contextmanager
def running_api_server(folder: Path) -> Iterator[ApiServer]:
    """Run etcd and an API server while the block lasts; what they write goes into ``folder``.

    The API server ends first: without its store it would hang.
    """
    clients, peers, secure = free_ports(3)
    clients_ca = _write_identities(folder)
    store = (
        program("etcd"),
        *("--data-dir", str(folder / "etcd"), "--unsafe-no-fsync"),
        *("--listen-client-urls", f"http://127.0.0.1:{clients}"),
        *("--advertise-client-urls", f"http://127.0.0.1:{clients}"),
        *("--listen-peer-urls", f"http://127.0.0.1:{peers}"),
        *("--initial-advertise-peer-urls", f"http://127.0.0.1:{peers}"),
        *("--initial-cluster", f"default=http://127.0.0.1:{peers}"),
    )
    url, log = f"https://127.0.0.1:{secure}", folder / "kube-apiserver.log"
    command = (
        str(kube_apiserver()),
        f"--etcd-servers=http://127.0.0.1:{clients}",
        *("--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", f"--secure-port={secure}"),
        f"--cert-dir={folder / 'certs'}",
        f"--service-account-key-file={folder / 'sa.pub'}",
        f"--service-account-signing-key-file={folder / 'sa.key'}",
        f"--service-account-issuer={url}",
        f"--token-auth-file={folder / 'tokens.csv'}",
        f"--client-ca-file={folder / 'clients.pem'}",
        *("--authorization-mode=RBAC", "--service-cluster-ip-range=10.0.0.0/24"),
        # The account of a pod is made by a controller, and none runs.
        "--disable-admission-plugins=ServiceAccount",
    )
    server = ApiServer(url=url, ca=folder / "certs" / "apiserver.crt", admin=_ADMIN, clients=clients_ca)
    with (
        running(*store, log=folder / "etcd.log", stdin=subprocess.DEVNULL),
        running(*command, log=log, stdin=subprocess.DEVNULL) as process,
    ):
        _wait_until_ready(server, process, log)
        yield server


def _write_identities(folder: Path) -> pki.CA:
    """The key that signs tokens of ServiceAccounts, the token of the admin, and the CA of users who come with a certificate, which is given."""
    clients = pki.new_ca("Users of Kubernetes")
    (folder / "clients.pem").write_bytes(pki.bundle([clients.certificate]))
    key = rsa.generate_private_key(65537, 2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "sa.key").write_bytes(private)
    (folder / "sa.pub").write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    (folder / "tokens.csv").write_text(f'{_ADMIN},admin,admin,"system:masters"\n')
    return clients


def _wait_until_ready(server: ApiServer, process: subprocess.Popen[bytes], log: Path) -> None:
    def ready() -> bool:
        # The file of the CA, the port and the answer come one after the other.
        return server.get("/readyz")[0] == 200 and server.get("/api/v1/namespaces/default")[0] == 200

    with shown(log):
        until(ready, what="the API server", alive=lambda: process.poll() is None)


def _decoded(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="replace")
