"""What goes wrong between calls: dead nodes, proxies that speak JSON, licenses, absurd numbers, rounds that are given up."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path

import pytest

from diag.collect import RealNetwork, RoundInput, gather
from diag.collect.api_answer import Answer, judge_answer
from diag.collect.session import FIRST
from diag.config import ClusterConfig, Timeouts
from diag.evidence.elasticsearch import api_keys, indices, replication, resolved, roles, security
from diag.evidence.reading import stated
from diag.model import (
    ConnectedPerNode,
    Indices,
    KeyLookup,
    Nodes,
    Reason,
    Registrations,
    Replication,
    ResolvedPatterns,
    Roles,
    SearchTrial,
    Unavailable,
)
from diag.patterns import matches
from diag.text import MASK
from tests.diag.collect import peers
from tests.diag.collect.test_api import KEY, NOW, Cluster, http
from tests.diag.collect.test_uses import answer, belief, cluster, look, paths, remote
from tests.patience import until_async

SOMEBODY = "AAAAAAAAAAAAAAAAAAAA"


@pytest.mark.parametrize(
    "body",
    ['{"message": "no Route matched"}', '{"error": "Not Found"}', '{"ok": false}', '{"error": {"message": "x"}}'],
)
def test_a_proxy_that_says_404(body: str) -> None:
    """Whoever says that nothing is there has to be a cluster, before a key counts as one that does not exist."""
    found = judge_answer(Answer(status=404, body=body.encode()), (), api_keys.of_key("x"))
    assert isinstance(found, Unavailable)
    assert found.reason is Reason.NOT_FOUND


def test_a_key_that_a_cluster_does_not_know() -> None:
    """The forms in which releases say so."""
    for body in ("{}", '{"api_keys": []}', '{"error": {"type": "resource_not_found_exception"}, "status": 404}'):
        assert api_keys.read(
            judge_answer(Answer(status=404, body=body.encode()), (), api_keys.of_key("x")), "x"
        ) == KeyLookup(record=None)
    other = judge_answer(Answer(status=404, body=b'{"error": {"type": "x"}}'), (), api_keys.of_key("x"))
    assert isinstance(api_keys.read(other, "x"), Unavailable)


def test_a_refusal_names_no_key() -> None:
    """Elasticsearch puts the id of the key that asked into its refusal."""
    reason = f"action [cluster:monitor/x] is unauthorized for API key id [{SOMEBODY}] of user [elastic]"
    body = json.dumps({"error": {"type": "security_exception", "reason": reason}}).encode()
    found = judge_answer(Answer(status=403, body=body), (), replication.STATS)
    assert isinstance(found, Unavailable)
    assert SOMEBODY not in found.detail
    assert f"API key id [{MASK}]" in found.detail


@pytest.mark.parametrize("identifier", ["AAAAAAAAAAAAAAAAAAAA", "abcdefghijklmnopqrs-", "-_cdefghijklmnopqrst"])
def test_ids_of_every_form(identifier: str) -> None:
    """With and without brackets, and whatever the id ends in."""
    for text in (
        f"API key id [{identifier}] of",
        f"unable to find apikey with id {identifier}",
        f"user [{identifier}] for",
    ):
        assert identifier not in stated(text)
    assert stated("API key id [AAAAAAAAAAAAAAAAAAAAA]") == "API key id [AAAAAAAAAAAAAAAAAAAAA]"


def test_what_a_peer_echoes_in_the_words_of_a_license() -> None:
    """No part of the login comes back, whatever the words around it."""
    for filler in (0, 100, 140, 160):
        reason = "license is non-compliant for " + "x" * filler + f" ApiKey {KEY} for API key id [{SOMEBODY}]"
        found = judge_answer(
            Answer(status=403, body=json.dumps({"error": {"reason": reason}}).encode()), (KEY,), replication.STATS
        )
        assert isinstance(found, Unavailable)
        assert KEY[:8] not in found.detail
        assert SOMEBODY not in found.detail


def test_a_license_is_no_privilege() -> None:
    """On a basic license the statistics of replication are refused with the status of a missing privilege."""
    reason = "current license is non-compliant for [ccr]"
    body = json.dumps({"error": {"type": "security_exception", "reason": reason}}).encode()
    found = judge_answer(Answer(status=403, body=body), (), replication.STATS)
    assert isinstance(found, Unavailable)
    assert found.reason is Reason.UNLICENSED
    assert reason in found.detail


def test_a_module_that_is_not_there_is_no_failure_of_the_server() -> None:
    """A call that gathers what every module knows fails where one is missing (8.19.0 without x-pack-monitoring); another 500 is a failure."""
    for action, wanted in (
        ("failed to find action [cluster:monitor/xpack/info/monitoring] to execute", Reason.NOT_REQUESTED),
        ("no", Reason.SERVER_ERROR),
    ):
        body = json.dumps({"error": {"type": "illegal_state_exception", "reason": action}}).encode()
        found = judge_answer(Answer(status=500, body=body), (), security.CALL)
        assert isinstance(found, Unavailable)
        assert found.reason is wanted


def test_a_pattern_that_is_no_name_is_no_missing_module() -> None:
    """A cluster refuses a declared pattern in the same words in which one without a module refuses a call."""
    reason = "Invalid index name [_foo], must not start with '_'."
    body = json.dumps({"error": {"type": "invalid_index_name_exception", "reason": reason}}).encode()
    found = judge_answer(Answer(status=400, body=body), (), indices.of_names(("_foo",)))
    assert isinstance(found, Unavailable)
    assert found.reason is not Reason.NOT_REQUESTED


def test_what_a_pattern_takes_out_is_in_no_call() -> None:
    """In one address with leaders it would take them out too."""
    assert "lead-*" not in indices.of_names(("lead", "-lead-*")).path


@pytest.mark.parametrize("pattern", ["*a" * 200 + "*b", "*" * 5000, "a*" * 2000])
def test_a_hostile_pattern(pattern: str) -> None:
    """Matching takes time that grows with the lengths alone: this would not end otherwise."""
    assert matches(pattern, "a" * 100_000) is (set(pattern) == {"*"} or not pattern.endswith("b"))


async def test_without_a_license_nothing_is_unknown(tmp_path: Path) -> None:
    """Most clusters are basic and replicate nothing: that is known all the same."""
    near = cluster("logs")
    reason = {
        "error": {"type": "security_exception", "reason": "current license is non-compliant for [ccr]"},
        "status": 403,
    }
    answer(near, "/_ccr/stats", reason, "403 Forbidden")
    with peers.peer(near) as port:
        evidence = await look(tmp_path, port, remote("logs"))
    assert evidence.api[Replication] == Replication(followers=(), unlicensed=True)


async def test_an_address_twice() -> None:
    """The same node under two keys is one node, and no comparison."""
    near = cluster("logs")
    with peers.peer(near) as port:
        url = f"http://127.0.0.1:{port}"
        config = {"name": "a", "url": url, "other_urls": [url, url], "remotes": [remote("logs")]}
        work = RoundInput(cluster=ClusterConfig.model_validate(config), timeouts=Timeouts(api=2.0), now=NOW)
        async with RealNetwork() as network:
            evidence = await gather(work, network)
    views = belief(evidence, "logs").views
    assert not isinstance(views, ConnectedPerNode)
    assert views.reason is Reason.NOT_REQUESTED


async def test_a_dead_node_is_tried_once() -> None:
    """Whichever node answered first is asked for the rest of the round: a dead one costs its time limit once."""
    near, tried = cluster("logs", followers=["copy"]), list[int]()

    def dead(sock: socket.socket) -> None:
        tried.append(len(sock.recv(65536)))

    with peers.peer(dead) as hole, peers.peer(near) as port:
        config = {
            "name": "a",
            "url": f"http://127.0.0.1:{hole}",
            "other_urls": [f"http://127.0.0.1:{port}"],
            "remotes": [remote("logs", "logs-*")],
        }
        work = RoundInput(cluster=ClusterConfig.model_validate(config), timeouts=Timeouts(api=1.0), now=NOW)
        async with RealNetwork() as network:
            evidence = await gather(work, network)
    # The first set of calls, and the look at each node by itself.
    assert len(tried) == len(FIRST) + 1
    assert isinstance(evidence.api[Replication], Replication)
    assert paths(near, "/_resolve")[1:] == ["/_resolve/cluster/logs:logs-*"]


async def test_more_patterns_than_a_search_can_name(tmp_path: Path) -> None:
    """A search that leaves patterns out would pass for all of them: it is not made."""
    many = [f"logs-of-the-team-with-the-number-{number:04}-*" for number in range(150)]
    near = cluster("logs")
    with peers.peer(near) as port:
        evidence = await look(tmp_path, port, remote("logs", *many), search=True)
    found = belief(evidence, "logs").search
    assert isinstance(found, Unavailable)
    assert found.reason is Reason.TOO_LARGE
    assert paths(near, "/_search") == []


async def test_a_refused_local_login_is_not_the_remote_one(tmp_path: Path) -> None:
    """Whether anything is replicated is told by the local cluster: the remote one is not blamed for it."""
    near, far = cluster("logs"), Cluster()
    answer(near, "/_ccr/stats", {"error": {"type": "security_exception", "reason": "x"}}, "403 Forbidden")
    with peers.peer(far) as there, peers.peer(near) as port:
        evidence = await look(tmp_path, port, remote("logs", url=f"http://127.0.0.1:{there}"))
    found = evidence.remotes[0].api[Indices]
    assert isinstance(found, Unavailable)
    assert found.reason is Reason.NOT_DECLARED
    assert "_ccr/stats" in found.detail


async def test_a_search_that_could_not_be_tried(tmp_path: Path) -> None:
    """It was asked for, so that it is not known, and not skipped."""
    near = cluster("logs")
    near.answers["/_cluster/settings"] = http("{}", "500 Internal Server Error")
    with peers.peer(near) as port:
        evidence = await look(tmp_path, port, remote("logs", "logs-*"), search=True)
    found = belief(evidence, "logs").search
    assert isinstance(found, Unavailable)
    assert found.reason is Reason.SERVER_ERROR


async def test_a_proxy_in_place_of_a_search(tmp_path: Path) -> None:
    """An error without a type is none of a cluster, and says nothing of the remote."""
    near = cluster("logs")
    answer(near, "/logs:logs-*/_search", {"error": "Bad gateway"}, "502 Bad Gateway")
    with peers.peer(near) as port:
        evidence = await look(tmp_path, port, remote("logs", "logs-*"), search=True)
    found = belief(evidence, "logs").search
    assert not isinstance(found, SearchTrial)
    assert found.reason is Reason.SERVER_ERROR


async def test_where_the_remotes_of_a_remote_lead(tmp_path: Path) -> None:
    """Their hosts are looked up where one of them may be the local cluster, and at no other time."""
    settings = {"persistent": {"cluster": {"remote": {"back": {"seeds": ["localhost:9300"]}}}}}
    far = Cluster(settings=settings, info={})
    with peers.peer(far) as there:
        url = f"http://127.0.0.1:{there}"
        for near, known in ((cluster("logs"), False), (cluster("other"), True)):
            with peers.peer(near) as port:
                evidence = await look(tmp_path, port, remote("logs", url=url))
            found = evidence.remotes[0].api[Registrations]
            assert isinstance(found, Registrations)
            assert bool(found.resolved) is known
            assert ("127.0.0.1:9300" in found.places(found.all[0])) is known


async def test_a_defect_takes_no_more_than_its_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where we fail over what a cluster says, the wire and everything else of the round stay."""

    def broken(*_: object) -> None:
        raise RuntimeError

    near, far = cluster("logs"), Cluster()
    for module, name in ((roles, "mapping"), (resolved, "read_patterns")):
        monkeypatch.setattr(module, name, broken)
    near.answers["/_security/role"] = far.answers["/_security/role"] = http("{}")
    answer(near, "/_resolve/cluster/logs:logs-*", {})
    with peers.peer(far) as there, peers.peer(near) as port:
        evidence = await look(tmp_path, port, remote("logs", "logs-*", url=f"http://127.0.0.1:{there}"))
    one = evidence.remotes[0]
    for piece in (evidence.api[Roles], one.api[Roles]):
        assert isinstance(piece, Unavailable)
        assert "please report it" in piece.detail
    for other in (evidence.api[Nodes], one.api[Nodes]):
        assert "please report it" not in str(other)
    assert not isinstance(one.endpoints, Unavailable)
    assert one.endpoints.probes
    assert isinstance(one.belief[ResolvedPatterns], Unavailable)
    assert "please report it" in one.belief[ResolvedPatterns].detail


async def test_nothing_runs_on_after_a_round_that_is_given_up(tmp_path: Path) -> None:
    """A round that is cancelled in its last stage leaves no task behind."""
    near, far = cluster("logs", followers=["copy"]), Cluster()
    (tmp_path / "es.key").write_text(KEY)
    with peers.black_hole() as hole, peers.peer(near) as port:
        del far
        declared = remote("logs", "logs-*", url=f"http://127.0.0.1:{hole}")
        config = {"name": "a", "url": f"http://127.0.0.1:{port}", "remotes": [declared]}
        work = RoundInput(cluster=ClusterConfig.model_validate(config), timeouts=Timeouts(api=3.0), now=NOW)
        before = asyncio.all_tasks()
        async with RealNetwork() as network:
            task = asyncio.create_task(gather(work, network))
            await asyncio.sleep(1.0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await until_async(lambda: asyncio.all_tasks() - before - {task} == set())


def test_remote_key_is_about_the_id_that_was_asked_for() -> None:
    """Another key in the answer is not taken for it."""
    assert api_keys.read({"api_keys": [{"id": "other"}]}, "mine") == KeyLookup(record=None)
