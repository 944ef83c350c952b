"""Asking a Kubernetes: answers that a real API server gave (kubernetes-1.36.3.json says which), from a server on loopback."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest
import yaml

from diag.config import load_config
from diag.model import (
    EckClusters,
    KubernetesServices,
    NetworkPolicies,
    Platform,
    Platforms,
    Reason,
    TrafficFilters,
    Unavailable,
)
from tests.diag.collect import peers
from tests.diag.collect.test_api import http
from tests.platformlib import asked, platforms

TOKEN = "eyJhbGciOiJSUzI1NiJ9.cGxhbnRlZC10b2tlbg.c2lnbmF0dXJl-_"
ANSWERS = json.loads((Path(__file__).parent / "kubernetes-1.36.3.json").read_text())["answers"]
ELASTICSEARCHES = "/apis/elasticsearch.k8s.elastic.co/v1/elasticsearches"


class ApiServer:
    """Answers by path, and keeps what was asked. ``lost`` are the ends of paths that get another answer."""

    def __init__(self, **lost: str) -> None:
        self.lost = lost
        self.asked: list[str] = []

    def __call__(self, sock: socket.socket) -> None:
        """Answer one request."""
        request = b""
        while b"\r\n\r\n" not in request and (more := sock.recv(65536)):
            request += more
        self.asked.append(request.decode("latin-1"))
        sock.sendall(self._answer(self.asked[-1].split(" ", 2)[1]))

    def _answer(self, target: str) -> bytes:
        path, _, query = target.partition("?")
        plural = path.rpartition("/")[2]
        name = {"services": "services", "networkpolicies": "policies", "certificates": "unknown"}.get(
            plural, "second" if "continue=" in query else "page"
        )
        one = ANSWERS[self.lost.get(plural, name)]
        if isinstance(one["body"], str):
            return http(one["body"], f"{one['status']} Not Found", kind="text/plain")
        return http(json.dumps(one["body"]), f"{one['status']} Whatever")


async def evidence_of(server: ApiServer, folder: Path, deployment: str = "ns1/search", **platform: Any) -> Any:
    """One round of a cluster that is a resource there."""
    (folder / "token").write_text(f"{TOKEN}\n")
    with peers.peer(server) as port:
        access = {"url": f"http://127.0.0.1:{port}", "token": {"file": "token"}, **platform}
        whole = {
            "timeouts": {"connect": "20s", "handshake": "20s", "api": "20s"},
            "platforms": [{"name": "house", "kind": "kubernetes", **access}],
            "clusters": [
                {
                    "name": "search",
                    "kind": "eck",
                    "deployment": deployment,
                    "remotes": [{"alias": "logs", "proxy_address": "logs.example:9443", "deployment": "ns2/logs"}],
                }
            ],
        }
        file = folder / "diag.yaml"
        file.write_text(yaml.safe_dump(whole))
        return await asked(load_config(file))


def platform(evidence: Any) -> Platform:
    """The platform that was asked."""
    (found,) = platforms(evidence).all
    return found


async def test_what_is_asked_and_found(tmp_path: Path) -> None:
    """Four lists, one of them in two pages as the first one says; nothing but GET, with the token as a bearer token."""
    server = ApiServer()
    evidence = await evidence_of(server, tmp_path)
    around = evidence.surroundings
    assert [(one.namespace, one.name) for one in around[EckClusters].all] == [("ns1", "search"), ("ns2", "logs")]
    (remote,) = around[EckClusters].all[0].remotes
    assert (remote.alias.text, remote.target.text, remote.namespace) == ("logs", "logs", "ns2")
    assert remote.key is not None
    assert around[EckClusters].all[0].operator.text == "3.2.0"
    assert [(one.name, one.of_server) for one in around[KubernetesServices].all] == [("logs-es-remote-cluster", True)]
    (policy,) = around[NetworkPolicies].all
    assert [rule.ports for rule in policy.ingress] == [((9300, 9300),)]
    assert str(evidence.local_version.number) == "9.2.0"
    assert str(evidence.remotes[0].remote_version.number) == "9.2.0"
    assert (platform(evidence).failures, platform(evidence).lost) == ((), ())
    # What Kubernetes has nothing of is not said to be none.
    assert isinstance(around[TrafficFilters], Unavailable)
    going_on = ANSWERS["page"]["body"]["metadata"]["continue"]
    assert sorted(one.split(" HTTP", 1)[0] for one in server.asked) == sorted(
        [
            f"GET {ELASTICSEARCHES}?limit=250",
            f"GET {ELASTICSEARCHES}?limit=250&continue={going_on}",
            "GET /api/v1/services?limit=250",
            "GET /apis/networking.k8s.io/v1/networkpolicies?limit=250",
            "GET /apis/cert-manager.io/v1/certificates?limit=250",
        ]
    )
    assert all(f"Authorization: Bearer {TOKEN}\r\n" in one for one in server.asked)
    assert TOKEN not in repr(evidence)


@pytest.mark.parametrize(
    ("lost", "noun", "reason", "said"),
    [
        (
            {"services": "forbidden"},
            KubernetesServices,
            Reason.FORBIDDEN,
            "the role lacks list services in all namespaces (403)",
        ),
        (
            {"networkpolicies": "forbidden"},
            NetworkPolicies,
            Reason.FORBIDDEN,
            "the role lacks list networkpolicies.networking.k8s.io in all namespaces (403)",
        ),
        ({"elasticsearches": "forbidden"}, EckClusters, Reason.FORBIDDEN, "list elasticsearches."),
        ({"elasticsearches": "unauthenticated"}, EckClusters, Reason.UNAUTHENTICATED, "kubectl create token"),
        ({"elasticsearches": "unknown"}, EckClusters, Reason.NOT_FOUND, "is ECK installed there"),
    ],
)
async def test_what_is_refused_is_unknown(
    tmp_path: Path, lost: dict[str, str], noun: type, reason: Reason, said: str
) -> None:
    """With its reason and what to do; and what rests on it is not taken for nothing."""
    evidence = await evidence_of(ApiServer(**lost), tmp_path)
    found = evidence.surroundings[noun]
    assert isinstance(found, Unavailable)
    assert found.reason is reason
    assert said in found.detail
    assert found in platform(evidence).failures
    if noun is EckClusters:
        assert isinstance(evidence.surroundings[NetworkPolicies], Unavailable)
    else:
        assert isinstance(evidence.surroundings[EckClusters], EckClusters)


async def test_a_namespace_that_does_not_answer_leaves_the_kind_unknown(tmp_path: Path) -> None:
    """Half of a list is none: what is missing in it may be in the other half."""
    server = ApiServer(services="forbidden")
    evidence = await evidence_of(server, tmp_path, namespaces=["ns1", "ns2"])
    assert isinstance(evidence.surroundings[KubernetesServices], Unavailable)
    details = [one.detail for one in platform(evidence).failures]
    assert any("in the namespace ns1" in one for one in details)
    assert any("in the namespace ns2" in one for one in details)
    assert "GET /api/v1/namespaces/ns2/services?limit=250" in "".join(server.asked)


async def test_a_resource_that_is_not_there(tmp_path: Path) -> None:
    """It is said by its name, and nothing of the Kubernetes is laid on the local cluster."""
    evidence = await evidence_of(ApiServer(), tmp_path, deployment="ns1/serach")
    (lost,) = platform(evidence).lost
    assert (lost.alias, lost.reference, lost.why.reason) == ("", "ns1/serach", Reason.NOT_FOUND)
    assert isinstance(evidence.surroundings[Platforms], Platforms)
