"""The board: snapshots that do not change, history, and what is shown when rounds bring nothing."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from diag.board import Board, RoundFacts, other_maintenance, report_as_unknown
from diag.check import Scope
from diag.engine import judge, own_status
from diag.evidence.maintenance import MaintenanceWindow
from diag.model import (
    Acknowledgement,
    ClusterReport,
    Endpoints,
    LocalCluster,
    Outcome,
    Policy,
    Remote,
    Status,
    Unavailable,
)
from diag.web.shown_cause import acknowledged
from tests import caselib
from tests.diag.daemon.world import healthy, without_name

START = datetime(2026, 1, 15, 12, tzinfo=UTC)


def cluster(name: str = "eu", *, broken: bool = False, minute: int = 0) -> ClusterReport:
    """Judge a cluster with one remote, seen so many minutes after the start."""
    evidence = healthy()
    remotes = tuple(map(without_name, evidence.remotes)) if broken else evidence.remotes
    evidence = dataclasses.replace(
        evidence,
        cluster=dataclasses.replace(evidence.cluster, name=name),
        taken_at=START + timedelta(minutes=minute),
        remotes=remotes,
    )
    return judge(evidence, caselib.catalogue().checks)


def test_a_snapshot_stays_as_it_was_when_the_board_goes_on() -> None:
    """Who holds a snapshot reads one consistent state, whatever is put up meanwhile."""
    board = Board(["eu"])
    board.put(cluster())
    before = board.snapshot()
    board.put(cluster(broken=True, minute=1))
    assert (before.report.status, before.generation) == (Status.OK, 1)
    assert (board.snapshot().report.status, board.snapshot().generation) == (Status.FAIL, 2)
    with pytest.raises(dataclasses.FrozenInstanceError):
        before.generation = 5  # type: ignore[misc]  # -- that it does not work is the point.
    with pytest.raises(TypeError):
        before.clusters["eu"] = board.snapshot().clusters["eu"]  # type: ignore[index]  # -- as above.


def test_the_report_keeps_the_order_of_the_configuration() -> None:
    """Clusters stand in the order in which they are expected, not in that in which their rounds finished."""
    board = Board(["a", "b", "c"])
    for name in ("c", "a", "b"):
        board.put(cluster(name))
    assert [one.name for one in board.snapshot().report.clusters] == ["a", "b", "c"]


def test_a_cluster_that_is_awaited_keeps_the_report_from_being_ok() -> None:
    """Healthy is said only when every cluster was looked at."""
    board = Board(["a", "b"])
    assert board.snapshot().report.status is Status.UNKNOWN
    board.put(cluster("a"))
    assert board.snapshot().awaited == ("b",)
    assert board.snapshot().report.status is Status.UNKNOWN
    board.put(cluster("b"))
    assert board.snapshot().report.status is Status.OK


def test_what_leaves_the_configuration_leaves_the_board() -> None:
    """A forgotten cluster is in no report."""
    board = Board(["a", "b"])
    board.put(cluster("a"))
    board.put(cluster("b"))
    board.expect(["b"])
    assert list(board.snapshot().clusters) == ["b"]
    board.expect([])
    assert list(board.snapshot().clusters) == []


@pytest.mark.parametrize("broken", [False, True])
def test_a_lost_cluster_is_unknown_and_says_why(broken: bool) -> None:  # noqa: FBT001 -- the parameter of the test.
    """Neither an old ok nor an old failure is shown as if it were of today; what does not apply stays skipped."""
    before = cluster(broken=broken)
    after = report_as_unknown(before, before.evidence.cluster, "no round finished", START)
    remote = after.remotes[0]
    assert (after.status, remote.status, remote.root_causes) == (Status.UNKNOWN, Status.UNKNOWN, ())
    for old, new in zip(before.remotes[0].results, remote.results, strict=True):
        wanted = Outcome.SKIP if old.outcome is Outcome.SKIP else Outcome.UNKNOWN
        assert (new.check, new.outcome, new.findings, new.severity) == (old.check, wanted, (), None)
        assert wanted is Outcome.SKIP or new.because == "no round finished"
    assert isinstance(remote.evidence.endpoints, Endpoints), "the dates of certificates stay known"


def _working(until: datetime, remote: str = "*") -> Policy:
    begin = START - timedelta(days=1)
    window = MaintenanceWindow(
        begin=begin.replace(tzinfo=None).isoformat(),
        end=until.replace(tzinfo=None).isoformat(),
        note="new firewall",
        remote=remote,
    )
    return Policy(maintenance=(window,))


@pytest.mark.parametrize("seen", [True, False])
def test_a_lost_cluster_stays_under_maintenance_until_it_ends(seen: bool) -> None:  # noqa: FBT001 -- the parameter of the test.
    """It is unknown, and says until when somebody works on it; afterwards it is unknown, and no more."""
    before, ends = cluster(broken=True), START + timedelta(hours=1)
    policy = _working(ends)
    lost = report_as_unknown(before if seen else None, before.evidence.cluster, "no round", START, policy)
    (remote,) = lost.remotes
    assert remote.status is Status.UNKNOWN
    assert lost.maintenance
    assert remote.maintenance
    assert "new firewall" in remote.maintenance.words
    assert not any(one.is_open for one in remote.results)
    assert not other_maintenance(lost, policy, START)
    assert other_maintenance(lost, policy, ends)
    later = report_as_unknown(lost, before.evidence.cluster, "no round", ends, policy)
    assert (later.remotes[0].maintenance, later.maintenance) == (None, None)
    assert not seen or any(one.is_open for one in later.remotes[0].results)
    assert not other_maintenance(later, policy, ends)


def test_a_lost_cluster_keeps_what_is_acknowledged() -> None:
    """Of a finding that somebody knows of that is still said, for as long as it holds."""
    known = Acknowledgement(check="network/dns-nxdomain", until=START.date().isoformat(), note="moves in May")
    policy = Policy(acknowledge=(known,))
    before = judge(cluster(broken=True).evidence, caselib.catalogue().checks, policy)
    acked = before.remotes[0].result("network/dns-nxdomain")
    assert acked
    assert acked.acknowledged == known
    for at, wanted in ((START, known), (START + timedelta(days=1), None)):
        lost = report_as_unknown(before, before.evidence.cluster, "no round", at, policy).remotes[0]
        kept = lost.result("network/dns-nxdomain")
        assert kept
        assert (kept.outcome, kept.acknowledged) == (Outcome.UNKNOWN, wanted)
        assert any("moves in May" in text for text in acknowledged(lost)) is (wanted is not None)


@pytest.mark.parametrize("seen", [True, False])
def test_a_lost_cluster_with_an_api_is_unknown_itself(seen: bool) -> None:  # noqa: FBT001 -- the parameter of the test.
    """Its remotes may be known from its API alone: then there is none that could be unknown in its place."""
    before = cluster()
    found = dataclasses.replace(before.evidence.cluster, hosts=("es.example:9200",), remotes=())
    lost = report_as_unknown(before if seen else None, found, "it crashed", START, checks=caselib.catalogue().checks)
    assert own_status(lost) is Status.UNKNOWN
    assert "it crashed" in str(lost.unanswered)


def test_no_check_is_asked_of_a_cluster_that_was_never_seen() -> None:
    """One of them may be what ends the process of each round."""
    asked = [dataclasses.replace(one, run=pytest.fail) for one in caselib.catalogue().checks]
    found = LocalCluster(name="eu", remotes=(Remote(alias="logs", has_credential=True),))
    (remote,) = report_as_unknown(None, found, "it crashed", START, checks=asked).remotes
    assert "login" not in remote.coverage.hints, "it is configured"
    assert len(remote.results) == sum(one.scope is not Scope.CLUSTER for one in asked)


def test_a_cluster_that_was_never_seen_has_the_remotes_of_its_configuration() -> None:
    """Also when the very first round fails, its remotes are there, and unknown."""
    found = LocalCluster(name="eu", remotes=(Remote(alias="logs"),))
    report = report_as_unknown(None, found, "it crashed", START, checks=caselib.catalogue().checks)
    assert [(one.alias, one.status) for one in report.remotes] == [("logs", Status.UNKNOWN)]
    results = {(one.outcome, one.because) for one in report.remotes[0].results if one.outcome is not Outcome.SKIP}
    assert results == {(Outcome.UNKNOWN, "it crashed")}
    assert any(one.is_open for one in report.remotes[0].results), "what makes it unknown is said"
    assert isinstance(report.remotes[0].evidence.endpoints, Unavailable)
    board = Board(["eu"])
    board.put(report, RoundFacts(failure="it crashed"), at=START)
    assert board.snapshot().report.status is Status.UNKNOWN
