"""Build the lab: its certificates, its peers, and the configuration that describes them to diag."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from diag.lab.estates import Estate, acknowledgements
from diag.lab.peer import INSIDE_TLS, Identity, Manner, Peer
from diag.lab.pki import CA, Issued, Spec, bundle, new_ca
from diag.lab.platform_api import Emulated, PlatformApi
from diag.lab.scenarios import LOCAL_SCOPE, SCENARIOS, Scenario
from diag.lab.transport_node import Interface, KeyState, Node
from diag.lazy_dataclass import dataclass
from diag.model import Version

CLUSTER = "lab"
_DOMAIN = "lab.internal"
# Keys of no worth: what the local cluster has, and what became of them on the remote ones.
_KEYS = {
    "good": "lab-key-of-no-worth0:lab-secret-of-no-worth",
    "expired": "lab-key-of-no-worth1:lab-secret-of-no-worth",
    "invalidated": "lab-key-of-no-worth2:lab-secret-of-no-worth",
    "rest": "lab-key-of-no-worth3:lab-secret-of-no-worth",
    "hosted": "lab-key-of-no-worth4:lab-secret-of-no-worth",
    "wrong": "lab-key-of-no-worth0:lab-secret-not-so-good",
    "unknown": "lab-key-of-elsewhere:lab-secret-of-no-worth",
}
_KNOWN_KEYS = {_KEYS[state]: KeyState(state) for state in ("good", "expired", "invalidated", "rest")} | {
    _KEYS["hosted"]: KeyState.GOOD
}
_LOCAL_NODE = f"node1.node.search.cluster.{LOCAL_SCOPE}.account"


@dataclass(frozen=True, slots=True)
class Lab:
    """A running lab: where its configuration stands, its peers by alias, and the APIs of its platforms by the local cluster there."""

    config: Path
    peers: Mapping[str, Peer]
    pki: Pki
    platforms: Mapping[str, PlatformApi[Emulated]]


@dataclass(frozen=True, slots=True)
class Pki:
    """The CAs of the lab and what they issue. Made anew at each start; nothing of it is worth keeping."""

    server_ca: CA
    transport_ca: CA
    foreign_ca: CA
    unrelated_ca: CA
    same_name_ca: CA

    @classmethod
    def make(cls) -> Pki:
        """Make the authorities."""
        return cls(
            server_ca=new_ca("Lab Remote Server CA"),
            transport_ca=new_ca("Lab Transport CA"),
            foreign_ca=new_ca("Lab Foreign CA"),
            unrelated_ca=new_ca("Somebody Else's CA"),
            same_name_ca=new_ca("Lab Remote Server CA"),
        )

    def client_ca(self, name: str) -> bytes:
        """The CA, as PEM, by which a peer judges client certificates; empty for none."""
        return {"": b"", "transport": self.transport_ca.pem, "foreign": self.foreign_ca.pem}[name]

    def identity(self, kind: str, alias: str) -> Identity:
        """What a peer presents: the certificate of that kind, for the host name of the alias."""
        name = host_name(alias)
        plain = {
            "good": (self.server_ca, name),
            "other-name": (self.server_ca, f"old-{name}"),
            "unrelated": (self.unrelated_ca, name),
            "same-name": (self.same_name_ca, name),
        }
        if kind in plain:
            ca, subject = plain[kind]
            issued = ca.leaf(subject)
            return Identity(chain=issued.chain_pem, key=issued.key_pem)
        match kind:
            case "address":
                issued = self.server_ca.leaf(name, ips=("127.0.0.1",))
            case "node":
                issued = self.transport_ca.leaf(
                    name, other_names=(f"{alias}.node.remote.cluster.{LOCAL_SCOPE}.account",)
                )
            case "expired":
                issued = self._dated(self.server_ca, name, -400, -1)
            case "ending":
                issued = self._dated(self.server_ca, name, -300, 21)
            case "wreck":
                issued = self._dated(self.unrelated_ca, f"old-{name}", -400, -1)
            case "lone-leaf":
                issued = self.server_ca.intermediate("Lab Intermediate CA").leaf(name)
                return Identity(chain=issued.pem, key=issued.key_pem)
            case _:
                msg = f"the lab has no certificate of kind {kind!r}"
                raise ValueError(msg)
        return Identity(chain=issued.chain_pem, key=issued.key_pem)

    def _dated(self, ca: CA, name: str, since: int, until: int) -> Issued:
        now = datetime.now(UTC)
        spec = Spec(
            subject=name, dns=(name,), not_before=now + timedelta(days=since), not_after=now + timedelta(days=until)
        )
        return ca.issue(spec)

    def write(self, directory: Path) -> None:
        """Write what the local cluster holds: CAs, its own certificate, the other side's trust files, a key."""
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "remote-server-ca.pem").write_bytes(bundle([self.server_ca]))
        (directory / "transport-ca.pem").write_bytes(bundle([self.transport_ca]))
        self.transport_ca.leaf("node1.search.internal", other_names=(_LOCAL_NODE,)).write(directory, "node")
        (directory / "trust.yml").write_text(
            f'trust.subject_name:\n  - "*.node.search.cluster.{LOCAL_SCOPE}.account"\n{_OF_REMOTE_CLUSTER}'
        )
        (directory / "trust-others.yml").write_text(
            f'trust.subject_name:\n  - "*.node.search.cluster.83988631.account"\n  - "node*.example.com"\n{_OF_REMOTE_CLUSTER}'
        )
        for name, key in _KEYS.items():
            _write_secret(directory / f"{name}.key", base64.b64encode(key.encode()).decode())
        _write_secret(directory / "plain.key", _KEYS["good"])


def _write_secret(file: Path, secret: str) -> None:
    file.touch(mode=0o600)
    file.write_text(f"{secret}\n")


# The file of a cluster has to admit its own nodes, too.
_OF_REMOTE_CLUSTER = f'  - "*.node.remote.cluster.{LOCAL_SCOPE}.account"\n'


def host_name(alias: str) -> str:
    """The name that the certificate of a lab remote carries."""
    return f"{alias.lower()}.{_DOMAIN}"


def peer_of(scenario: Scenario, pki: Pki) -> Peer:
    """Make the peer of a scenario."""
    needs_identity = scenario.manner in INSIDE_TLS
    interface = Interface(scenario.interface or ("transport" if scenario.model == "certificate" else "remote_cluster"))
    release = Version.parse(scenario.release)
    return Peer(
        manner=scenario.manner,
        identity=pki.identity(scenario.certificate, scenario.alias) if needs_identity else None,
        node=Node(release=release, interface=interface, keys=_KNOWN_KEYS, licensed=scenario.licensed),
        client_ca=pki.client_ca(scenario.asks),
        tls13=scenario.tls13,
    )


def configuration(scenarios: Sequence[Scenario], ports: Mapping[str, int], *, interval: str) -> dict[str, object]:
    """Describe the lab as a diag.yaml."""
    keyed = [s.in_keystore or s.alias for s in scenarios if s.model == "api_key"]
    return {
        "interval": interval,
        "timeouts": {"connect": "2s", "handshake": "3s", "api": "3s"},
        "clusters": [
            {
                "name": CLUSTER,
                "kind": "self_managed",
                "version": "8.15.3",
                "keystore": [f"cluster.remote.{alias}.credentials" for alias in keyed],
                "transport": {"certificate": "node.pem", "key": {"file": "node.key"}, "ca": ["transport-ca.pem"]},
                "remotes": [_remote(scenario, ports[scenario.alias]) for scenario in scenarios],
            }
        ],
    }


def _remote(scenario: Scenario, port: int) -> dict[str, object]:
    remote: dict[str, object] = {
        "alias": scenario.alias,
        "security_model": scenario.model,
        "kind": "self_managed",
        "mode": "proxy",
        "proxy_address": "127.0.0.1:{port}",
        "server_name": host_name(scenario.alias),
        "skip_unavailable": True,
        "version": scenario.release,
    }
    if scenario.model == "api_key":
        remote |= {"ca": ["remote-server-ca.pem"], "credential": {"file": f"{scenario.key}.key"}}
    remote |= scenario.settings
    return {key: _with_port(value, port) for key, value in remote.items() if value is not None}


def _with_port(value: object, port: int) -> object:
    if isinstance(value, list):
        return [_with_port(item, port) for item in value]
    return value.replace("{port}", str(port)) if isinstance(value, str) else value


def _platform_api(estate: Estate, pki: Pki, directory: Path) -> PlatformApi[Emulated]:
    _write_secret(directory / estate.key_file, estate.key)
    pems = {"server": pki.server_ca.pem.decode(), "transport": pki.transport_ca.pem.decode()}
    return PlatformApi(organization=estate.answers(pems), key=estate.key, identity=pki.identity("address", estate.name))


def _with_platforms(
    whole: Mapping[str, Any], estates: Sequence[Estate], ports: Mapping[str, int], urls: Mapping[str, str]
) -> dict[str, object]:
    """A configuration with the platforms, and with the clusters that they run."""
    clusters = [
        one.written([_remote(scenario, ports[scenario.alias]) for scenario in one.scenarios]) for one in estates
    ]
    platforms = [one.section(urls[one.name]) for one in estates]
    return {
        **whole,
        **({"platforms": platforms} if platforms else {}),
        "clusters": [*whole["clusters"], *clusters],
        **acknowledgements(estates),
    }


@asynccontextmanager
async def running_lab(
    directory: Path,
    scenarios: Sequence[Scenario] = SCENARIOS,
    *,
    estates: Sequence[Estate] = (),
    interval: str = "30s",
) -> AsyncIterator[Lab]:
    """Start the peers, write the configuration into the directory, and end it all with the block.

    ``estates`` are further local clusters, each of which a platform runs.
    """
    pki = Pki.make()
    pki.write(directory)
    every = (*scenarios, *(scenario for one in estates for scenario in one.scenarios))
    peers = {scenario.alias: peer_of(scenario, pki) for scenario in every}
    apis = {one.name: _platform_api(one, pki, directory) for one in estates}
    try:
        for api in apis.values():
            await api.start()
        for scenario in every:
            peer = peers[scenario.alias]
            await peer.start()
            peer.node = replace(peer.node, address=scenario.publishes.replace("{port}", str(peer.port)))
        for peer in peers.values():
            if peer.manner is Manner.OFF:
                await peer.stop()
        config = directory / "diag.yaml"
        ports = {alias: peer.port for alias, peer in peers.items()}
        whole = configuration(scenarios, ports, interval=interval)
        whole = _with_platforms(whole, estates, ports, {name: api.url for name, api in apis.items()})
        config.write_text(yaml.safe_dump(whole, sort_keys=False))
        yield Lab(config=config, peers=peers, pki=pki, platforms=apis)
    finally:
        for api in apis.values():
            await api.stop()
        for peer in peers.values():
            await peer.stop()
