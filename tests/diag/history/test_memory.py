"""The past in memory: since when, what came before, how much of the time, and bounds."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

from diag.board import report_as_unknown
from diag.history import EventKind, MemoryHistory
from diag.history.memory import MAX_EVENTS, MAX_GONE, MAX_RECENT
from diag.model import ClusterEvidence, LocalView, Registration, Status
from tests.diag.history.scene import PAUSE, START, evidence, having, minute, report, words

OK, FAIL = having(Status.OK), having(Status.FAIL, "tls/expired")


def played(*statuses: Status, step: float = 1) -> MemoryHistory:
    """A history of rounds that found these, so many minutes apart."""
    history = MemoryHistory()
    for number, status in enumerate(statuses):
        history.record(having(status), minute(number * step), PAUSE)
    return history


def test_since_when() -> None:
    """From the first round that found the status; another cause is no new beginning; what is not there has none."""
    history = MemoryHistory()
    history.record(OK, minute(0), PAUSE)
    history.record(OK, minute(1), PAUSE)
    assert history.since("eu", "logs") == minute(0)
    history.record(FAIL, minute(2), PAUSE)
    history.record(having(Status.FAIL, "auth/key-invalid"), minute(3), PAUSE)
    assert history.since("eu", "logs") == minute(2)
    assert history.since("eu", "") == minute(0)
    assert history.since("eu", "nowhere") is None
    assert history.since("nowhere", "logs") is None
    history.record(report(evidence("other")), minute(4), PAUSE)
    assert history.since("eu", "logs") is None


def test_since_when_a_check_fails() -> None:
    """From its first failure on; another failure, or a round without a verdict, does not begin it anew, a pass does."""
    history, broken = MemoryHistory(), report(broken=True)
    for number, one in enumerate([report(), broken, broken]):
        history.record(one, minute(number), PAUSE)
    failing = {"network/dns-nxdomain": minute(1)}
    assert history.failing("eu", "logs") == failing
    for previous in (broken, None):
        lost = report_as_unknown(previous, broken.evidence.cluster, "no round", minute(3))
        history.record(lost, minute(3), PAUSE, incomplete=True)
        assert history.failing("eu", "logs") == failing
    history.record(broken, minute(4), PAUSE)
    assert history.failing("eu", "logs") == failing
    history.record(report(), minute(5), PAUSE)
    assert history.failing("eu", "logs") == {}
    history.record(broken, minute(6), PAUSE)
    assert history.failing("eu", "logs") == {"network/dns-nxdomain": minute(6)}
    history.record(report(evidence("other")), minute(7), PAUSE)
    assert history.failing("eu", "logs") == {}


def test_events_are_followed_by_cursor() -> None:
    """Each is given once to who asks for what came after the last one he saw."""
    history = MemoryHistory()
    first = history.record(OK, minute(0), PAUSE)
    second = history.record(FAIL, minute(1), PAUSE)
    assert history.events() == (*first, *second)
    assert history.events(after=first[-1].cursor) == second
    assert history.events(limit=1) == first[:1]
    assert history.events(kinds={EventKind.ROOT_CAUSE}) == second[1:]
    assert words(history.events(remote="")) == [("", "appeared", "", "", "ok")]
    assert history.events(cluster="us") == ()
    assert history.latest("eu", "logs", 2) == second[::-1]


def test_cursors_are_never_given_twice() -> None:
    """Not in a burst, not when the clock is set back, not after a restart that kept nothing."""
    history = MemoryHistory()
    events = [history.record(one, minute(-number), PAUSE) for number, one in enumerate([OK, FAIL] * 5)]
    cursors = [one.cursor for found in events for one in found]
    assert cursors == sorted(set(cursors))
    later = MemoryHistory().record(OK, minute(10), PAUSE)
    assert later[0].cursor > max(cursors)


def test_a_cluster_that_left_the_configuration() -> None:
    """It and its remotes are gone, once."""
    history = played(Status.OK)
    assert sorted(words(history.expect(["us"], minute(1)))) == [
        ("", "gone", "", "ok", ""),
        ("logs", "gone", "", "ok", ""),
    ]
    assert history.expect(["us"], minute(2)) == ()
    assert history.since("eu", "logs") is None


def test_a_pause_in_which_diag_did_not_look() -> None:
    """Longer than is usual: an event of the cluster, with both ends."""
    history = played(Status.OK)
    assert history.record(OK, minute(3), PAUSE) == ()
    assert words(history.record(OK, minute(10), PAUSE)) == [
        ("", "gap", "", minute(3).isoformat(), minute(10).isoformat())
    ]


def test_availability() -> None:
    """Ok and warn are up, fail is down; unknown is neither, and stated apart."""
    history = played(*[Status.OK] * 4, Status.WARN, *[Status.FAIL] * 2, *[Status.UNKNOWN] * 2, Status.OK)
    found = history.availability("eu", "logs", 30, minute(9))
    assert (found.up, found.down, found.unknown) == (5 * 60, 2 * 60, 2 * 60)
    assert found.ratio == 5 / 7
    assert found.not_observed == timedelta(days=30).total_seconds() - 9 * 60
    assert found.ends - found.begins == timedelta(days=30)


def test_availability_counts_the_window_alone() -> None:
    """A failure before the window is none in it, and what lasts into it counts from its beginning."""
    history = played(Status.OK, Status.FAIL, Status.OK, step=2)
    found = history.availability("eu", "logs", 1 / 24 / 60 * 3, minute(4))
    assert (found.up, found.down, found.not_observed) == (60, 120, 0)


def test_time_in_which_diag_did_not_look_is_not_up() -> None:
    """Neither a gap in between nor the time since the last round, nor that before the remote was known."""
    history = played(Status.OK)
    history.record(OK, minute(2), PAUSE)
    history.record(OK, minute(60), PAUSE)
    hour = history.availability("eu", "logs", 1 / 24, minute(60))
    assert (hour.up, hour.not_observed) == (120, 58 * 60)
    later = history.availability("eu", "logs", 1 / 24, minute(90))
    assert (later.up, later.not_observed, later.ends) == (0, 3600, minute(90))
    nobody = history.availability("eu", "nowhere", 1 / 24, minute(60))
    assert (nobody.ratio, nobody.not_observed) == (None, 3600)


def test_time_in_which_a_remote_was_not_there_is_not_up() -> None:
    """Removed and added again: the time in between is nobody's."""
    history = played(Status.OK)
    history.record(report(evidence("other")), minute(1), PAUSE)
    history.record(OK, minute(3), PAUSE)
    history.record(OK, minute(4), PAUSE)
    assert history.availability("eu", "logs", 1, minute(4)).up == 120


def test_what_changed_before_it_broke() -> None:
    """Of the remote and its cluster, in the day before; neither what came later nor what is a symptom; nothing of a healthy one."""

    def moved(address: str, status: Status) -> MemoryHistory:
        seen = dataclasses.replace(
            evidence(), belief=LocalView(registration=Registration(alias="logs", values=(("proxy_address", address),)))
        )
        made = report(seen)
        remote = dataclasses.replace(made.remotes[0], status=status)
        history.record(dataclasses.replace(made, remotes=(remote,)), now, PAUSE)
        return history

    history, now = MemoryHistory(), minute(0)
    moved("a:1", Status.OK)
    now = minute(1)
    moved("b:1", Status.OK)
    now = minute(1) + timedelta(days=2)
    moved("c:1", Status.OK)
    assert history.what_changed_before("eu", "logs") == ()
    now += timedelta(minutes=5)
    moved("d:1", Status.UNKNOWN)
    now += timedelta(minutes=5)
    moved("e:1", Status.FAIL)
    assert [(one.before, one.after) for one in history.what_changed_before("eu", "logs")] == [
        ("c:1", "d:1"),
        ("b:1", "c:1"),
    ]
    now += timedelta(minutes=5)
    moved("e:1", Status.OK)
    assert history.what_changed_before("eu", "logs") == ()


def test_flapping() -> None:
    """Twice broken and twice well again within the hour; one failure is none, nor is ok and warn in turn."""
    assert played(*[Status.OK, Status.FAIL] * 2, Status.OK).flapping("eu", "logs", minute(5))
    assert not played(*[Status.OK, Status.FAIL] * 2, Status.OK).flapping("eu", "logs", minute(100))
    assert not played(*[Status.OK, Status.FAIL] * 2).flapping("eu", "logs", minute(5))
    assert not played(*[Status.OK, Status.WARN] * 5).flapping("eu", "logs", minute(10))
    assert not played(*[Status.FAIL, Status.UNKNOWN] * 5).flapping("eu", "logs", minute(10))


def test_memory_is_bounded_and_says_what_it_forgot() -> None:
    """A remote that flaps for a year keeps its last events alone, and its availability reaches no further back than they do."""
    history = MemoryHistory()
    for number in range(MAX_RECENT):
        history.record((OK, FAIL)[number % 2], minute(number), PAUSE)
    assert len(history.events(limit=10 * MAX_RECENT)) == MAX_RECENT
    kept = history.events(cluster="eu", remote="logs")
    assert len(kept) == MAX_EVENTS
    found = history.availability("eu", "logs", 365, minute(MAX_RECENT - 1))
    # The last event that was forgotten was of the minute before: what the first one that is kept began with is known since then.
    assert found.up + found.down == (kept[-1].at - kept[0].at).total_seconds() + 60


def test_addresses_that_change_push_no_status_out() -> None:
    """Both have a room of their own."""
    history = played(Status.OK, Status.FAIL)
    for number in range(3 * MAX_EVENTS):
        values = (("proxy_address", f"{number}:1"),)
        seen = dataclasses.replace(evidence(), belief=LocalView(registration=Registration(alias="logs", values=values)))
        history.record(report(seen), minute(2) + timedelta(seconds=number), PAUSE)
    statuses = history.events(cluster="eu", remote="logs", kinds={EventKind.APPEARED, EventKind.STATUS})
    assert [one.after for one in statuses] == ["ok", "fail", "ok"]
    assert statuses[0].at == START


def test_names_that_come_and_go_do_not_pile_up() -> None:
    """Of what is gone the latest is known, and what is there stays known however much goes."""
    history = MemoryHistory()
    history.record(OK, minute(0), PAUSE)
    rounds = MAX_GONE + 20
    for number in range(rounds):
        history.record(report(evidence(f"pod-{number}")), minute(number + 1), PAUSE)
    history.record(OK, minute(rounds + 1), PAUSE)
    known = {remote for _, remote in history.everything().states}
    assert {"", "logs"} <= known
    assert len(known) == MAX_GONE + 2
    assert "pod-19" not in known
    assert not history.events(cluster="eu", remote="pod-0")
    assert history.events(cluster="eu", remote="pod-20")
    assert history.since("eu", "logs") == minute(rounds + 1)


def test_clusters_that_come_and_go_do_not_pile_up() -> None:
    """Also where a source of clusters names others each day."""
    history = MemoryHistory()
    for number in range(MAX_GONE):
        name = f"eu-{number}"
        history.record(dataclasses.replace(OK, evidence=renamed(name)), minute(number), PAUSE)
        history.expect([name], minute(number))
    clusters = {cluster for cluster, _ in history.everything().states}
    assert len(clusters) <= MAX_GONE // 2 + 1
    assert f"eu-{MAX_GONE - 1}" in clusters
    assert history.events(cluster=f"eu-{MAX_GONE - 2}", remote="logs")
    assert not history.events(cluster="eu-0", remote="logs")


def renamed(cluster: str) -> ClusterEvidence:
    """The evidence of a healthy cluster under another name."""
    return dataclasses.replace(OK.evidence, cluster=dataclasses.replace(OK.evidence.cluster, name=cluster))
