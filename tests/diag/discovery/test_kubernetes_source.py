"""The Elasticsearch resources of a Kubernetes as local clusters: written down once, and followed while the daemon runs, against the API of the lab."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from diag.collect import RealNetwork
from diag.config import Config, load_config
from diag.daemon import running_daemon
from diag.discovery import Findings, find_all
from diag.lab.emulated_kubernetes import LabKubernetes, remote, resource, service
from diag.lab.platform_api import PlatformApi
from tests.clilib import diag
from tests.diag.daemon.world import World, until, write_config
from tests.platformlib import serving

TOKEN = "eyJhbGciOiJSUzI1NiJ9.cGxhbnRlZC10b2tlbg.c2lnbmF0dXJl-_"
RESOURCES = "/apis/elasticsearch.k8s.elastic.co/v1/elasticsearches"
RESOURCES_OF_NS2 = "/apis/elasticsearch.k8s.elastic.co/v1/namespaces/ns2/elasticsearches"
SERVICES = "/api/v1/services"


def status(code: int, message: str) -> tuple[int, str, bytes]:
    """A refusal of an API server."""
    return code, "application/json", json.dumps(LabKubernetes().refusal(code, "", message)).encode()


def world(*objects: dict[str, Any], **more: Any) -> PlatformApi[LabKubernetes]:
    """An API with two clusters, of which search has the other one as its remote, and further objects."""
    every = (
        resource("search", "ns1", remoteClusters=[remote("logs", "logs", "ns2")]),
        resource("logs", "ns2", release="8.15.2", remoteClusterServer={"enabled": True}),
        *(service(name, namespace, "http", 9200) for name, namespace in (("search", "ns1"), ("logs", "ns2"))),
        *objects,
    )
    return PlatformApi(organization=LabKubernetes(objects=every, **more), key=TOKEN)


def configured(folder: Path, server: PlatformApi[LabKubernetes], **more: Any) -> Path:
    """A diag.yaml with the platform, and what it runs as the source."""
    (folder / "token").write_text(f"{TOKEN}\n")
    platform = {"name": "house", "kind": "kubernetes", "url": server.url, "token": {"file": "token"}, **more}
    return write_config(
        folder, {}, platforms=[platform], discover=[{"name": "eck", "platform": {"name": "house", "refresh": "1s"}}]
    )


async def found(config: Config) -> Findings:
    """One look at the source."""
    async with RealNetwork() as network:
        (findings,) = await find_all(config, network)
    return findings


def rows(findings: Findings) -> list[tuple[str, str | None]]:
    """Name and address of each cluster."""
    return [(one.name, one.url) for one in findings.clusters]


async def test_every_resource_is_a_local_cluster(tmp_path: Path) -> None:
    """At the Service of its API, linked to its resource; nothing but GET, and no kind but resources and Services, is asked."""
    server = world()
    async with serving(server):
        findings = await found(load_config(configured(tmp_path, server)))
    assert findings.problem == ""
    assert [(one.name, one.url, one.kind, one.platform, one.deployment) for one in findings.clusters] == [
        ("logs.ns2", "https://logs-es-http.ns2.svc:9200", "eck", "house", "ns2/logs"),
        ("search.ns1", "https://search-es-http.ns1.svc:9200", "eck", "house", "ns1/search"),
    ]
    assert {one.method for one in server.asked} == {"GET"}
    assert {one.login for one in server.asked} == {f"Bearer {TOKEN}"}
    assert {one.path.partition("?")[0] for one in server.asked} == {RESOURCES, SERVICES}


async def test_pages_are_followed(tmp_path: Path) -> None:
    """Every page of a list, however small."""
    server = world(page=1)
    async with serving(server):
        findings = await found(load_config(configured(tmp_path, server)))
    assert [name for name, _ in rows(findings)] == ["logs.ns2", "search.ns1"]
    assert sum("continue=1" in one.path for one in server.asked) == 2


async def test_a_page_that_the_server_forgot_begins_anew(tmp_path: Path) -> None:
    """410: the list is read once more from its beginning; where that happens again, the source keeps what it knew and says why."""

    class Forgetful(LabKubernetes):
        forgets = 1

        def answer(self, path: str, query: str = "") -> Any:
            """The mark of a page is forgotten so many times."""
            if "continue=" in query and path == RESOURCES and self.forgets:
                self.forgets -= 1
                return None
            return super().answer(path, query)

        def refusal(self, code: int, kind: str, message: str) -> Any:
            """What the server says of it."""
            del code
            return super().refusal(410, kind, message)

    class Api(PlatformApi[Any]):
        def _answer(self, *asked: str) -> bytes:
            return super()._answer(*asked).replace(b"404 Not Found", b"410 Gone")

    objects = world().organization.objects
    kubernetes = Forgetful(objects=objects, page=1)
    server = Api(organization=kubernetes, key=TOKEN)
    async with serving(server):
        assert [name for name, _ in rows(await found(load_config(configured(tmp_path, server))))] == [
            "logs.ns2",
            "search.ns1",
        ]
        kubernetes.forgets = 2
        findings = await found(load_config(configured(tmp_path, server)))
    assert findings.failed
    assert "410" in findings.problem


async def test_only_the_namespaces_of_the_platform_are_read(tmp_path: Path) -> None:
    """Others are not even asked for."""
    server = world()
    async with serving(server):
        findings = await found(load_config(configured(tmp_path, server, namespaces=["ns1"])))
    assert [name for name, _ in rows(findings)] == ["search.ns1"]
    assert all("/namespaces/ns1/" in one.path for one in server.asked)


async def test_a_namespace_that_is_refused_costs_itself_alone(tmp_path: Path) -> None:
    """What is known of it stays, what the others show is taken."""
    server = world()
    server.instead[RESOURCES_OF_NS2] = status(403, "not in ns2")
    async with serving(server):
        findings = await found(load_config(configured(tmp_path, server, namespaces=["ns1", "ns2"])))
    assert [name for name, _ in rows(findings)] == ["search.ns1"]
    assert not findings.whole
    assert not findings.failed
    assert "ns2" in findings.problem
    assert "403" in findings.problem


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (status(401, "Unauthorized"), "refused (401)"),
        (status(403, "no"), "the role lacks list elasticsearches.elasticsearch.k8s.elastic.co in all namespaces (403)"),
        ((404, "text/plain", b"404 page not found\n"), "is ECK installed there"),
        (status(429, "later"), "429"),
        ((200, "text/html", b"<html>"), "web page"),
        ((200, "application/json", b'{"items": 3}'), "not the form"),
    ],
)
async def test_a_list_that_is_not_shown_is_a_problem(tmp_path: Path, answer: Any, words: str) -> None:
    """Typed, with what to do; nobody is taken for gone."""
    server = world()
    server.instead[RESOURCES] = answer
    async with serving(server):
        findings = await found(load_config(configured(tmp_path, server)))
    assert findings.failed
    assert words in findings.problem
    assert TOKEN not in findings.problem


async def test_services_that_are_not_shown_leave_the_addresses_as_they_were(tmp_path: Path) -> None:
    """Which address is right nobody knows: none is made up, and none that was known is dropped."""
    server = world()
    async with serving(server):
        before = await found(load_config(configured(tmp_path, server)))
        server.instead[SERVICES] = status(403, "no services")
        findings = await found(load_config(configured(tmp_path, server)))
    assert findings.clusters == ()
    assert findings.unsure == {"search.ns1", "logs.ns2"}
    assert "403" in findings.problem
    assert findings.after(before).clusters == before.clusters


async def test_the_address_is_that_of_the_service(tmp_path: Path) -> None:
    """That of its balancer from outside, its own port, in clear where its TLS is off; without a Service there is none."""
    balanced = service("audit", "ns3", "http", 443, "LoadBalancer")
    balanced["spec"]["ports"] = [{"port": 9999, "targetPort": 1}, {"port": 443, "targetPort": 9200}]
    balanced["status"] = {"loadBalancer": {"ingress": [{"ip": "2001:db8::7"}]}}
    in_clear = resource("plain", "ns3", http={"tls": {"selfSignedCertificate": {"disabled": True}}})
    server = world(
        resource("audit", "ns3"), balanced, in_clear, service("plain", "ns3", "http", 9200), resource("new", "ns3")
    )
    async with serving(server):
        findings = await found(load_config(configured(tmp_path, server, namespaces=["ns3"])))
    assert rows(findings) == [
        ("audit.ns3", "https://[2001:db8::7]:443"),
        ("plain.ns3", "http://plain-es-http.ns3.svc:9200"),
    ]
    assert "ns3/new has no Service" in findings.problem


async def test_two_of_one_name_and_one_that_goes(tmp_path: Path) -> None:
    """Each has its namespace behind its name, whoever else is there; what is being deleted is no local cluster any more."""
    leaving = resource("old", "ns3")
    leaving["metadata"]["deletionTimestamp"] = "2026-01-15T12:00:00Z"
    server = world(resource("logs", "ns3"), service("logs", "ns3", "http", 9200), leaving)
    async with serving(server):
        findings = await found(load_config(configured(tmp_path, server)))
    assert [name for name, _ in rows(findings)] == ["logs.ns2", "logs.ns3", "search.ns1"]
    assert findings.problem == ""


async def test_resources_come_and_go_while_the_daemon_runs(tmp_path: Path) -> None:
    """A new one is looked at, one that is gone leaves; a token that is refused keeps what was known, and says so."""
    server, clusters = world(), World()
    objects = server.organization.objects
    async with (
        serving(server),
        running_daemon(configured(tmp_path, server), open_collector=clusters.open) as running,
    ):
        daemon = running.daemon

        def known() -> set[str]:
            return set(daemon.board.snapshot().clusters)

        await until(lambda: known() == {"search.ns1", "logs.ns2"})
        audit = (resource("audit", "ns3"), service("audit", "ns3", "http", 9200))
        kept = [one for one in objects if one["metadata"]["name"] != "logs"]
        server.organization = dataclasses.replace(server.organization, objects=(*kept, *audit))
        await until(lambda: known() == {"search.ns1", "audit.ns3"})
        server.key = "another"
        await until(lambda: any("eck" in note and "401" in note for note in daemon.notes))
        assert known() == {"search.ns1", "audit.ns3"}
        server.key = TOKEN
        server.organization = dataclasses.replace(server.organization, objects=objects)
        await until(lambda: known() == {"search.ns1", "logs.ns2"})
        assert not daemon.notes
        assert TOKEN.encode() not in daemon.own.render()[1]


@pytest.fixture
def served() -> Iterator[PlatformApi[LabKubernetes]]:
    """An API that answers on a loop of its own, so that commands can be run here."""
    server, loop = world(), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(server.start(), loop).result()
    yield server
    asyncio.run_coroutine_threadsafe(server.stop(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def discovered(folder: Path, server: PlatformApi[LabKubernetes], **more: Any) -> tuple[Any, dict[str, Any], str]:
    """Run diag discover: what it said, what it wrote, and that as text. What it wrote passes the check."""
    done = diag("discover", "--platform", "house", "-c", configured(folder, server, **more), "-o", folder / "made.yaml")
    if not (folder / "made.yaml").exists():
        return done, {}, ""
    assert diag("config", "check", "-c", folder / "made.yaml").exit_code == 0
    text = (folder / "made.yaml").read_text()
    assert TOKEN not in done.output + text
    return done, yaml.safe_load(text), text


LOGS = {
    "alias": "logs",
    "kind": "eck",
    "security_model": "api_key",
    "mode": "proxy",
    "proxy_address": "logs-es-remote-cluster.ns2.svc:9443",
    "version": "8.15.2",
    "platform": "house",
    "deployment": "ns2/logs",
}


def test_the_file_of_a_kubernetes(tmp_path: Path, served: PlatformApi[LabKubernetes]) -> None:
    """Whoever has remotes is in it, with what the operator registers; the token by reference, and what to add as a comment."""
    done, made, text = discovered(tmp_path, served)
    assert done.exit_code == 0, done.stderr
    assert "1 of 2 Elasticsearch resources have remotes" in done.stderr
    assert made == {
        "platforms": [
            {
                "name": "house",
                "kind": "kubernetes",
                "url": served.url,
                "token": {"file": str(tmp_path / "token")},
            }
        ],
        "clusters": [
            {
                "name": "search.ns1",
                "url": "https://search-es-http.ns1.svc:9200",
                "kind": "eck",
                "platform": "house",
                "deployment": "ns1/search",
                "version": "8.15.3",
                "remotes": [LOGS],
            }
        ],
    }
    assert "# Left out, no spec.remoteClusters (1): ns2/logs" in text
    assert "go-template='{{index .data" in text


def test_a_remote_without_a_key_is_registered_by_its_transport_service(
    tmp_path: Path, served: PlatformApi[LabKubernetes]
) -> None:
    """In mode sniff, with certificates; the namespace of the resource where the reference has none (the operator's rule)."""
    by_certificate = {"name": "own", "elasticsearchRef": {"name": "near"}}
    served.organization.objects = (resource("search", "ns1", remoteClusters=[by_certificate]),)
    _, made, _ = discovered(tmp_path, served)
    (written,) = made["clusters"][0]["remotes"]
    assert (written["security_model"], written["mode"], written["seeds"], written["deployment"]) == (
        "certificate",
        "sniff",
        ["near-es-transport.ns1.svc:9300"],
        "ns1/near",
    )


def test_a_namespace_that_is_not_read_links_nothing(tmp_path: Path, served: PlatformApi[LabKubernetes]) -> None:
    """The remote is written as it is registered; nothing is asked of what the role does not show."""
    _, made, _ = discovered(tmp_path, served, namespaces=["ns1"])
    assert made["platforms"][0]["namespaces"] == ["ns1"]
    (written,) = made["clusters"][0]["remotes"]
    assert written == {key: LOGS[key] for key in ("alias", "kind", "security_model", "mode", "proxy_address")}


def test_what_cannot_be_written_is_said(tmp_path: Path, served: PlatformApi[LabKubernetes]) -> None:
    """A remote that the operator does not register, and a namespace that is refused: comments, and the exit code of what did not tell."""
    nowhere = {"name": "nowhere", "elasticsearchRef": {}}
    search = resource("search", "ns1", remoteClusters=[remote("logs", "logs", "ns2"), nowhere])
    served.organization.objects = (search, *served.organization.objects[1:])
    served.instead[RESOURCES_OF_NS2] = status(403, "not in ns2")
    done, made, text = discovered(tmp_path, served, namespaces=["ns1", "ns2"])
    assert done.exit_code == 5, done.stderr
    assert "# Not read: the namespace ns2 could not be read" in text
    assert "# Not written: ns1/search: the remote nowhere has no elasticsearchRef.name" in text
    assert [one["alias"] for one in made["clusters"][0]["remotes"]] == ["logs"]


def test_a_name_cannot_leave_its_comment(tmp_path: Path, served: PlatformApi[LabKubernetes]) -> None:
    """Whoever names a remote does not write into the configuration."""
    nowhere = {"name": "x\nchecks: {skip: ['*']}\u2028daemon: {}\x85a", "elasticsearchRef": {}}
    served.organization.objects = (resource("search", "ns1", remoteClusters=[nowhere]),)
    _, made, text = discovered(tmp_path, served)
    assert set(made) == {"platforms", "discover"}
    assert "\u2028" not in text


def test_a_token_that_is_refused_writes_nothing(tmp_path: Path, served: PlatformApi[LabKubernetes]) -> None:
    """There is no list; the sentence says what to do."""
    served.key = "another"
    done, made, _ = discovered(tmp_path, served)
    assert done.exit_code == 5
    assert not made
    assert "refused (401)" in done.stderr
