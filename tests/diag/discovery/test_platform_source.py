"""The deployments of a platform as local clusters: written down once, and followed while the daemon runs, against the API of the lab."""

from __future__ import annotations

import asyncio
import dataclasses
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from diag.cli.named_platform import PLATFORM_KINDS
from diag.collect import RealNetwork
from diag.collect.api_peer import CLOUD
from diag.config import Config, ConfigError, load_config
from diag.daemon import running_daemon
from diag.discovery import Findings, find_all
from diag.discovery.of_platform import KINDS
from diag.lab.organization import LabDeployment
from diag.lab.platform_api import PlatformApi
from diag.model import PlatformKind
from tests.clilib import diag
from tests.diag.daemon.world import World, until, write_config
from tests.platformlib import KEY, LOCAL, LOCAL_CLUSTER, OTHER, REMOTE, REMOTE_CLUSTER, organization, serving

BASE = "/api/v1/deployments"
REFUSAL = (401, "application/json", b'{"errors": [{"code": "root.unauthenticated", "message": "no"}]}')
DOMAIN = "europe-west1.gcp.cloud.es.io"
SEARCH, LOGS = f"https://{LOCAL_CLUSTER}.{DOMAIN}:443", f"https://{REMOTE_CLUSTER}.{DOMAIN}:443"


def api(**more: Any) -> PlatformApi:
    """The API of an organization."""
    return PlatformApi(organization=organization(**more), key=KEY)


def further(**more: Any) -> LabDeployment:
    """A third deployment."""
    given = {"id": OTHER, "name": "Audit", "cluster_id": "c" * 32, "endpoint": f"{'c' * 32}.{DOMAIN}"}
    return LabDeployment(**{**given, **more})


def configured(folder: Path, server: PlatformApi, **more: Any) -> Path:
    """A diag.yaml with the platform, and its deployments as the source."""
    (folder / "platform.key").write_text(f"{KEY}\n")
    kind = "ece" if server.organization.is_installation else "ech"
    platform = {"name": "cloud", "kind": kind, "url": server.url, "api_key": {"file": "platform.key"}}
    source = {"name": "organization", "platform": {"name": "cloud", "refresh": "1s"}, **more}
    return write_config(folder, {}, platforms=[platform], discover=[source])


async def found(config: Config) -> Findings:
    """One look at the source."""
    async with RealNetwork() as network:
        (findings,) = await find_all(config, network)
    return findings


@pytest.mark.parametrize(("is_installation", "kind"), [(False, "hosted"), (True, "ece")])
async def test_every_deployment_that_runs_is_a_local_cluster(tmp_path: Path, is_installation: bool, kind: str) -> None:  # noqa: FBT001 -- a case.
    """Its address is service_url, its name that of the deployment; kind and link are the platform's, the rest is that of the source."""
    asleep = further(status="stopped")
    server = api(deployments=[*organization().deployments, asleep], is_installation=is_installation)
    async with serving(server):
        findings = await found(load_config(configured(tmp_path, server, cluster={"security_domain": "house"})))
    assert findings.problem == ""
    assert [(one.name, one.url, one.kind, one.platform, one.deployment) for one in findings.clusters] == [
        ("Logs", LOGS, kind, "cloud", REMOTE),
        ("Search EU", SEARCH, kind, "cloud", LOCAL),
    ]
    assert {one.security_domain for one in findings.clusters} == {"house"}
    assert {one.method for one in server.asked} == {"GET"}
    assert sorted(one.path.partition("?")[0] for one in server.asked) == sorted(
        [BASE, *(f"{BASE}/{one}" for one in (LOCAL, REMOTE, OTHER))]
    )


async def test_two_of_one_name_are_told_apart(tmp_path: Path) -> None:
    """Each has the beginning of its id behind the name; a name alone would be that of another one tomorrow."""
    server = api(deployments=[*organization().deployments, further(name="Logs")])
    async with serving(server):
        findings = await found(load_config(configured(tmp_path, server)))
    assert [one.name for one in findings.clusters] == [f"Logs {REMOTE[:8]}", f"Logs {OTHER[:8]}", "Search EU"]


async def test_one_that_is_not_shown_is_at_the_address_of_its_cloud_id(tmp_path: Path) -> None:
    """The list holds a Cloud ID, whose parts clients put together; that the deployment itself was refused is said."""
    server = api()
    server.instead[f"{BASE}/{LOCAL}"] = REFUSAL
    async with serving(server):
        findings = await found(load_config(configured(tmp_path, server)))
    assert {one.name: one.url for one in findings.clusters}["Search EU"] == f"https://{LOCAL_CLUSTER}.lab.internal:443"
    assert "Search EU" in findings.problem
    assert "401" in findings.problem


async def test_deployments_come_and_go_while_the_daemon_runs(tmp_path: Path) -> None:
    """A new one is looked at, one that is gone or stopped leaves; a key that is refused keeps what was known, and says so."""
    server, world = api(), World()
    search, logs = server.organization.deployments
    async with (
        serving(server),
        running_daemon(configured(tmp_path, server), open_collector=world.open) as running,
    ):
        daemon = running.daemon

        def known() -> set[str]:
            return set(daemon.board.snapshot().clusters)

        await until(lambda: known() == {"Search EU", "Logs"})
        server.organization = dataclasses.replace(server.organization, deployments=[search, further()])
        await until(lambda: known() == {"Search EU", "Audit"})
        server.organization = dataclasses.replace(server.organization, deployments=[search, further(status="stopped")])
        await until(lambda: known() == {"Search EU"})
        server.key = "another"
        await until(lambda: any("organization" in note and "401" in note for note in daemon.notes))
        assert known() == {"Search EU"}
        server.key = KEY
        server.organization = dataclasses.replace(server.organization, deployments=[search, logs])
        await until(lambda: known() == {"Search EU", "Logs"})
        assert not daemon.notes
        assert KEY.encode() not in daemon.own.render()[1]


def test_what_a_look_cannot_tell_stays_as_it_was() -> None:
    """One that was not shown keeps its last entry, or stays away; where the list goes on nobody is gone."""
    old = Config.model_validate({"clusters": [{"name": name, "url": f"http://{name}:1"} for name in "abc"]}).clusters
    new = Config.model_validate({"clusters": [{"name": name, "url": f"http://{name}:2"} for name in "abd"]}).clusters
    before = Findings(source="s", clusters=old)
    unsure = Findings(source="s", clusters=new, unsure=frozenset("bd")).after(before)
    assert [one.url for one in unsure.clusters] == ["http://a:2", "http://b:1"]
    part = Findings(source="s", clusters=new, whole=False).after(before)
    assert [one.url for one in part.clusters] == ["http://a:2", "http://b:2", "http://c:1", "http://d:2"]


def test_a_source_names_a_platform_that_there_is(tmp_path: Path) -> None:
    """Else the file is refused, with the line."""
    with pytest.raises(ConfigError) as refused:
        load_config(
            configured(tmp_path, PlatformApi(organization=organization(), key=KEY, port=9), platform={"name": "house"})
        )
    assert "discover[0].platform.name" in str(refused.value)
    assert "expected one of platforms: cloud" in str(refused.value)


@pytest.fixture
def served() -> Iterator[PlatformApi]:
    """An API that answers on a loop of its own, so that commands can be run here."""
    server, loop = api(deployments=[*organization().deployments, further()]), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(server.start(), loop).result()
    yield server
    asyncio.run_coroutine_threadsafe(server.stop(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def discovered(folder: Path, server: PlatformApi, way: str = "name") -> tuple[Any, dict[str, Any], str]:
    """Run diag discover in one of its two ways: what it said, what it wrote, and that as text."""
    config = configured(folder, server)
    kind = "ece" if server.organization.is_installation else "ech"
    address = ("--platform-url", server.url, "--platform-kind", kind, "--api-key-file", folder / "platform.key")
    options = ("--platform", "cloud", "-c", config) if way == "name" else address
    done = diag("discover", *options, "-o", folder / "made.yaml")
    text = (folder / "made.yaml").read_text() if (folder / "made.yaml").exists() else "{}"
    return done, yaml.safe_load(text), text


REMOTE_OF_SEARCH = {
    "alias": "logs",
    "kind": "hosted",
    "mode": "proxy",
    "proxy_address": f"{REMOTE_CLUSTER}.{DOMAIN}:9400",
    "server_name": f"{REMOTE_CLUSTER}.{DOMAIN}",
    "version": "8.15.3",
    "deployment": REMOTE,
}


@pytest.mark.parametrize(("way", "name"), [("name", "cloud"), ("address", "127.0.0.1")])
def test_the_file_of_a_platform(tmp_path: Path, served: PlatformApi, way: str, name: str) -> None:
    """Whoever has remotes is in it with url, link and remotes; the key by reference; the others are named in comments. It passes the check."""
    done, made, text = discovered(tmp_path, served, way)
    assert done.exit_code == 0, done.stderr
    assert "1 of 3 deployments have remotes" in done.stderr
    reference = {"file": str(tmp_path / "platform.key")}
    assert made == {
        "platforms": [{"name": name, "kind": "ech", "url": served.url, "api_key": reference}],
        "clusters": [
            {
                "name": "Search EU",
                "url": SEARCH,
                "kind": "hosted",
                "platform": name,
                "deployment": LOCAL,
                "remotes": [{**REMOTE_OF_SEARCH, "platform": name}],
            }
        ],
    }
    assert "# Left out, no remote at the platform (2): Audit, Logs" in text
    assert diag("config", "check", "-c", tmp_path / "made.yaml").exit_code == 0
    assert KEY not in done.output + text
    assert {one.method for one in served.asked} == {"GET"}
    assert {one.login for one in served.asked} == {f"ApiKey {KEY}"}


def test_an_installation_is_written_as_one(tmp_path: Path, served: PlatformApi) -> None:
    """Kind and address are those of the installation."""
    served.organization.is_installation = True
    done, made, _ = discovered(tmp_path, served, "address")
    assert done.exit_code == 0, done.stderr
    assert made["platforms"][0]["kind"] == "ece"
    assert (made["clusters"][0]["kind"], made["clusters"][0]["remotes"][0]["kind"]) == ("ece", "ece")


REMOTES = f"{BASE}/{LOCAL}/elasticsearch/main-elasticsearch/remote-clusters"


@pytest.mark.parametrize(
    ("path", "answer", "words", "remotes"),
    [
        (f"{BASE}/{REMOTE}", REFUSAL, ["# Not read: Logs", "# Not written: Search EU: the remote logs", "401"], None),
        (f"{BASE}/{OTHER}", REFUSAL, ["# Not read: Audit", "401"], 1),
        (REMOTES, (200, "text/html", b"<html>"), ["# Not read: Search EU", "web page"], 0),
        (REMOTES, (200, "application/json", b'{"resources": [3]}'), ["# Not read: Search EU", "not of the form"], 0),
    ],
)
def test_what_could_not_be_read_is_said(
    tmp_path: Path, served: PlatformApi, path: str, answer: Any, words: list[str], remotes: int | None
) -> None:
    """As a comment, with its reason; nothing is made up in its place, the exit code is that of what did not tell, and the file still passes."""
    served.instead[path] = answer
    done, made, text = discovered(tmp_path, served)
    assert done.exit_code == 5, done.stderr
    assert all(word in text for word in words), text
    clusters = made.get("clusters", [])
    assert [len(one["remotes"]) if "remotes" in one else None for one in clusters] == (
        [] if remotes == 0 else [remotes]
    )
    assert diag("config", "check", "-c", tmp_path / "made.yaml").exit_code == 0
    assert KEY not in done.output + text


def test_a_remote_of_somebody_else_is_said(tmp_path: Path, served: PlatformApi) -> None:
    """The key does not see its deployment, so that nobody knows its address."""
    remote = {"deployment_id": "9" * 32, "elasticsearch_ref_id": "main-elasticsearch", "alias": "partner"}
    served.organization.deployments[0].remotes = [remote, *served.organization.deployments[0].remotes]
    done, made, text = discovered(tmp_path, served)
    assert done.exit_code == 5
    assert f"# Not written: Search EU: the remote partner is the deployment {'9' * 32}" in text
    assert [one["alias"] for one in made["clusters"][0]["remotes"]] == ["logs"]


def test_a_name_cannot_leave_its_comment(tmp_path: Path, served: PlatformApi) -> None:
    """Whoever names a deployment does not write into the configuration."""
    served.organization.deployments[1].name = "x\nchecks: {skip: ['*']}\u2028daemon: {}\x85a"
    _, made, text = discovered(tmp_path, served)
    assert set(made) == {"platforms", "clusters"}
    assert "\u2028" not in text


def test_a_key_that_is_refused_writes_nothing(tmp_path: Path, served: PlatformApi) -> None:
    """There is no list; the sentence says what to do."""
    served.key = "another"
    done, made, _ = discovered(tmp_path, served)
    assert done.exit_code == 5
    assert not made
    assert not (tmp_path / "made.yaml").exists()
    assert "the key is refused (401)" in done.stderr
    assert KEY not in done.output


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "expected one of --cluster-url, --platform and --platform-url"),
        (["--platform", "cloud", "--cluster-url", "http://a:1"], "expected one of"),
        (["--platform", "cloud", "--platform-kind", "ece"], "--platform-kind goes with"),
        (["--platform", "cloud", "--username", "u"], "expected no login"),
        (["--platform-url", "https://a:1"], "goes with --api-key-file"),
        (["--platform", "nowhere", "-c", "diag.yaml"], "expected one of platforms: cloud"),
        (["--platform-url", "https://u:planted@a:1", "--api-key-file", "platform.key"], "without user"),
    ],
)
def test_options_that_do_not_go_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], words: str
) -> None:
    """Each is refused with what was expected, and nothing is asked."""
    monkeypatch.chdir(tmp_path)
    configured(tmp_path, PlatformApi(organization=organization(), key=KEY, port=9))
    done = diag("discover", *options)
    assert done.exit_code == 2
    assert words in done.stderr
    assert "planted" not in done.output


def test_the_kinds_of_the_option_are_those_that_take_a_key() -> None:
    """They are written out so that --help loads nothing. Every platform is a source."""
    assert set(PLATFORM_KINDS) == set(PlatformKind) - {PlatformKind.KUBERNETES}
    assert set(KINDS) == set(PlatformKind)


def many(number: int) -> list[LabDeployment]:
    """So many deployments, every second of which has the one before it as its remote."""
    ids = [f"{index:032x}" for index in range(1, number + 1)]
    return [
        LabDeployment(
            id=one,
            name=f"d{index:03}",
            cluster_id=f"c{one[1:]}",
            endpoint=f"d{index}.example",
            remotes=[{"deployment_id": ids[index - 1], "elasticsearch_ref_id": "main-elasticsearch", "alias": "before"}]
            if index % 2
            else [],
        )
        for index, one in enumerate(ids)
    ]


def test_three_hundred_deployments_of_a_platform_that_limits_calls(tmp_path: Path, served: PlatformApi) -> None:
    """One listing and two calls for each; those that are turned away are made again, and nothing is missing."""
    served.organization = dataclasses.replace(served.organization, deployments=many(300))
    served.limited = ["0", *[""] * 9] * 20
    done, made, _ = discovered(tmp_path, served)
    assert done.exit_code == 0, done.stderr
    assert len(made["clusters"]) == 150
    assert len(served.asked) == 1 + 2 * 300 + 20
    assert served.max_open <= CLOUD.places
    assert {one.method for one in served.asked} == {"GET"}
