"""Mode sniff on real nodes: the seed is well in both models, and what the node publishes is not."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from diag.model import Version
from tests.e2e.elastic.node import PASSWORD
from tests.e2e.elastic.pair import API_KEY, CERTIFICATE, NAME, SCOPE, Authorities, Pair, made, make_keys
from tests.e2e.elastic.seen import Seen, look_at
from tests.pki import new_ca

RELEASE = Version.parse("8.19.0")
NOWHERE = "127.0.0.99"


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    """A remote whose server certificate carries the name of the seed alone, and whose transport interface publishes a dead address."""
    folder = Path(tempfile.mkdtemp(prefix="diag-e2e-", dir="/var/tmp"))
    folder.chmod(0o755)
    authorities = Authorities(*(new_ca(f"Sniff {name} CA") for name in ("Transport", "Server", "HTTP", "Other")))
    for name in ("transport", "server", "http"):
        (folder / f"{name}-ca.pem").write_bytes(getattr(authorities, name).pem)
    (folder / "trust.yml").write_text(f'trust.subject_name:\n  - "*.node.local.cluster.{SCOPE}.account"\n')
    far, near = (made(name, RELEASE, folder, authorities) for name in ("remote", "local"))
    far.settings = {**far.settings, "transport.publish_host": NOWHERE, "remote_cluster.host": "127.0.0.1"}
    far.identities = {**far.identities, "server": authorities.server.leaf(NAME)}
    try:
        far.configure({})
        far.start()
        far.wait()
        keys = make_keys(far)
        (folder / "good.key").write_text(keys["good"])
        entry = "cluster.remote.named.credentials"
        near.configure({entry: keys["good"]})
        near.start()
        near.wait()
        yield Pair(folder, authorities, near, far, keys, (entry,))
    finally:
        for node in (far, near):
            node.stop()
        shutil.rmtree(folder, ignore_errors=True)


def broken(pair: Pair, alias: str, port: int) -> dict[str, Any]:
    """Register the remote in mode sniff, and hold that Elasticsearch does not connect."""
    settings = {"mode": "sniff", "seeds": [f"{NAME}:{port}"]}
    assert pair.register(alias, settings) == ""
    pair.search(alias)
    assert not pair.connected(alias)
    return settings


def look(pair: Pair, remote: Mapping[str, Any]) -> Seen:
    """Ask diag with the API of the remote, and with a file instead of that of the local cluster."""
    login = {"username": "elastic", "password": {"file": "password"}}
    (pair.folder / "password").write_text(PASSWORD)
    (pair.folder / "password").chmod(0o600)
    api = {"url": f"https://127.0.0.1:{pair.remote.http}", "auth": login}
    own = pair.local.conf / "certs"
    cluster = {
        "name": "local",
        "version": str(RELEASE),
        "keystore": list(pair.entries),
        "transport": {
            "certificate": str(own / "transport.pem"),
            "key": {"file": str(own / "transport.key")},
            "ca": ["transport-ca.pem"],
            "verification_mode": "full",
        },
        "remotes": [{"kind": "self_managed", **remote, **(api if remote["security_model"] == CERTIFICATE else {})}],
    }
    return look_at(pair.folder / "diag.yaml", cluster)


def test_a_published_name_that_does_not_match(pair: Pair) -> None:
    """The node says where it is when it takes the key, and its certificate lacks that address."""
    settings = broken(pair, "named", pair.remote.server)
    key = {"ca": ["server-ca.pem"], "credential": {"file": "good.key"}}
    seen = look(pair, {"alias": "named", "security_model": API_KEY, **settings, **key})
    assert seen.causes("named") == ("tls/ip-without-ip-san",), seen.results("named")
    assert "tls/hostname-mismatch" in seen.failing("named")
    assert "(published)" in str(seen.results("named")["tls/ip-without-ip-san"]["findings"])


def test_a_published_address_that_nobody_reaches(pair: Pair) -> None:
    """Its API tells the address, and nothing listens there."""
    settings = broken(pair, "inward", pair.remote.transport)
    ca = {"ca": ["transport-ca.pem", "http-ca.pem"]}
    seen = look(pair, {"alias": "inward", "security_model": CERTIFICATE, **settings, **ca})
    assert seen.causes("inward")[:1] == ("network/sniff-publish-unreachable",), seen.results("inward")
    assert NOWHERE in str(seen.results("inward")["network/sniff-publish-unreachable"]["findings"])
