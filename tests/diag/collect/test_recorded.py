"""A round that was recorded is made once more without a network: names, probes and APIs are those of the first."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime
from pathlib import Path

from diag.collect import ApiTarget, ProbeTarget, RealNetwork, RecordedNetwork, RecordingNetwork, RoundInput, gather
from diag.config import ClusterConfig, Timeouts
from diag.evidence.call import Answer, Answers, Call
from diag.evidence.elasticsearch import replication
from diag.model import (
    Endpoint,
    Probe,
    Reason,
    Registrations,
    RemoteInfo,
    Replication,
    Resolution,
    Step,
    Unavailable,
)
from tests import pki
from tests.diag.collect import peers
from tests.diag.collect.test_api import KEY, Cluster, http

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
FIRST, SECOND = Call(path="/first"), Call(path="/second")
WHERE = Endpoint(setting="proxy_address", host="logs.example", port=9443)


class Counting:
    """A network that numbers its answers."""

    def __init__(self) -> None:
        self.count = 0

    def _next(self) -> int:
        self.count += 1
        return self.count

    async def resolve(self, _host: str, _seconds: float, /) -> Resolution | Unavailable:
        """Give an address that tells which answer it is."""
        return Resolution(addresses=(f"192.0.2.{self._next()}",))

    async def probe(self, dial: ProbeTarget, /) -> Probe:
        """Give a port that tells which answer it is."""
        nothing = Unavailable(step=Step.CONNECT, reason=Reason.REFUSED)
        return Probe(ip=dial.ip, port=self._next(), connection=nothing, tls=nothing, chain=nothing)

    async def call(self, _target: ApiTarget, calls: tuple[Call, ...], /) -> Answers:
        """Give values that tell which answer it is."""
        return {call: Answer(value=self._next()) for call in calls}


def dial(alias: str, ip: str = "192.0.2.1") -> ProbeTarget:
    """A look at the one address."""
    return ProbeTarget(alias=alias, endpoint=WHERE, ip=ip, connect_seconds=1, handshake_seconds=1)


async def test_what_is_kept_comes_back_in_its_order() -> None:
    """A question that was put twice has two answers, and the last one stays; nobody is asked any more."""
    real = Counting()
    network = RecordingNetwork(real)
    asked = [await network.resolve("Logs.example", 1.0), await network.resolve("logs.example", 1.0)]
    probed = [await network.probe(dial("a")), await network.probe(dial("b"))]
    target = ApiTarget(url="http://a:9200", seconds=1)
    called = [await network.call(target, (FIRST, SECOND)), await network.call(target, (FIRST,))]
    count = real.count

    again = network.recorded
    assert [await again.resolve("logs.EXAMPLE", 9.0) for _ in range(3)] == [*asked, asked[-1]]
    assert [await again.probe(dial("b")), await again.probe(dial("a"))] == [probed[1], probed[0]]
    assert [await again.call(target, (FIRST, SECOND)), await again.call(target, (FIRST,))] == called
    assert real.count == count


async def test_what_was_never_asked_is_missing() -> None:
    """Another name, remote, address, API or call has no answer in the recording, and says so."""
    network = RecordingNetwork(Counting())
    await network.probe(dial("a"))
    await network.call(ApiTarget(url="http://a:9200", seconds=1), (FIRST,))
    again = network.recorded
    answers = await again.call(ApiTarget(url="http://b:9200", seconds=1), (FIRST,))
    answers |= await again.call(ApiTarget(url="http://a:9200", seconds=1), (SECOND,))
    missing = [
        await again.resolve("never.example", 1.0),
        (await again.probe(dial("b"))).connection,
        (await again.probe(dial("a", "192.0.2.2"))).connection,
        answers[FIRST].value,
        answers[SECOND].value,
    ]
    for one in missing:
        assert isinstance(one, Unavailable)
        assert "recording" in one.detail
        assert not one.not_configured


def followed(followers: int, failed: int) -> dict[str, bytes]:
    """What a cluster answers that has a follower whose writes fail."""
    shard = {
        "follower_index": "copy",
        "leader_index": "lead",
        "remote_cluster": "logs",
        "failed_write_requests": failed,
    }
    names = [{"follower_index": "copy", "remote_cluster": "logs", "leader_index": "lead", "status": "active"}]
    stats = {"follow_stats": {"indices": [{"index": "copy", "shards": [shard]}]}}
    return {
        "/_ccr/stats": http(json.dumps(stats)),
        "/_all/_ccr/info": http(json.dumps({"follower_indices": names[:followers]})),
    }


async def test_a_whole_round_with_its_apis(tmp_path: Path, ca: pki.CA, good: pki.Issued) -> None:
    """The second round has no network and no server, and the same evidence: of addresses, of names, of both APIs."""
    (tmp_path / "ca.pem").write_bytes(ca.pem)
    (tmp_path / "es.key").write_text(KEY)
    near, far = Cluster(info={"logs": {"connected": True}}), Cluster("9.1.0")
    near.answers |= followed(1, failed=3)
    with (
        peers.peer(peers.tls(peers.context(good), peers.node({peers.HANDSHAKE_7: peers.ANSWER_9}))) as port,
        peers.peer(near) as near_port,
        peers.peer(far) as far_port,
    ):
        remote = {
            "alias": "logs", "security_model": "api_key", "mode": "proxy", "proxy_address": f"127.0.0.1:{port}",
            "server_name": peers.NAME, "ca": [tmp_path / "ca.pem"], "url": f"http://127.0.0.1:{far_port}",
        }  # fmt: skip
        unknown = {"alias": "gone", "security_model": "api_key", "seeds": ["nosuch.invalid:9443"]}
        login = {"api_key": {"file": tmp_path / "es.key"}}
        config = ClusterConfig.model_validate(
            {"name": "s", "url": f"http://127.0.0.1:{near_port}", "auth": login, "remotes": [remote, unknown]}
        )
        work = RoundInput(cluster=config, timeouts=Timeouts(connect=20.0, handshake=20.0, api=20.0), now=NOW)
        async with RealNetwork() as real:
            network = RecordingNetwork(real)
            first = await gather(work, network)
    logs = first.remotes[0]
    assert isinstance(first.api[Replication], Replication)
    assert isinstance(logs.belief[RemoteInfo], RemoteInfo)
    assert isinstance(logs.api[Registrations], Registrations)

    second = await gather(work, network.recorded)
    assert dataclasses.replace(second, seconds=first.seconds) == first
    nothing = await gather(work, RecordedNetwork())
    assert isinstance(nothing.local_version, Unavailable)
    assert isinstance(nothing.api[Replication], Unavailable)


def test_the_second_look_is_needed() -> None:
    """The round above asks two times for what is replicated, so that the order of the answers counts."""
    answers = followed(1, failed=3)
    values = [json.loads(answers[f"/{path}"].partition(b"\r\n\r\n")[2]) for path in ("_ccr/stats", "_all/_ccr/info")]
    found = replication.read(*values)
    assert isinstance(found, Replication)
    assert replication.needs_second_request(found)
