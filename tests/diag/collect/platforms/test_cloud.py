"""Asking a platform: a real server on loopback that answers as the public description says, and everything that it can do wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from diag.collect import RecordingNetwork
from diag.lab.organization import LabDeployment
from diag.lab.platform_api import PlatformApi
from diag.model import (
    Keystore,
    LinkedDeployment,
    Listing,
    LocalVersion,
    Policy,
    Reason,
    RemoteVersion,
    TrafficFilters,
    TrustPayloads,
    Unavailable,
    Version,
)
from diag.report.saved import load, save
from tests.platformlib import (
    KEY,
    LOCAL,
    LOCAL_CLUSTER,
    ORGANIZATION,
    OTHER,
    REMOTE,
    LoopbackNetwork,
    asked,
    configuration,
    links,
    organization,
    platforms,
    serving,
)

BASE = "/api/v1/deployments"
PLANTED = "planted-value-of-a-keystore-entry"


def api(**more: Any) -> PlatformApi:
    """The API of an organization."""
    return PlatformApi(organization=organization(**more), key=KEY)


def local(evidence: Any) -> LinkedDeployment:
    """The deployment of the local cluster."""
    found = links(evidence).local
    assert found is not None
    return found


async def test_what_is_asked_and_found(tmp_path: Path) -> None:
    """One listing, what is about the organization, four calls for the local deployment and two for the remote: nothing but GET."""
    async with serving(api()) as server:
        evidence = await asked(configuration(tmp_path, server))
    found, remote = local(evidence), links(evidence).of("logs")
    assert not isinstance(found.deployment, Unavailable)
    assert found.deployment.cluster_id == LOCAL_CLUSTER
    assert found.deployment.transport_port == 9400
    assert found.deployment.endpoints == (
        f"{LOCAL_CLUSTER}.europe-west1.gcp.cloud.es.io",
        "search-eu-0a1b2c.europe-west1.gcp.cloud.es.io",
    )
    assert evidence.keystore == Keystore(names=("cluster.remote.logs.credentials",))
    assert remote is not None
    assert isinstance(remote.filters, TrafficFilters)
    assert [one.name for one in remote.filters.all] == ["our clusters"]
    assert isinstance(evidence.surroundings[TrustPayloads], TrustPayloads)
    (platform,) = platforms(evidence).all
    assert platform.failures == ()
    assert not isinstance(platform.account, Unavailable)
    assert platform.account.id == ORGANIZATION
    assert {one.method for one in server.asked} == {"GET"}
    assert {one.login for one in server.asked} == {f"ApiKey {KEY}"}
    assert sorted(one.path.partition("?")[0] for one in server.asked) == sorted(
        [
            "/api/v1/account",
            BASE,
            f"{BASE}/traffic-filter/rulesets",
            f"{BASE}/{LOCAL}",
            f"{BASE}/{LOCAL}/certificate-authority",
            f"{BASE}/{LOCAL}/elasticsearch/main-elasticsearch/keystore",
            f"{BASE}/{LOCAL}/elasticsearch/main-elasticsearch/remote-clusters",
            f"{BASE}/{REMOTE}",
            f"{BASE}/{REMOTE}/certificate-authority",
        ]
    )
    assert not [one for one in server.asked if "show_metadata=true" in one.path or "show_security=true" in one.path]


@pytest.mark.parametrize("reference", ["Search EU", "search-eu-0a1b2c", LOCAL, "Cloud ID"])
async def test_a_deployment_is_found_by_each_of_its_names(tmp_path: Path, reference: str) -> None:
    """By name, alias, id and Cloud ID; what no list shows is asked of the likeliest deployments first."""
    server = api()
    wanted = server.organization.deployments[0].cloud_id if reference == "Cloud ID" else reference
    async with serving(server):
        found = local(await asked(configuration(tmp_path, server, deployment=wanted)))
    assert not isinstance(found.deployment, Unavailable), found.deployment
    assert found.deployment.id == LOCAL


async def test_two_of_one_name_are_told_apart_by_nobody(tmp_path: Path) -> None:
    """Which one is meant would be a guess."""
    twin = LabDeployment(id=OTHER, name="Search EU", cluster_id="c" * 32, endpoint="c.example")
    server = api(deployments=[*organization().deployments, twin])
    async with serving(server):
        found = local(await asked(configuration(tmp_path, server, deployment="Search EU"))).deployment
    assert isinstance(found, Unavailable)
    assert LOCAL in found.detail
    assert OTHER in found.detail


async def test_a_name_that_there_is_not(tmp_path: Path) -> None:
    """The reason says what was looked at, and what to write."""
    async with serving(api()) as server:
        found = local(await asked(configuration(tmp_path, server, deployment="nowhere"))).deployment
    assert isinstance(found, Unavailable)
    assert found.reason is Reason.NOT_FOUND
    assert "write its id or Cloud ID" in found.detail


async def test_remotes_that_nobody_links_are_followed_where_the_platform_lists_them(tmp_path: Path) -> None:
    """The remote-clusters of the local deployment say which deployment is behind an alias."""
    async with serving(api()) as server:
        remote = links(await asked(configuration(tmp_path, server, remote={"deployment": None}))).of("logs")
    assert remote is not None
    assert not isinstance(remote.deployment, Unavailable)
    assert remote.deployment.id == REMOTE


REFUSALS = [
    ((401, "application/json", b'{"errors": [{"code": "root.unauthenticated", "message": "no"}]}'), Reason.UNAUTHENTICATED, "root.unauthenticated"),
    ((403, "application/json", b'{"errors": [{"code": "root.unauthorized", "message": "no"}]}'), Reason.FORBIDDEN, "Viewer"),
    ((404, "application/json", b"{}"), Reason.NOT_FOUND, "deployment"),
    ((500, "application/json", b"{}"), Reason.SERVER_ERROR, "500"),
    ((302, "text/plain", b""), Reason.REDIRECTED, "redirect"),
    ((200, "text/html", b"<html>log in</html>"), Reason.NOT_ELASTICSEARCH, "a web page answers, not the API of Elastic Cloud"),
    ((200, "application/json", b'{"id": "'), Reason.NOT_USABLE, "no whole JSON"),
    ((200, "application/json", b'{"id": "another"}'), Reason.NOT_USABLE, "not the form"),
    ((200, "application/json", b"[]"), Reason.NOT_USABLE, "not the form"),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "reason", "word"), REFUSALS, ids=lambda one: str(one)[:20])
async def test_what_is_no_answer_is_typed(tmp_path: Path, answer: Any, reason: Reason, word: str) -> None:
    """Each says why, and what to do; the other calls bring what they bring."""
    server = api()
    server.instead[f"{BASE}/{LOCAL}"] = answer
    async with serving(server):
        evidence = await asked(configuration(tmp_path, server))
    found = local(evidence).deployment
    assert isinstance(found, Unavailable)
    assert found.reason is reason
    assert word in found.detail
    remote = links(evidence).of("logs")
    assert remote is not None
    assert not isinstance(remote.deployment, Unavailable)


@pytest.mark.parametrize("path", [BASE, "/api/v1/account", f"{BASE}/traffic-filter/rulesets"])
@pytest.mark.parametrize("body", [b"[]", b"{}", b"null", b'{"deployments": 1, "rulesets": {}, "id": []}'])
async def test_answers_of_another_form_cost_what_they_bring_alone(tmp_path: Path, path: str, body: bytes) -> None:
    """A proxy may answer anything; nothing is read into it."""
    server = api()
    server.instead[path] = (200, "application/json", body)
    async with serving(server):
        evidence = await asked(configuration(tmp_path, server))
    (platform,) = platforms(evidence).all
    assert [one.reason for one in platform.failures] == [Reason.NOT_USABLE]
    assert not isinstance(local(evidence).deployment, Unavailable)


async def test_a_key_of_another_kind_is_refused_before_it_is_sent(tmp_path: Path) -> None:
    """Something with blanks in it is no key; it is shown nowhere."""
    async with serving(api()) as server:
        config = configuration(tmp_path, server)
        (tmp_path / "platform.key").write_text("Bearer planted secret\n")
        evidence = await asked(config)
    found = local(evidence).deployment
    assert isinstance(found, Unavailable)
    assert "api_key of the platform" in found.detail
    assert not server.asked
    assert "planted" not in save([evidence], Policy())


async def test_a_platform_that_limits_calls_is_waited_for(tmp_path: Path) -> None:
    """429 with Retry-After: the call is made again after that pause, and nothing is missing."""
    server = api()
    server.limited = ["0", "0", "0", "Thu, 01 Jan 1970 00:00:00 GMT"]
    async with serving(server):
        evidence = await asked(configuration(tmp_path, server))
    assert platforms(evidence).all[0].failures == ()
    assert not isinstance(local(evidence).deployment, Unavailable)


async def test_a_pause_that_the_round_has_no_time_for_is_said(tmp_path: Path) -> None:
    """It is not slept through: the round says so at once, and the next one asks again."""
    server = api()
    server.limited = ["86400"] * 100
    async with serving(server):
        evidence = await asked(configuration(tmp_path, server), seconds=20.0)
    found = local(evidence).deployment
    assert isinstance(found, Unavailable)
    assert found.reason is Reason.TOO_MANY_REQUESTS
    paths = [one.path for one in server.asked]
    assert len(paths) == len(set(paths)), "nothing was asked twice"


async def test_a_list_that_goes_on_does_not_say_that_something_is_not_there(tmp_path: Path) -> None:
    """The answer of today has one page; where it says that there are more, what was not found may be on another."""
    server = api()
    server.instead[BASE] = (200, "application/json", json.dumps({"deployments": [], "next_page": "x"}).encode())
    async with serving(server):
        evidence = await asked(configuration(tmp_path, server, deployment="Search EU"))
    listing = platforms(evidence).all[0].listing
    assert isinstance(listing, Listing)
    assert not listing.whole
    found = local(evidence).deployment
    assert isinstance(found, Unavailable)
    assert "goes on" in found.detail


async def test_three_hundred_deployments_cost_what_is_configured(tmp_path: Path) -> None:
    """Thirty local clusters of an organization with 300: one listing for all of them, and no call for a deployment that nobody names."""
    more = [
        LabDeployment(
            id=f"{number:032x}", name=f"other {number}", cluster_id=f"{number:030x}cc", endpoint=f"{number}.example"
        )
        for number in range(16, 316)
    ]
    server = api(deployments=[*organization().deployments, *more])
    async with serving(server):
        config = configuration(tmp_path, server)
        clusters = [config.clusters[0].model_copy(update={"name": f"search-{number}"}) for number in range(30)]
        config = config.model_copy(update={"clusters": tuple(clusters)})
        async with LoopbackNetwork() as network:
            for index in range(len(clusters)):
                assert not isinstance(local(await asked(config, network, index=index)).deployment, Unavailable)
    paths = [one.path.partition("?")[0] for one in server.asked]
    assert paths.count(BASE) == paths.count("/api/v1/account") == paths.count(f"{BASE}/traffic-filter/rulesets") == 1
    assert len(paths) == 3 + 30 * 6
    assert not [path for path in paths if "/0000" in path]


async def test_an_alias_is_asked_of_a_bounded_number(tmp_path: Path) -> None:
    """Of 300 deployments twenty are asked, those first whose name the alias begins with."""
    more = [
        LabDeployment(
            id=f"{number:032x}", name=f"other {number}", cluster_id=f"{number:030x}cc", endpoint=f"{number}.example"
        )
        for number in range(16, 316)
    ]
    server = api(deployments=[*more, *organization().deployments])
    async with serving(server):
        evidence = await asked(configuration(tmp_path, server, deployment="search-eu-0a1b2c"))
        asked_before = len(server.asked)
        nobody = await asked(configuration(tmp_path, server, deployment="nobody-0a1b2c"))
    assert not isinstance(local(evidence).deployment, Unavailable)
    assert asked_before < 40
    missing = local(nobody).deployment
    assert isinstance(missing, Unavailable)
    assert "none of the 20 that were asked of 302" in missing.detail


async def test_values_of_a_keystore_and_keys_are_in_nothing(tmp_path: Path) -> None:
    """The API shows no values; if one did, nobody would read it. The key is in no evidence, also where it is quoted back."""
    server = api()
    keystore = {"secrets": {"cluster.remote.logs.credentials": {"value": PLANTED, "as_file": False}}}
    server.instead[f"{BASE}/{LOCAL}/elasticsearch/main-elasticsearch/keystore"] = (
        200,
        "application/json",
        json.dumps(keystore).encode(),
    )
    echo = {"errors": [{"code": "x", "message": f"bad key {KEY}"}]}
    server.instead["/api/v1/account"] = (401, "application/json", json.dumps(echo).encode())
    async with serving(server):
        evidence = await asked(configuration(tmp_path, server))
    saved = save([evidence], Policy())
    assert PLANTED not in saved
    assert KEY not in saved
    assert "bad key" in saved


async def test_what_was_found_is_saved_and_replayed(tmp_path: Path) -> None:
    """The evidence comes back as it was, and a recording of the network gives it without a platform."""
    async with serving(api()) as server:
        config = configuration(tmp_path, server)
        async with LoopbackNetwork() as network:
            recording = RecordingNetwork(network)
            evidence = await asked(config, recording)
    assert load(save([evidence], Policy())).clusters[0].surroundings == evidence.surroundings
    again = await asked(config, recording.recorded)
    assert again.surroundings == evidence.surroundings
    assert again.keystore == evidence.keystore


async def test_an_installation_is_asked_for_its_trust_and_certificate(tmp_path: Path) -> None:
    """Elastic Cloud Enterprise has both; Elastic Cloud is never asked for them."""
    pem = str(organization().deployments[0].authority)
    relationship = {
        "id": "r1",
        "name": "ECE2",
        "local": False,
        "trust_by_default": False,
        "last_modified": "2025-01-01T00:00:00Z",
        "public_ca_cert": pem,
    }
    server = api(is_installation=True, relationships=[relationship], proxy_chain=[pem])
    async with serving(server):
        (platform,) = platforms(await asked(configuration(tmp_path, server))).all
    assert not isinstance(platform.relationships, Unavailable)
    assert [(one.name, len(one.certificates)) for one in platform.relationships.all] == [("ECE2", 1)]
    assert not isinstance(platform.proxy, Unavailable)
    assert platform.proxy.own
    assert len(platform.proxy.chain) == 1


async def test_a_release_that_nobody_else_tells_is_that_of_the_plan_in_force(tmp_path: Path) -> None:
    """What is declared goes before it, as what clusters report does."""
    async with serving(api()) as server:
        server.organization.deployments[1].version = "8.19.2"
        evidence = await asked(configuration(tmp_path, server, version=None))
        declared = await asked(configuration(tmp_path, server, version="8.14.1", remote={"version": "8.13.0"}))
    assert evidence.local_version == LocalVersion(number=Version(8, 15, 3), source="platform")
    assert evidence.remotes[0].remote_version == RemoteVersion(number=Version(8, 19, 2), source="platform")
    assert declared.local_version == LocalVersion(number=Version(8, 14, 1))
    assert declared.remotes[0].remote_version == RemoteVersion(number=Version(8, 13, 0))
