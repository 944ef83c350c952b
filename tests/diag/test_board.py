"""The board: snapshots that do not change, history, and what is shown when rounds bring nothing."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from diag.board import Board, RoundFacts, report_as_unknown
from diag.engine import judge
from diag.model import ClusterReport, Endpoints, LocalCluster, Outcome, Remote, Status, Unavailable
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


def test_a_cluster_that_was_never_seen_has_the_remotes_of_its_configuration() -> None:
    """Also when the very first round fails, its remotes are there, and unknown."""
    report = report_as_unknown(None, LocalCluster(name="eu", remotes=(Remote(alias="logs"),)), "it crashed", START)
    assert [(one.alias, one.status) for one in report.remotes] == [("logs", Status.UNKNOWN)]
    assert isinstance(report.remotes[0].evidence.endpoints, Unavailable)
    board = Board(["eu"])
    board.put(report, RoundFacts(failure="it crashed"), at=START)
    assert board.snapshot().report.status is Status.UNKNOWN
