"""A local and a remote cluster, their certificates and keys, and what both diag and Elasticsearch make of a remote."""

from __future__ import annotations

import base64
import json
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from diag.model import Version
from tests.e2e.elastic.node import Node
from tests.patience import ENDS_WITHIN, unhurried, until
from tests.pki import CA, Issued, new_ca

NAME = "localhost"
SCOPE = "e2escope"
CERTIFICATE, API_KEY = "certificate", "api_key"
# The file of the remote cluster: it has to admit that cluster's own nodes, too.
TRUST_FILE = "".join(
    ("trust.subject_name:\n", *(f'  - "*.node.{name}.cluster.{SCOPE}.account"\n' for name in ("local", "remote")))
)


@dataclass(frozen=True)
class Authorities:
    """Who issues what."""

    transport: CA
    server: CA
    http: CA
    unrelated_ca: CA

    def node(self, name: str, *, scope: str = SCOPE) -> Issued:
        """The certificate of a node's transport interface, with the otherName that trust restrictions look at."""
        return self.transport.leaf(
            NAME, ips=("127.0.0.1",), other_names=(f"{name}.node.{name}.cluster.{scope}.account",)
        )


@dataclass(frozen=True)
class Verdict:
    """What diag said of one remote."""

    status: str
    causes: tuple[str, ...]
    failing: Mapping[str, str]
    summaries: Mapping[str, str]

    @property
    def summary(self) -> str:
        """What it said of the first root cause."""
        return self.summaries.get(self.causes[0], "") if self.causes else ""


@dataclass
class Pair:
    """A running pair, and nodes beside it that are set up otherwise than the remote one, by their names."""

    folder: Path
    authorities: Authorities
    local: Node
    remote: Node
    keys: Mapping[str, str]
    entries: tuple[str, ...]
    beside: Mapping[str, Node] = field(default_factory=dict)

    def diagnose(self, alias: str, model: str, settings: Mapping[str, Any], **more: Any) -> Verdict:
        """Run diag as a user would, on what the local cluster has for this alias. ``handshake`` is the limit of one, for who says nothing."""
        timeouts = {"handshake": more.pop("handshake")} if "handshake" in more else {}
        remote = {
            "alias": alias,
            "security_model": model,
            "kind": "self_managed",
            "version": str(self.remote.version),
            **settings,
            **more,
        }
        if model == API_KEY:
            remote.setdefault("ca", ["server-ca.pem"])
        else:
            remote.setdefault("trust_restrictions", "trust.yml")
        config = {
            "clusters": [
                {
                    "name": "local",
                    "kind": "self_managed",
                    "version": str(self.local.version),
                    "keystore": list(self.entries),
                    "transport": {
                        "certificate": str(self.local.conf / "certs" / "transport.pem"),
                        "key": {"file": str(self.local.conf / "certs" / "transport.key")},
                        "ca": ["transport-ca.pem"],
                        "verification_mode": "full",
                    },
                    "remotes": [{key: value for key, value in remote.items() if value is not None}],
                }
            ],
        }
        file = self.folder / "diag.yaml"
        file.write_text(yaml.safe_dump(unhurried(config, **timeouts), sort_keys=False))
        command = (str(Path(sys.executable).parent / "diag"), "run", "--config", str(file), "--format", "json")
        done = subprocess.run(command, capture_output=True, text=True, timeout=ENDS_WITHIN, check=False)
        assert done.stdout, done.stderr
        for key in self.keys.values():
            assert key not in done.stdout + done.stderr
        found = json.loads(done.stdout)["clusters"][0]["remotes"][0]
        failing = {r["check"]: r["severity"] for r in found["results"] if r["outcome"] == "fail"}
        causes = tuple(found["root_causes"])
        summaries = {r["check"]: r["findings"][0]["summary"] for r in found["results"] if r["outcome"] == "fail"}
        return Verdict(found["status"], causes, failing, summaries)

    def register(self, alias: str, settings: Mapping[str, Any]) -> str:
        """Register a remote; give what Elasticsearch says where it rejects that."""
        answer = self.local.ask("PUT", "/_cluster/settings", {"persistent": _prefixed(alias, settings)})
        return "" if answer.status_code == 200 else _reason(answer.json())

    def forget(self, alias: str, settings: Mapping[str, Any]) -> None:
        """Take a remote away."""
        self.local.ask("PUT", "/_cluster/settings", {"persistent": dict.fromkeys(_prefixed(alias, settings))})

    def connected(self, alias: str) -> bool:
        """Tell whether Elasticsearch says that it is connected now."""
        return connected(self.local, alias)

    def connect(self, alias: str) -> None:
        """Wait until Elasticsearch says that it is connected."""
        until(lambda: self.connected(alias), what=f"{alias}: {self.search(alias)}", pause=0.5)

    def search(self, alias: str) -> str:
        """What Elasticsearch says to whoever searches the remote."""
        answer = self.local.ask("GET", f"/{alias}:logs/_search")
        return "" if answer.status_code == 200 else _reason(answer.json())

    def shown(self, port: int, client: Node | None) -> bytes:
        """The certificate that is presented on a port now, to whom comes with the certificate of a node, or with none."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if client is not None:
            certs = client.conf / "certs"
            context.load_cert_chain(certs / "transport.pem", certs / "transport.key")
        with (
            socket.create_connection(("127.0.0.1", port), 60) as sock,
            context.wrap_socket(sock, server_hostname=NAME) as tls,
        ):
            return tls.getpeercert(binary_form=True) or b""

    def present(self, interface: str, issued: Issued) -> None:
        """Let the remote present another certificate, and wait until it does."""
        self.remote.present(interface, issued)
        if interface == "server":
            self._wait_for(self.remote.server, None, issued)
        else:
            self._wait_for(self.remote.transport, self.local, issued)

    def present_to_remote(self, issued: Issued) -> None:
        """Let the local node present another certificate: its own interface shows it as soon as its connections do."""
        self.local.present("transport", issued)
        self._wait_for(self.local.transport, self.remote, issued)

    def _wait_for(self, port: int, client: Node | None, issued: Issued) -> None:
        taken_up = f"a certificate on port {port}"
        until(lambda: self.shown(port, client) == issued.der, what=taken_up, pause=0.2)


def connected(node: Node, alias: str) -> bool:
    """Tell whether a node says that it is connected now."""
    info = node.ask("GET", "/_remote/info").json()
    return bool(info.get(alias, {}).get("connected", False))


def _prefixed(alias: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    return {f"cluster.remote.{alias}.{name}": value for name, value in settings.items()}


def _reason(answer: Mapping[str, Any]) -> str:
    """The innermost reason of an error of the REST API."""
    error: Any = answer.get("error", {})
    while isinstance(error, dict) and isinstance(error.get("caused_by"), dict):
        error = error["caused_by"]
    return str(error.get("reason", error)) if isinstance(error, dict) else str(error)


def _certificates(node: str, authorities: Authorities) -> dict[str, Issued]:
    return {
        "transport": authorities.node(node),
        "server": authorities.server.leaf(NAME, ips=("127.0.0.1",)),
        "http": authorities.http.leaf(NAME, ips=("127.0.0.1",)),
    }


def _ssl(what: str, *, client_ca: str = "") -> dict[str, object]:
    prefix = f"xpack.security.{what}.ssl"
    name = {"transport": "transport", "http": "http", "remote_cluster_server": "server"}[what]
    settings: dict[str, object] = {
        f"{prefix}.enabled": True,
        f"{prefix}.key": f"certs/{name}.key",
        f"{prefix}.certificate": f"certs/{name}.pem",
    }
    return settings | ({f"{prefix}.certificate_authorities": client_ca} if client_ca else {})


def made(name: str, version: Version, folder: Path, authorities: Authorities) -> Node:
    """Describe a node: ``local`` ones trust the remote cluster server, the ``remote`` one has it.

    ``plain`` has no TLS on either of its interfaces for remotes, ``optional`` asks for client certificates on both and does without.
    """
    transport = _ssl("transport", client_ca="transport-ca.pem")
    transport["xpack.security.transport.ssl.verification_mode"] = "full"
    files = {
        "transport-ca.pem": authorities.transport.pem.decode(),
        "server-ca.pem": authorities.server.pem.decode(),
        "trust.yml": TRUST_FILE,
    }
    node = Node(name, version, folder / name, transport, _certificates(name, authorities), files)
    more: dict[str, object] = {}
    server: dict[str, object] = {}
    if node.has_server:
        server = {"remote_cluster_server.enabled": True, "remote_cluster.port": node.server}
    if name == "remote":
        more |= _ssl("http")
        more["xpack.security.transport.ssl.trust_restrictions.path"] = "trust.yml"
        # Both clusters are on one machine: without it no IP filter would ever refuse the local one.
        more["xpack.security.filter.always_allow_bound_address"] = False
        node.https_ca = folder / "http-ca.pem"
        more |= {**server, **_ssl("remote_cluster_server")} if server else {}
    elif name in {"local", "second"} and node.has_server:
        more["xpack.security.remote_cluster_client.ssl.certificate_authorities"] = "server-ca.pem"
    if name == "plain":
        transport = {"xpack.security.transport.ssl.enabled": False}
        more = {**server, "xpack.security.remote_cluster_server.ssl.enabled": False} if server else {}
    elif name == "optional":
        transport["xpack.security.transport.ssl.client_authentication"] = "optional"
        more = {**server, **_ssl("remote_cluster_server", client_ca="transport-ca.pem")}
        more["xpack.security.remote_cluster_server.ssl.client_authentication"] = "optional"
    node.settings = {**transport, **more}
    return node


def cross_cluster_key(node: Node) -> str:
    """Make a key that may search the index of tests, encoded."""
    body = {"name": "good", "access": {"search": [{"names": ["logs*"]}]}}
    answer = node.ask("POST", "/_security/cross_cluster/api_key", body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["encoded"])


def make_keys(remote: Node) -> dict[str, str]:
    """Make cross-cluster API keys in every state that there is, encoded."""
    access = {"search": [{"names": ["logs*"]}]}

    def make(path: str, **body: object) -> Mapping[str, str]:
        answer = remote.ask("POST", path, body)
        assert answer.status_code == 200, answer.text
        made: Mapping[str, str] = answer.json()
        return made

    cross = "/_security/cross_cluster/api_key"
    good = make(cross, name="good", access=access)
    invalidated = make(cross, name="invalidated", access=access)
    remote.ask("DELETE", "/_security/api_key", {"ids": [invalidated["id"]]})
    plain = f"{good['id']}:{good['api_key']}"
    forged = {"wrong": f"{good['id']}:{'A' * 22}", "unknown": f"{'A' * 20}:{'A' * 22}"}
    return {
        "good": good["encoded"],
        "invalidated": invalidated["encoded"],
        "expired": make(cross, name="expired", access=access, expiration="1s")["encoded"],
        "rest": make("/_security/api_key", name="rest")["encoded"],
        "soon": make(cross, name="soon", access=access, expiration="5d")["encoded"],
        "doomed": make(cross, name="doomed", access=access)["encoded"],
        "replicating": make(cross, name="replicating", access={"replication": [{"names": ["logs*"]}]})["encoded"],
        "not_encoded": plain,
        **{name: base64.b64encode(text.encode()).decode() for name, text in forged.items()},
    }


@contextmanager
def running(
    local: Version, remote: Version, credentials: Mapping[str, str], beside: tuple[str, ...] = ()
) -> Iterator[Pair]:
    """Start a pair, and stop it at the end. ``credentials`` maps aliases to the names of the keys in the local keystore.

    The nodes ``beside`` it are of the release of the remote one; the first cross-cluster key of each is named after it.
    """
    folder = Path(tempfile.mkdtemp(prefix="diag-e2e-", dir="/var/tmp"))
    folder.chmod(0o755)
    authorities = Authorities(
        new_ca("E2E Transport CA"), new_ca("E2E Server CA"), new_ca("E2E HTTP CA"), new_ca("Nobody's CA")
    )
    for name in ("transport", "server", "http"):
        (folder / f"{name}-ca.pem").write_bytes(getattr(authorities, name).pem)
    (folder / "trust.yml").write_text(TRUST_FILE)
    far, near = made("remote", remote, folder, authorities), made("local", local, folder, authorities)
    others = {name: made(name, remote, folder, authorities) for name in beside}
    try:
        for node in (far, *others.values()):
            node.configure({})
            node.start()
        for node in (far, *others.values()):
            node.wait()
            first = "/logs/_doc/1" if node.version.major >= 7 else "/logs/doc/1"
            answer = node.ask("PUT", f"{first}?refresh=true", {"message": "hello"})
            assert answer.status_code == 201, answer.text
        keys = make_keys(far) if far.has_server else {}
        keys |= {name: cross_cluster_key(node) for name, node in others.items() if node.has_server}
        for label, key in keys.items():
            (folder / f"{label}.key").write_text(key)
        entries: dict[str, str] = {}
        if near.has_server:
            entries = {f"cluster.remote.{alias}.credentials": keys[label] for alias, label in credentials.items()}
            # One remote that stands in the file of the node, beside those that tests register.
            address = {"mode": "proxy", "proxy_address": f"{NAME}:{far.transport}"}
            near.settings = {**near.settings, **_prefixed("filed", address)}
        near.configure(entries)
        near.start()
        near.wait()
        yield Pair(folder, authorities, near, far, keys, tuple(entries), others)
    finally:
        for node in (far, near, *others.values()):
            node.stop()
        shutil.rmtree(folder, ignore_errors=True)
