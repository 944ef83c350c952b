"""Rounds are made where they belong; a vantage point that is away, loses a round or refuses it leaves its remotes unknown, and says why."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from checks import CHECKS
from diag.config import ClusterConfig, Config
from diag.engine import judge
from diag.model import ClusterEvidence, ClusterReport, Status
from diag.rounds import quarantine
from diag.vantage import vantage_collector
from diag.vantage.key_table import GivenTables
from diag.vantage.placed_rounds import asked_views
from diag.vantage.round_order import answer_of, keys_wanted, read_order, refusal_of
from diag.vantage.vantage_collector import PlacedResult, VantageCollector
from tests.diag.vantage.vantage_world import Here, PlayedWorkers, config_of, remote

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)


def cluster(**more: object) -> dict[str, object]:
    """A local cluster with two remotes."""
    return {"name": "a", "version": "8.14.1", "remotes": [remote("logs"), remote("audit")], **more}


class Look:
    """One look at the first cluster of a configuration, and what was counted."""

    def __init__(self, config: Config, workers: PlayedWorkers | None) -> None:
        self.here, self.counted = Here(), Counter[tuple[str, str]]()
        self.config = config
        self._collector = VantageCollector(self.here, workers, self._count)

    def _count(self, place: str, result: PlacedResult) -> None:
        self.counted[place, result.value] += 1

    async def report(self, remotes: tuple[str, ...] = (), number: int = 0) -> ClusterReport:
        """Look and judge."""
        configured: ClusterConfig = self.config.clusters[number]
        return judge(await self._collector(self.config, configured, NOW, remotes), CHECKS)


async def test_without_vantage_points_it_is_looked_at_from_here(tmp_path: Path) -> None:
    """And nobody else is asked."""
    workers = PlayedWorkers(present={"eu": 1, "us": 1})
    look = Look(config_of(tmp_path, [cluster()]), workers)
    report = await look.report()
    assert (look.here.looks, workers.orders, report.status) == (["a"], [], Status.OK)
    assert all(not one.views for one in report.remotes)


async def test_each_vantage_point_is_asked_once(tmp_path: Path) -> None:
    """All of them for ``all``; none looks from here."""
    workers = PlayedWorkers(present={"eu": 1, "us": 2})
    look = Look(config_of(tmp_path, [cluster(vantage_points="all")]), workers)
    report = await look.report()
    assert sorted(place for place, _ in workers.orders) == ["eu", "us"]
    assert (look.here.looks, report.status) == ([], Status.OK)
    assert [[str(view.seen_from) for view in one.views] for one in report.remotes] == [["eu", "us"]] * 2
    assert look.counted == {("eu", "finished"): 1, ("us", "finished"): 1}


async def test_a_remote_may_be_looked_at_from_elsewhere(tmp_path: Path) -> None:
    """Its cluster from here, without it; there it alone."""
    mixed = cluster(remotes=[remote("logs"), remote("audit", vantage_points=["us"])])
    workers = PlayedWorkers(present={"us": 1})
    look = Look(config_of(tmp_path, [mixed]), workers)
    await look.report()
    assert look.here.looks == ["a"]
    ((place, order),) = workers.orders
    work = read_order(order, GivenTables())[0]
    assert place == "us"
    assert work.seen_from is not None
    assert work.seen_from.remotes_only
    assert [one for one in ("logs", "audit") if work.asks_for(one)] == ["audit"]


async def test_a_look_at_one_remote_asks_only_where_it_is_looked_at_from(tmp_path: Path) -> None:
    """No other place is troubled."""
    mixed = cluster(vantage_points=["eu"], remotes=[remote("logs"), remote("audit", vantage_points=["us"])])
    config = config_of(tmp_path, [mixed])
    places = [
        [one.name for one in asked_views(config, config.clusters[0], names) if one]
        for names in ((), ("audit",), ("logs",))
    ]
    assert places == [["eu", "us"], ["us"], ["eu"]]


async def test_one_that_is_away_leaves_its_remotes_unknown(tmp_path: Path) -> None:
    """Never ok, with the reason, whatever others see."""
    look = Look(config_of(tmp_path, [cluster(vantage_points=["eu", "us"])]), PlayedWorkers(present={"eu": 1}))
    report = await look.report()
    assert [one.status for one in report.remotes] == [Status.UNKNOWN] * 2
    assert look.counted == {("eu", "finished"): 1, ("us", "away"): 1}
    open_ones = [one for one in report.remotes[0].results if one.is_open]
    assert open_ones
    assert all("the vantage point us is away" in one.because for one in open_ones)


async def test_it_is_taken_over_only_where_that_is_allowed(tmp_path: Path) -> None:
    """Of eu by us, and not the other way round; who looked is said."""
    taken = Look(config_of(tmp_path, [cluster(vantage_points=["eu"])]), PlayedWorkers(present={"us": 1}))
    report = await taken.report()
    assert report.status is Status.OK
    assert [str(one.seen_from) for one in report.remotes[0].views] == ["us (in place of eu)"]
    assert taken.counted == {("eu", "taken_over"): 1}
    refused = Look(config_of(tmp_path, [cluster(vantage_points=["us"])]), PlayedWorkers(present={"eu": 1}))
    assert (await refused.report()).status is Status.UNKNOWN
    assert refused.counted == {("us", "away"): 1}


async def test_a_lost_round_is_counted_and_repeated_once(tmp_path: Path) -> None:
    """The second one counts; where that is lost too, the remotes are unknown."""
    config = config_of(tmp_path, [cluster(vantage_points=["us"])])
    once = Look(config, PlayedWorkers(present={"us": 1}, losses=1))
    assert (await once.report()).status is Status.OK
    assert once.counted == {("us", "lost"): 1, ("us", "finished"): 1}
    twice = Look(config, PlayedWorkers(present={"us": 1}, losses=2))
    assert (await twice.report()).status is Status.UNKNOWN
    assert twice.counted == {("us", "lost"): 2}


@pytest.mark.parametrize("answer", [refusal_of("it runs another release"), b"no evidence", b"\xff"])
async def test_a_refusal_and_damage_are_unknown(tmp_path: Path, answer: bytes) -> None:
    """Nothing of what came is judged."""
    look = Look(config_of(tmp_path, [cluster(vantage_points=["us"])]), PlayedWorkers(present={"us": 1}, answer=answer))
    assert {one.status for one in (await look.report()).remotes} == {Status.UNKNOWN}
    assert look.counted == {("us", "refused"): 1}


async def test_an_answer_that_does_not_come_is_waited_for_no_longer_than_a_round_may_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that is stopped holds nobody up for ever."""
    monkeypatch.setattr(vantage_collector, "LINK_SECONDS", -1e6)
    workers = PlayedWorkers(present={"us": 1}, frozen=asyncio.Event())
    look = Look(config_of(tmp_path, [cluster(vantage_points=["us"])]), workers)
    assert (await look.report()).status is Status.UNKNOWN
    assert look.counted == {("us", "late"): 1}


async def test_a_worker_of_another_release_is_the_reason_that_is_given(tmp_path: Path) -> None:
    """Rather than that nobody is there."""
    workers = PlayedWorkers(refused={"us": "diag 9.9.9/1"})
    look = Look(config_of(tmp_path, [cluster(vantage_points=["us"])]), workers)
    remotes = (await look.report()).remotes
    assert any("runs diag 9.9.9/1" in one.because for one in remotes[0].results)


async def test_a_daemon_that_began_without_any_says_that_it_needs_a_restart(tmp_path: Path) -> None:
    """A reload opens no port."""
    report = await Look(config_of(tmp_path, [cluster(vantage_points=["us"])]), None).report()
    assert any("restart" in one.because for one in report.remotes[0].results)
    assert report.status is Status.UNKNOWN


async def test_the_past_of_a_place_goes_to_that_place(tmp_path: Path) -> None:
    """What eu saw is not what us has to compare with."""
    workers = PlayedWorkers(present={"eu": 1, "us": 1})
    look = Look(config_of(tmp_path, [cluster(vantage_points="all")]), workers)
    await look.report()
    await look.report()
    pasts = [bool(read_order(order, GivenTables())[0].past) for _, order in workers.orders]
    assert pasts == [False, False, True, True]


def with_keys(folder: Path, clusters: int) -> Config:
    """So many local clusters that are looked at from one place, each with a key; it is the same for all."""
    (folder / "shared.key").write_text("c2hhcmVkLWlkOnNoYXJlZC1zZWNyZXQtb2YtMjI=")
    one = remote("logs", credential={"file": "shared.key"})
    names: list[dict[str, object]] = [
        {"name": f"c{n:05}", "version": "8.14.1", "vantage_points": ["us"], "remotes": [one]} for n in range(clusters)
    ]
    return config_of(folder, names)


async def test_an_order_does_not_grow_with_the_other_clusters(tmp_path: Path) -> None:
    """Which keys they have is sent to a worker once, and to the next one, which was not there, once again."""
    lengths = {}
    for number in (2, 20, 200):
        workers = PlayedWorkers(present={"us": 1})
        config = with_keys(tmp_path, number)
        for looked_at in (0, 1, 0):  # Each is the first of a daemon: what it knows of the past is sent, too.
            look = Look(config, workers)
            assert (await look.report(number=looked_at)).status is Status.OK
            assert look.counted == {("us", "finished"): 1}
        everybody = {f"c{n:05}" for n in range(number)}
        assert workers.elsewhere == [everybody - {"c00000"}, everybody - {"c00001"}, everybody - {"c00000"}]
        lengths[number] = [len(order) for _, order in workers.orders]
        workers.tables = GivenTables()
        await Look(config, workers).report(number=1)
        assert [len(order) for _, order in workers.orders[4:]] == lengths[number][:2]
    two, _, many = lengths.values()
    assert two[0] == two[2] == two[3] == many[0] == many[2] == many[3]
    assert many[1] - many[0] > 50 * (two[1] - two[0]), "all that grows is what is sent once"


async def test_keys_that_another_configuration_names_are_sent_anew(tmp_path: Path) -> None:
    """A reload: the worker is given the new ones, and knows the old ones for rounds that still run."""
    workers = PlayedWorkers(present={"us": 1})
    for number in (2, 3, 2):
        await Look(with_keys(tmp_path, number), workers).report()
    assert [len(one) for one in workers.elsewhere] == [1, 2, 1]
    assert len(workers.orders) == 5


async def test_a_cluster_without_a_key_has_nothing_to_compare(tmp_path: Path) -> None:
    """Neither has the only one with a key, nor one whose others are looked at from elsewhere."""
    (tmp_path / "own.key").write_text("b3duLWlkOm93bi1zZWNyZXQtb2YtMjItbGV0dGVy")
    keyed = remote("x", credential={"file": "own.key"})
    others: list[dict[str, object]] = [
        {"name": "b", "version": "8.14.1", "vantage_points": ["us"], "remotes": [keyed]},
        {"name": "c", "version": "8.14.1", "vantage_points": ["eu"], "remotes": [keyed]},
    ]
    workers = PlayedWorkers(present={"us": 1})
    look = Look(config_of(tmp_path, [cluster(vantage_points=["us"]), *others]), workers)
    for number in (0, 1):
        await look.report(number=number)
    assert workers.elsewhere == [set(), set()]
    assert len(workers.orders) == 2
    assert not any(b'"keys": "' in order and b'"keys": ""' not in order for _, order in workers.orders)


async def test_a_worker_that_never_has_the_keys_is_refused(tmp_path: Path) -> None:
    """It is given them once a round, and not for ever."""
    workers = PlayedWorkers(present={"us": 1}, answer=keys_wanted("x"))
    look = Look(with_keys(tmp_path, 2), workers)
    assert (await look.report()).status is Status.UNKNOWN
    assert len(workers.orders) == 2
    assert look.counted == {("us", "refused"): 1}


async def test_a_cluster_that_ends_its_workers_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a few in a row, of which all but the first were made beside no other; it is tried again later, and others are looked at as before."""
    others: list[dict[str, object]] = [
        {"name": "b", "version": "8.14.1", "vantage_points": ["us"], "remotes": [remote("x")]}
    ]
    workers = PlayedWorkers(present={"us": 1}, losses=3)
    look = Look(config_of(tmp_path, [cluster(vantage_points=["us"]), *others]), workers)
    assert (await look.report()).status is Status.UNKNOWN
    report = await look.report()
    assert look.counted == {("us", "lost"): 3, ("us", "quarantined"): 1}
    assert workers.alone == [False, True, True]
    because = {one.because for remote in report.remotes for one in remote.results if one.is_open}
    assert len(because) == 1
    assert (
        "3 times in a row, the process that looked at it died (or its connection broke, at the vantage point us)"
        in because.pop()
    )
    assert {one.status for one in (await look.report()).remotes} == {Status.UNKNOWN}
    assert (await look.report(number=1)).status is Status.OK
    assert (look.counted["us", "quarantined"], len(workers.orders), workers.alone[-1]) == (2, 4, False)
    monkeypatch.setattr(quarantine.Quarantine, "why_closed", lambda _self, _key: "")
    assert (await look.report()).status is Status.OK
    assert (await look.report()).status is Status.OK
    assert workers.alone[-2:] == [True, False], "once it ended well it is one of many again"


async def test_a_cluster_that_is_configured_otherwise_is_not_left_alone(tmp_path: Path) -> None:
    """It may be well now."""
    workers = PlayedWorkers(present={"us": 1}, losses=3)
    look = Look(config_of(tmp_path, [cluster(vantage_points=["us"])]), workers)
    for _ in range(2):
        assert (await look.report()).status is Status.UNKNOWN
    look.config = config_of(tmp_path, [cluster(vantage_points=["us"])], interval="30s")
    assert (await look.report()).status is Status.UNKNOWN, "it is the same"
    look.config = config_of(tmp_path, [cluster(vantage_points=["us"], keystore=[])])
    await look.report()
    assert look.counted["us", "finished"] == 1


async def test_where_nobody_was_left_to_be_given_a_round_nothing_is_lost(tmp_path: Path) -> None:
    """However often workers die of other clusters while this one waits for them: nobody died of it, and it is none of its attempts."""
    workers = PlayedWorkers(present={"us": 1}, losses=20, given=False)
    look = Look(config_of(tmp_path, [cluster(vantage_points=["us"])]), workers)
    assert (await look.report()).status is Status.OK
    assert look.counted == {("us", "finished"): 1}
    assert not any(workers.alone)


async def test_what_a_worker_tells_early_is_handed_on(tmp_path: Path) -> None:
    """From each place, and never once the round is over; what can't be read is left out."""
    config = config_of(tmp_path, [cluster(vantage_points=["us"])])
    configured = config.clusters[0]
    first = await Here().world(config, configured, NOW, ("logs",))
    workers = PlayedWorkers(present={"us": 1}, sent_early=(b"damaged", answer_of(first)))
    collector, sent = VantageCollector(Here(), workers, lambda _place, _result: None), list[ClusterEvidence]()

    def hear(evidence: ClusterEvidence) -> None:
        sent.append(evidence)
        workers.heard.set()

    async with asyncio.timeout(60):
        whole = await collector(config, configured, NOW, partly=hear)
    assert [[one.remote.alias for one in evidence.remotes] for evidence in sent] == [["logs"]]
    assert len(whole.remotes) == 2
    sent.clear()
    workers.heard.set()  # The round ends at once.
    await collector(config, configured, NOW, partly=hear)
    await asyncio.sleep(0.1)
    assert not sent
    await collector(config, configured, NOW)
    assert [json.loads(order)["early"] for _, order in workers.orders] == [True, True, False]
