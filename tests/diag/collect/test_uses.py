"""What a round asks because of what remotes are used for: nothing without use, few calls with it, and none that changes anything."""

from __future__ import annotations

import json
import urllib.parse
from pathlib import Path
from typing import Any

import pytest

from diag.collect import RealNetwork, RoundInput, gather
from diag.config import ClusterConfig, Timeouts
from diag.evidence.call import MAX_NAMES_LENGTH
from diag.evidence.elasticsearch.followers import NO_FOLLOWERS, NO_RECOVERIES
from diag.evidence.elasticsearch.indices import NO_DECLARED_USE
from diag.evidence.elasticsearch.searches import NO_SEARCH
from diag.model import (
    ClusterEvidence,
    FollowersHealth,
    Indices,
    InitialRecoveries,
    LocalView,
    Policy,
    Reason,
    RemoteApi,
    ResolvedPatterns,
    SearchTrial,
    Unavailable,
)
from diag.report.saved import save
from tests.diag.collect import peers
from tests.diag.collect.test_api import KEY, NOW, Cluster, http

RECORDED = Path(__file__).parent / "api"
PROXY = {"mode": "proxy", "proxy_address": "127.0.0.1:1"}
STATE = "/_cluster/state/metadata"
HEALTH = "/_cluster/health"
FOLLOWED = {"follow_stats": {"indices": []}}


def recorded(name: str, release: str) -> Any:
    """A recorded answer."""
    return json.loads((RECORDED / f"{name}-{release}.json").read_text())


class Resolving(dict[str, bytes]):
    """Answers by path, and of patterns that something matches where 0149 is among them."""

    def get(self, path: str, default: Any = None) -> Any:
        """Answer a path."""
        if not path.startswith("/_resolve/cluster/") or path == "/_resolve/cluster/*:*":
            return super().get(path, default)
        patterns = urllib.parse.unquote(path.rpartition("/")[2]).split(",")
        one = {"connected": True, "skip_unavailable": False, "matching_indices": "0149" in path}
        return http(json.dumps({pattern.partition(":")[0]: one for pattern in patterns}))


def cluster(*aliases: str, followers: Any = ()) -> Cluster:
    """A cluster with these remotes registered, and these indices that follow one of ``logs``."""
    settings = {"persistent": {"cluster": {"remote": dict.fromkeys(aliases, PROXY)}}}
    made = Cluster(settings=settings, info={alias: {"connected": True} for alias in aliases})
    names = [{"follower_index": one, "remote_cluster": "logs", "leader_index": f"lead-{one}"} for one in followers]
    made.answers["/_ccr/stats"] = http(json.dumps(FOLLOWED))
    made.answers["/_all/_ccr/info"] = http(json.dumps({"follower_indices": names}))
    return made


def answer(made: Cluster, path: str, body: Any, status: str = "200 OK") -> None:
    """Let a cluster answer a path."""
    made.answers[path] = http(json.dumps(body), status)


def remote(alias: str, *patterns: str, **fields: Any) -> dict[str, Any]:
    """A declared remote that is searched for these patterns."""
    return {"alias": alias, **PROXY, "security_model": "api_key", "use": {"search": list(patterns)}, **fields}


async def look(folder: Path, port: int, *remotes: dict[str, Any], search: bool = False) -> ClusterEvidence:
    """Make a round for a cluster with an API on loopback."""
    (folder / "es.key").write_text(KEY)
    auth = {"api_key": {"file": folder / "es.key"}}
    config = {"name": "search", "url": f"http://127.0.0.1:{port}", "auth": auth, "remotes": list(remotes)}
    work = RoundInput(
        cluster=ClusterConfig.model_validate(config),
        timeouts=Timeouts(connect=20.0, handshake=20.0, api=20.0),
        now=NOW,
        search=search,
    )
    async with RealNetwork() as network:
        return await gather(work, network)


def paths(made: Cluster, word: str) -> list[str]:
    """The paths that were asked for and begin with this, or end with it."""
    asked = [urllib.parse.unquote(one.split(" ")[1].partition("?")[0]) for one in made.asked]
    return [path for path in asked if path.startswith(word) or path.endswith(word)]


def belief(evidence: ClusterEvidence, alias: str) -> LocalView:
    """What the local cluster holds of one remote."""
    return next(one.belief for one in evidence.remotes if one.remote.alias == alias)


async def test_without_use_nothing_is_asked(tmp_path: Path) -> None:
    """Without followers and declared patterns, no index of any cluster is looked at."""
    far, near = Cluster(), cluster("logs")
    with peers.peer(far) as there, peers.peer(near) as port:
        declared = {"alias": "logs", **PROXY, "security_model": "api_key", "url": f"http://127.0.0.1:{there}"}
        evidence = await look(tmp_path, port, declared, search=True)
    for made in (near, far):
        assert paths(made, STATE) == paths(made, "/_recovery") == paths(made, "/_search") == []
    assert paths(near, HEALTH) == []
    assert paths(near, "/_resolve") == ["/_resolve/cluster/*:*"]
    api = evidence.api
    assert (api[Indices], api[FollowersHealth], api[InitialRecoveries]) == (NO_FOLLOWERS, NO_FOLLOWERS, NO_FOLLOWERS)
    held = belief(evidence, "logs")
    assert held.search is NO_SEARCH
    assert isinstance(held.resolved_use, Unavailable)
    assert held.resolved_use.reason is Reason.NOT_REQUESTED
    assert evidence.remotes[0].api[Indices] is NO_DECLARED_USE


async def test_leaders_of_an_alias_that_is_gone(tmp_path: Path) -> None:
    """They may be in this remote, under its new alias: each side tells the uuids by which that shows."""
    far, near = Cluster(), cluster("renamed", followers=["copy"])
    leader = {"settings": {"index": {"uuid": "first"}}}
    answer(far, f"{STATE}/lead-copy", {"cluster_uuid": "u", "metadata": {"indices": {"lead-copy": leader}}})
    answer(far, STATE, {"cluster_uuid": "u", "metadata": {}})
    follower = {"settings": {"index": {"uuid": "own"}}, "ccr": {"leader_index_uuid": "first"}}
    answer(near, f"{STATE}/copy", {"cluster_uuid": "l", "metadata": {"indices": {"copy": follower}}})
    answer(near, STATE, {"cluster_uuid": "l", "metadata": {}})
    with peers.peer(far) as there, peers.peer(near) as port:
        declared = {"alias": "renamed", **PROXY, "security_model": "api_key", "url": f"http://127.0.0.1:{there}"}
        evidence = await look(tmp_path, port, declared)
    here, there = evidence.api[Indices], evidence.remotes[0].api[Indices]
    assert isinstance(here, Indices)
    assert isinstance(there, Indices)
    assert [(one.name, one.uuid, one.leader_uuid) for one in here.all] == [("copy", "own", "first")]
    assert [(one.name, one.uuid, one.leader_uuid) for one in there.all] == [("lead-copy", "first", "")]


async def test_followers_cost_three_calls(tmp_path: Path) -> None:
    """However many there are: their metadata, what there is besides, and their health. Nothing is copied, so that is not asked."""
    names = [f"copy-{number}" for number in range(40)]
    near = cluster("logs", followers=names)
    indices = {
        name: {"state": "open", "settings": {"index": {"xpack": {"ccr": {"following_index": "true"}}}}}
        for name in names
    }
    answer(near, f"{STATE}/{','.join(names)}", {"cluster_uuid": "u", "metadata": {"indices": indices}})
    answer(near, STATE, recorded("remote-around", "6.8.23"))
    answer(near, HEALTH, {"cluster_name": "c", "indices": {name: {"status": "green"} for name in names}})
    with peers.peer(near) as port:
        evidence = await look(tmp_path, port, {"alias": "logs", **PROXY, "security_model": "api_key"})
    assert len(paths(near, STATE)) == 2
    assert (len(paths(near, HEALTH)), paths(near, "/_recovery")) == (1, [])
    assert isinstance(evidence.api[Indices], Indices)
    assert [one.follows for one in evidence.api[Indices].all] == [True] * 40
    assert (evidence.api[Indices].policies, evidence.api[Indices].pipelines) == (("pol1",), ("pipe1",))
    assert isinstance(evidence.api[FollowersHealth], FollowersHealth)
    assert len(evidence.api[FollowersHealth].all) == 40
    assert evidence.api[InitialRecoveries] is NO_RECOVERIES
    assert evidence.remotes[0].api[Indices] is RemoteApi()[Indices]


async def test_a_copy_is_followed_by_one_more_call(tmp_path: Path) -> None:
    """Only what starts is asked for: that call is the only one that wants a privilege on an index."""
    near = cluster("logs", followers=["copy", "bigcopy"])
    answer(near, HEALTH, recorded("followers-health", "6.8.23")["copying"])
    answer(near, "/bigcopy/_recovery", recorded("recovery", "6.8.23"))
    with peers.peer(near) as port:
        evidence = await look(tmp_path, port, {"alias": "logs", **PROXY, "security_model": "api_key"})
    assert paths(near, "/_recovery") == ["/bigcopy/_recovery"]
    copies = evidence.api[InitialRecoveries]
    assert isinstance(copies, InitialRecoveries)
    assert (copies.all[0].index, copies.rate) == ("bigcopy", 40 << 20)


async def test_what_is_refused_stays_by_itself(tmp_path: Path) -> None:
    """Without the right to see how far a copy is, all else is told, and the reason names the privilege."""
    near = cluster("logs", followers=["bigcopy"])
    answer(near, HEALTH, recorded("followers-health", "6.8.23")["copying"])
    answer(near, "/bigcopy/_recovery", {"error": {"reason": "action is unauthorized"}}, "403 Forbidden")
    with peers.peer(near) as port:
        evidence = await look(tmp_path, port, {"alias": "logs", **PROXY, "security_model": "api_key"})
    assert isinstance(evidence.api[FollowersHealth], FollowersHealth)
    assert isinstance(evidence.api[InitialRecoveries], Unavailable)
    assert "indices privilege monitor" in evidence.api[InitialRecoveries].detail
    assert isinstance(evidence.api[Indices], Unavailable)


async def test_an_alias_that_is_not_registered_is_in_no_call(tmp_path: Path) -> None:
    """One alias that the cluster does not have would spoil the answer about all others."""
    near = cluster("logs", "audit")
    told = recorded("resolve-patterns", "9.2.0")["logs:logs*,logs:nosuch*"]["logs"]
    answer(near, "/_resolve/cluster/logs:logs-*,audit:a,audit:b", {"logs": told, "audit": told})
    remotes = (remote("logs", "logs-*"), remote("nobody", "x-*"), remote("audit", "a", "b"))
    with peers.peer(near) as port:
        evidence = await look(tmp_path, port, *remotes, search=True)
    assert paths(near, "/_resolve") == ["/_resolve/cluster/*:*", "/_resolve/cluster/logs:logs-*,audit:a,audit:b"]
    assert not any("nobody" in one.split(" ")[1] for one in near.asked)
    for alias in ("logs", "audit"):
        found = belief(evidence, alias).resolved_use
        assert isinstance(found, ResolvedPatterns)
        assert (found.connected, found.matching) == (True, True)
    absent = belief(evidence, "nobody")
    assert isinstance(absent.resolved_use, Unavailable)
    assert absent.resolved_use.reason is Reason.NOT_FOUND
    assert isinstance(absent.search, Unavailable)
    assert absent.search.reason is Reason.NOT_FOUND


async def test_many_patterns_are_shared_out_among_calls(tmp_path: Path) -> None:
    """What an address can't hold is asked for in parts, also of one remote; what is wrong with any part is wrong."""
    many = [f"logs-of-the-team-with-the-number-{number:04}-*" for number in range(150)]
    near = cluster("logs", "audit")

    near.answers = Resolving(near.answers)
    with peers.peer(near) as port:
        evidence = await look(tmp_path, port, remote("logs", *many), remote("audit", "a"))
    asked = [path.removeprefix("/_resolve/cluster/") for path in paths(near, "/_resolve")[1:]]
    assert len(asked) > 2
    assert all(len(names) <= MAX_NAMES_LENGTH for names in asked)
    assert sorted(",".join(asked).split(",")) == sorted([f"logs:{one}" for one in many] + ["audit:a"])
    logs = belief(evidence, "logs").resolved_use
    assert isinstance(logs, ResolvedPatterns)
    assert (logs.connected, logs.matching) == (True, True)


async def test_a_name_that_is_long_in_an_address(tmp_path: Path) -> None:
    """What is not ASCII is longer there; an address is never longer than a node takes."""
    many = [f"журнал-{number:03}-*" for number in range(100)]
    near = cluster("logs")
    with peers.peer(near) as port:
        await look(tmp_path, port, remote("logs", *many), search=True)
    assert max(len(one.split(" ")[1]) for one in near.asked) < 4096


@pytest.mark.parametrize("allowed", [False, True])
async def test_a_search_wants_to_be_allowed(tmp_path: Path, allowed: bool) -> None:  # noqa: FBT001 -- the parameter of the test.
    """Declared patterns are searched for where probe.search says so, with one call for each remote that has some."""
    near = cluster("logs", "audit", "quiet")
    answer(near, "/logs:logs-*,logs:more/_search", recorded("searches", "9.2.0")["successful"])
    answer(near, "/audit:a/_search", recorded("searches", "9.2.0")["refused"], "401 Unauthorized")
    remotes = (remote("logs", "logs-*", "more"), remote("audit", "a"), remote("quiet"))
    with peers.peer(near) as port:
        evidence = await look(tmp_path, port, *remotes, search=allowed)
    searched = sorted(paths(near, "/_search"))
    assert searched == (["/audit:a/_search", "/logs:logs-*,logs:more/_search"] if allowed else [])
    trials = {alias: belief(evidence, alias).search for alias in ("logs", "audit", "quiet")}
    assert trials["quiet"] is NO_SEARCH
    if not allowed:
        assert set(trials.values()) == {NO_SEARCH}
        return
    assert trials["logs"] == SearchTrial(status="successful")
    assert isinstance(trials["audit"], SearchTrial)
    assert trials["audit"].error.startswith("unable to authenticate user [***]")
    sent = next(one for one in near.asked if "/_search" in one)
    assert "size=0" in sent
    assert sent.rstrip().lower().endswith(f"authorization: apikey {KEY}".lower())


async def test_indices_of_a_remote(tmp_path: Path) -> None:
    """Its leaders and what the use names are asked for, each by itself; an alias of a data stream counts as a name."""
    near, far = cluster("logs", followers=["copy"]), Cluster("9.2.0")
    answer(far, f"{STATE}/lead-copy", {"cluster_uuid": "u"})
    answer(far, f"{STATE}/ds-alias,plain-*", recorded("remote-metadata", "9.2.0"))
    answer(far, STATE, recorded("remote-around", "9.2.0"))
    with peers.peer(far) as there, peers.peer(near) as port:
        declared = remote("logs", "ds-alias", url=f"http://127.0.0.1:{there}")
        declared["use"]["replicate"] = ["plain-*"]
        evidence = await look(tmp_path, port, declared)
    assert sorted(paths(far, STATE)) == [STATE, f"{STATE}/ds-alias,plain-*", f"{STATE}/lead-copy"]
    found = evidence.remotes[0].api[Indices]
    assert isinstance(found, Indices)
    assert [one.name for one in found.all] == [".ds-ds-1-2026.11.26-000001", "plain-1", "plain-2", "plain-3"]
    assert found.data_streams == ("ds-1",)


async def test_all_indices_of_a_remote(tmp_path: Path) -> None:
    """The word for all indices is written as the pattern that it stands for, which may stand beside other names."""
    near, far = cluster("logs"), Cluster("9.2.0")
    with peers.peer(far) as there, peers.peer(near) as port:
        await look(tmp_path, port, remote("logs", "_all", "*", url=f"http://127.0.0.1:{there}"))
    assert sorted(paths(far, STATE)) == [STATE, f"{STATE}/*"]


async def test_nothing_is_sent_that_changes_anything(tmp_path: Path) -> None:
    """With everything switched on, at both clusters: only GET, and the one POST that asks what the login may do. No secret is kept."""
    near, far = cluster("logs", followers=["bigcopy"]), Cluster("9.2.0")
    answer(near, HEALTH, recorded("followers-health", "6.8.23")["copying"])
    echo = {"error": {"type": "x", "reason": f"ApiKey {KEY} planted-secret-of-the-key"}, "status": 403}
    for path in ("/logs:logs-*/_search", "/bigcopy/_recovery", f"{STATE}/bigcopy"):
        answer(near, path, echo, "403 Forbidden")
    answer(near, "/_resolve/cluster/logs:logs-*", {"logs": {"connected": False, "error": echo["error"]["reason"]}})
    (tmp_path / "remote.key").write_text(KEY)
    with peers.peer(far) as there, peers.peer(near) as port:
        more = {
            "url": f"http://127.0.0.1:{there}",
            "auth": {"api_key": {"file": tmp_path / "remote.key"}},
            "credential": {"file": tmp_path / "remote.key"},
        }
        evidence = await look(tmp_path, port, remote("logs", "logs-*", **more), search=True)
    assert paths(near, "/_recovery")
    assert paths(near, "/_search")
    for made in (near, far):
        asked = [tuple(one.split(" ")[:2]) for one in made.asked]
        assert {method for method, _ in asked} == {"GET"}
    text = save([evidence], Policy())
    assert KEY not in text
    assert "planted" not in text
    trial = belief(evidence, "logs").search
    assert isinstance(trial, SearchTrial)
    assert "***" in trial.error


async def test_a_cluster_that_answers_nonsense(tmp_path: Path) -> None:
    """Whatever stands in the answers, the round ends with evidence."""
    for body in ("[]", "null", '"x"', "{}", '{"error": []}', '{"cluster_uuid": 1, "metadata": []}', '{"_clusters": 1}'):
        near = cluster("logs", followers=["copy"])
        near.default = http(body)
        with peers.peer(near) as port:
            evidence = await look(tmp_path, port, remote("logs", "logs-*"), search=True)
        assert len(evidence.remotes) == 1
        assert evidence.remotes[0].unreadable is None


async def test_without_an_api_nothing_is_asked() -> None:
    """A cluster without url tells nothing of uses, and why."""
    config = {"name": "search", "remotes": [remote("logs", "logs-*")]}
    work = RoundInput(cluster=ClusterConfig.model_validate(config), now=NOW, search=True)
    async with RealNetwork() as network:
        evidence = await gather(work, network)
    held = evidence.remotes[0].belief
    for piece in (
        held.resolved_use,
        evidence.api[Indices],
        evidence.api[FollowersHealth],
        evidence.remotes[0].api[Indices],
    ):
        assert isinstance(piece, Unavailable)
        assert piece.reason is Reason.NOT_REQUESTED
