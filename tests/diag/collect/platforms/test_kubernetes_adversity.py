"""An API server, or what stands in its place, that answers badly: nothing of it is taken for an empty list, and nothing breaks."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from diag.collect.platforms import kubernetes_calls
from diag.model import EckClusters, MountedCertificates, NetworkPolicies, Reason, Unavailable
from tests.diag.collect.platforms.test_kubernetes import evidence_of, platform
from tests.diag.collect.test_api import http

ES: Final = "elasticsearches"
KINDS: Final = {
    ES: "Elasticsearch", "services": "Service", "networkpolicies": "NetworkPolicy", "certificates": "Certificate"
}  # fmt: skip


def listed(kind: str, *objects: Any, going_on: str = "", **more: Any) -> bytes:
    """A list of objects."""
    return http(json.dumps({"kind": f"{kind}List", "metadata": {"continue": going_on}, "items": objects, **more}))


def cluster(name: str, namespace: str, **more: Any) -> dict[str, Any]:
    """An Elasticsearch resource."""
    return {"metadata": {"name": name, "namespace": namespace}, "spec": {"version": "9.2.0"}, **more}


BOTH: Final = listed("Elasticsearch", cluster("search", "ns1"), cluster("logs", "ns2"))


class Server:
    """Answers each list by what a case says of it, the others with empty lists; keeps what was asked."""

    def __init__(self, **answers: bytes | Callable[[str], bytes]) -> None:
        self.answers = {ES: BOTH, **answers}
        self.asked: list[str] = []

    def __call__(self, sock: socket.socket) -> None:
        """Answer one request."""
        request = b""
        while b"\r\n\r\n" not in request and (more := sock.recv(65536)):
            request += more
        target = request.decode("latin-1").split(" ", 2)[1]
        self.asked.append(target)
        plural = target.partition("?")[0].rpartition("/")[2]
        answer = self.answers.get(plural, listed(KINDS[plural]))
        sock.sendall(answer(target) if callable(answer) else answer)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (http(json.dumps({"kind": "PodList", "items": []})), Reason.NOT_USABLE),
        (http(json.dumps({"kind": "Status", "status": "Success", "items": []})), Reason.NOT_USABLE),
        (http(json.dumps({"items": []})), Reason.NOT_USABLE),
        (http(json.dumps({"kind": "NetworkPolicyList", "items": {"a": 1}})), Reason.NOT_USABLE),
        (http(json.dumps({"kind": "NetworkPolicyList", "items": "none"})), Reason.NOT_USABLE),
        (http("[]"), Reason.NOT_USABLE),
        (http("null"), Reason.NOT_USABLE),
        (http('{"kind": "NetworkPolicyList", "items": [{"metadata": '), Reason.NOT_USABLE),
        (http("<html>log in</html>", kind="text/html"), Reason.NOT_ELASTICSEARCH),
        (http("<html>gone</html>", "404 Not Found", kind="text/html"), Reason.NOT_FOUND),
        (http("{}", "302 Found", "Location: https://elsewhere.example/\r\n"), Reason.REDIRECTED),
        (http("{}", "500 Internal Server Error"), Reason.SERVER_ERROR),
        (http("{}", "401 Unauthorized"), Reason.UNAUTHENTICATED),
        (http("{}", "403 Forbidden"), Reason.FORBIDDEN),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{}", Reason.NOT_USABLE),
        (b"", Reason.NOT_USABLE),
    ],
)
async def test_what_is_no_list_is_unknown(tmp_path: Path, answer: bytes, reason: Reason) -> None:
    """Never an empty list: policies that could not be read may close a port. The other kinds are read all the same."""
    evidence = await evidence_of(Server(networkpolicies=answer), tmp_path)
    found = evidence.surroundings[NetworkPolicies]
    assert isinstance(found, Unavailable), found
    assert found.reason is reason
    assert found in platform(evidence).failures
    assert len(evidence.surroundings[EckClusters].all) == 2


async def test_a_null_in_the_place_of_items_is_an_empty_list(tmp_path: Path) -> None:
    """Go writes nothing so, where the kind says that it is a list."""
    server = Server(networkpolicies=http(json.dumps({"kind": "NetworkPolicyList", "items": None})))
    evidence = await evidence_of(server, tmp_path)
    assert evidence.surroundings[NetworkPolicies] == NetworkPolicies()
    assert platform(evidence).failures == ()


ODD: Final[list[Any]] = [None, 7, "text", [], {}, [None], {"a": None}, True, 10**30, "9" * 5000]


@pytest.mark.parametrize("odd", ODD, ids=lambda one: repr(one)[:20])
async def test_values_of_any_form(tmp_path: Path, odd: Any) -> None:
    """In the place of every part that is read, one after the other; the resource that is whole is read."""
    whole: dict[str, Any] = {
        "metadata": {
            "name": "odd",
            "namespace": "ns1",
            "generation": 3,
            "annotations": {"elasticsearch.k8s.elastic.co/managed-remote-clusters": "a"},
            "managedFields": [{"time": "2026-01-01T00:00:00Z", "fieldsV1": {"f:spec": {}}}],
        },
        "spec": {
            "version": "9.2.0",
            "remoteClusters": [{"name": "a", "elasticsearchRef": {"name": "b"}, "apiKey": {"access": {"search": {}}}}],
            "remoteClusterServer": {"enabled": True},
            "nodeSets": [
                {"name": "n", "config": {"node.roles": []}, "podTemplate": {"metadata": {"labels": {"a": "b"}}}}
            ],
        },
        "status": {"observedGeneration": 3, "conditions": [{"type": "t", "status": "True", "lastTransitionTime": "x"}]},
    }
    bent = list(_bent(whole, odd))
    assert len(bent) > 25
    selector = {
        "metadata": {"name": "p"},
        "spec": {"podSelector": {"matchExpressions": [{"key": "a"}]}, "ingress": [{"ports": [{"port": 1}]}]},
    }
    server = Server(
        elasticsearches=listed("Elasticsearch", cluster("search", "ns1"), cluster("logs", "ns2"), odd, *bent),
        networkpolicies=listed("NetworkPolicy", odd, *_bent(selector, odd)),
        services=listed("Service", odd, *_bent({"metadata": {"name": "s"}, "spec": {"selector": {"common.k8s.elastic.co/type": "elasticsearch"}, "ports": [{"port": 9443}]}}, odd)),
        certificates=listed("Certificate", odd, *_bent({"metadata": {"name": "c"}, "spec": {"secretName": "s", "dnsNames": ["a"]}}, odd)),
    )  # fmt: skip
    evidence = await evidence_of(server, tmp_path)
    assert {("ns1", "search"), ("ns2", "logs")} <= {
        (one.namespace, one.name) for one in evidence.surroundings[EckClusters].all
    }
    assert (platform(evidence).failures, platform(evidence).lost) == ((), ())


def _bent(value: Any, odd: Any) -> Any:
    """The value with one part of it replaced, for every part."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield {**value, key: odd}
            yield from ({**value, key: one} for one in _bent(inner, odd))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield [*value[:index], odd, *value[index + 1 :]]
            yield from ([*value[:index], one, *value[index + 1 :]] for one in _bent(inner, odd))


async def test_objects_that_are_large_come_in_smaller_pages(tmp_path: Path) -> None:
    """An answer may hold 8 MiB; 250 resources with long lists of fields may be more."""

    def by_size(target: str) -> bytes:
        if "limit=250" in target:
            return listed("Elasticsearch", {"metadata": {"name": "x" * (9 << 20)}})
        if "continue=" not in target:
            return listed("Elasticsearch", cluster("search", "ns1"), going_on="next")
        return listed("Elasticsearch", cluster("logs", "ns2"))

    server = Server(elasticsearches=by_size)
    evidence = await evidence_of(server, tmp_path)
    assert len(evidence.surroundings[EckClusters].all) == 2
    assert platform(evidence).failures == ()
    asked = [one.partition("?")[2] for one in server.asked if ES in one]
    assert asked == ["limit=250", "limit=40", "limit=40&continue=next"]


async def test_one_object_that_is_too_large(tmp_path: Path) -> None:
    """Then the list is unknown, after so many attempts."""
    server = Server(networkpolicies=listed("NetworkPolicy", {"metadata": {"name": "x" * (9 << 20)}}))
    found = (await evidence_of(server, tmp_path)).surroundings[NetworkPolicies]
    assert isinstance(found, Unavailable)
    assert found.reason is Reason.TOO_LARGE
    assert len([one for one in server.asked if "networkpolicies" in one]) == len(kubernetes_calls.AT_A_TIME)


async def test_a_list_without_end(tmp_path: Path) -> None:
    """It is given up, and what came of it is not taken for all."""
    server = Server(networkpolicies=listed("NetworkPolicy", {"metadata": {"name": "p"}}, going_on="again"))
    found = (await evidence_of(server, tmp_path)).surroundings[NetworkPolicies]
    assert isinstance(found, Unavailable)
    assert found.reason is Reason.TOO_LARGE


GONE: Final = http(json.dumps({"kind": "Status", "code": 410, "reason": "Expired", "message": "too old"}), "410 Gone")


@pytest.mark.parametrize("times", [1, 2])
async def test_a_list_whose_beginning_is_forgotten(tmp_path: Path, times: int) -> None:
    """It is read once more from the beginning (410, Expired); a second time it is unknown, and no half of it is taken for all."""
    left = times

    def forgetful(target: str) -> bytes:
        nonlocal left
        if "continue=" not in target:
            return listed("Elasticsearch", cluster("search", "ns1"), going_on="next")
        left -= 1
        return GONE if left >= 0 else listed("Elasticsearch", cluster("logs", "ns2"))

    evidence = await evidence_of(Server(elasticsearches=forgetful), tmp_path)
    found = evidence.surroundings[EckClusters]
    if times == 1:
        assert [one.name for one in found.all] == ["search", "logs"]
        assert platform(evidence).failures == ()
    else:
        assert isinstance(found, Unavailable)
        assert "(410)" in found.detail


async def test_gone_is_not_none(tmp_path: Path) -> None:
    """Of cert-manager too: only an API server that does not know the kind has none of it."""
    for answer, is_none in ((GONE, False), (http("{}", "403 Forbidden"), False), (http("{}", "404 Not Found"), True)):
        evidence = await evidence_of(Server(certificates=answer), tmp_path)
        assert (evidence.surroundings[MountedCertificates] == MountedCertificates()) is is_none
        assert (platform(evidence).failures == ()) is is_none


async def test_a_server_that_is_busy_gets_its_pause(tmp_path: Path) -> None:
    """Priority and fairness of Kubernetes turn calls away with 429 and Retry-After: waiting is all that it asks for."""
    busy = 2

    def after_a_while(_: str) -> bytes:
        nonlocal busy
        busy -= 1
        return http("{}", "429 Too Many Requests", "Retry-After: 0\r\n") if busy >= 0 else BOTH

    evidence = await evidence_of(Server(elasticsearches=after_a_while), tmp_path)
    assert len(evidence.surroundings[EckClusters].all) == 2
    assert platform(evidence).failures == ()
