"""The past in a file: it outlives the process, and whatever is wrong with the file, rounds go on and it is told."""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import os
import resource
import signal
import sqlite3
import stat
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from diag.history import EventKind, FileHistory, Retention, batch, tables, writer
from diag.history.tables import MIGRATIONS
from diag.model import LocalView, Registration, Status
from tests.diag.history.scene import PAUSE, evidence, having, minute, report, words
from tests.patience import until

OK, FAIL = having(Status.OK), having(Status.FAIL, "tls/expired")
LONG = Retention(days=100_000, size=100 * 1024**2)
APPEARED = [("", "appeared", "", "", "ok"), ("logs", "appeared", "", "", "ok")]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again soon."""
    monkeypatch.setattr(writer, "FIRST_DELAY", 0.01)
    monkeypatch.setattr(writer, "MAX_DELAY", 0.05)


@contextlib.contextmanager
def opened(path: Path, retention: Retention = LONG) -> Iterator[FileHistory]:
    """The past in a file, as one process has it."""
    history = FileHistory(path, retention)
    history.open()
    try:
        yield history
    finally:
        history.close()


def written(path: Path) -> int:
    """The number of events that the file holds, as another process sees it."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        try:
            number: int = connection.execute("SELECT count(*) FROM event").fetchone()[0]
        except sqlite3.OperationalError:
            return 0  # It is being made.
        return number


def test_the_past_outlives_the_process(tmp_path: Path) -> None:
    """Since when, what changed, how much of the time; and what is the same as before is no news."""
    path = tmp_path / "h.sqlite"
    with opened(path) as history:
        first = history.record(OK, minute(0), PAUSE)
        second = history.record(FAIL, minute(2), PAUSE)
        history.record(FAIL, minute(3), PAUSE)
    with opened(path) as history:
        assert history.notes == ()
        assert history.record(FAIL, minute(4), PAUSE) == ()
        assert history.since("eu", "logs") == minute(2)
        assert history.events() == (*first, *second)
        assert history.latest("eu", "logs", 2) == second[::-1]
        found = history.availability("eu", "logs", 1, minute(4))
        assert (found.up, found.down) == (120, 120)
        (third, _) = history.record(OK, minute(5), PAUSE)
        assert (third.before, third.after) == ("fail", "ok")
        assert third.cursor > second[-1].cursor


def test_the_time_between_two_processes(tmp_path: Path) -> None:
    """Longer than between two rounds, it is an event and nobody's time; what changed in it is found."""
    path = tmp_path / "h.sqlite"
    with opened(path) as history:
        history.record(OK, minute(0), PAUSE)
        history.record(OK, minute(1), PAUSE)
    with opened(path) as history:
        assert words(history.record(FAIL, minute(60), PAUSE)) == [
            ("", "gap", "", minute(1).isoformat(), minute(60).isoformat()),
            ("logs", "status", "", "ok", "fail"),
            ("logs", "root_cause", "", "", "tls/expired"),
        ]
        found = history.availability("eu", "logs", 1 / 24, minute(60))
        assert (found.up, found.down, found.not_observed) == (60, 0, 3600 - 60)


def test_what_left_the_configuration_while_nothing_ran(tmp_path: Path) -> None:
    """A cluster that is no longer there is gone, though no round says so."""
    path = tmp_path / "h.sqlite"
    with opened(path) as history:
        history.record(OK, minute(0), PAUSE)
    with opened(path) as history:
        assert {one.kind for one in history.expect(["us"], minute(5))} == {EventKind.GONE}
    with opened(path) as history:
        assert history.expect(["us"], minute(6)) == ()
        assert history.since("eu", "logs") is None


def test_more_than_memory_keeps(tmp_path: Path) -> None:
    """Events that memory has forgotten are read from the file, those not yet written from memory."""
    path = tmp_path / "h.sqlite"
    with opened(path) as history:
        for number in range(400):
            history.record((OK, FAIL)[number % 2], minute(number), PAUSE)
        events = history.events(cluster="eu", remote="logs", limit=10_000)
        assert [one.at for one in events if one.kind is not EventKind.ROOT_CAUSE] == [minute(n) for n in range(400)]
        assert history.events(after=events[100].cursor, limit=3, remote="logs") == events[101:104]
        assert history.latest("eu", "logs", 200) == events[:-201:-1]
        found = history.availability("eu", "logs", 1, minute(399))
        assert (found.up, found.down) == (200 * 60, 199 * 60)


def test_what_changed_before_it_broke_reaches_into_an_earlier_process(tmp_path: Path) -> None:
    """The setting was changed, diag was restarted, the remote broke."""

    def with_address(address: str, status: Status) -> object:
        registration = Registration(alias="logs", values=(("proxy_address", address),))
        made = report(dataclasses.replace(evidence(), belief=LocalView(registration=registration)))
        return dataclasses.replace(made, remotes=(dataclasses.replace(made.remotes[0], status=status),))

    path = tmp_path / "h.sqlite"
    with opened(path) as history:
        history.record(with_address("a:1", Status.OK), minute(0), PAUSE)  # type: ignore[arg-type]  # -- a report.
        history.record(with_address("b:1", Status.OK), minute(1), PAUSE)  # type: ignore[arg-type]  # -- as above.
    with opened(path) as history:
        history.record(with_address("b:1", Status.FAIL), minute(2), PAUSE)  # type: ignore[arg-type]  # -- as above.
        assert [(one.before, one.after) for one in history.what_changed_before("eu", "logs")] == [("a:1", "b:1")]


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    """Whatever the umask is, and whatever an existing file allowed."""
    path = tmp_path / "h.sqlite"
    path.touch(0o644)
    before = os.umask(0)
    try:
        with opened(path) as history:
            history.record(OK, minute(0), PAUSE)
            until(lambda: written(path) == 2)
            modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(("h.sqlite", "h.sqlite-wal", "h.sqlite-shm", "h.sqlite.lock"), 0o600)


def test_a_second_daemon_does_not_write_into_it(tmp_path: Path) -> None:
    """It says who has the file, does without, and goes on with it once it is free: what it saw meanwhile is written."""
    path = tmp_path / "h.sqlite"
    with opened(path) as first, opened(path) as second:
        assert second.notes == (f"The history is not written to {path}: another process of diag is using it.",)
        second.record(OK, minute(0), PAUSE)
        assert second.since("eu", "logs") == minute(0)
        assert words(second.events()) == APPEARED
        first.close()
        until(lambda: second.notes == ())
        until(lambda: written(path) == 2)


def test_a_file_that_another_process_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A backup that holds it too long: told, nothing lost, written afterwards."""
    monkeypatch.setattr("diag.history.database.WRITE_SECONDS", 0.01)
    path = tmp_path / "h.sqlite"
    with opened(path) as history:
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            history.record(OK, minute(0), PAUSE)
            until(lambda: bool(history.notes))
            assert "locked" in history.notes[0]
            assert history.file.failures > 0
            history.record(FAIL, minute(1), PAUSE)
            assert len(history.events()) == 4
            other.execute("ROLLBACK")
        until(lambda: written(path) == 4 and not history.notes)
        assert history.file.dropped == 0


@pytest.mark.parametrize("content", [b"no database at all\n" * 400, b"SQLite format 3\x00" + b"\xff" * 8000])
def test_a_broken_file_is_set_aside(tmp_path: Path, content: bytes) -> None:
    """Kept under another name, told on the page; a new one takes what comes."""
    path = tmp_path / "h.sqlite"
    path.write_bytes(content)
    with opened(path) as history:
        (aside,) = history.file.set_aside
        assert (tmp_path / aside).read_bytes() == content
        assert history.notes == (f"The history was broken and begins anew; it is kept as {aside}.",)
        history.record(OK, minute(0), PAUSE)
        until(lambda: written(path) == 2)
        assert history.file.problem == ""


def test_a_file_that_breaks_while_it_is_used(tmp_path: Path) -> None:
    """Its pages are overwritten: it is set aside, and the new one is given all that this process knows."""
    path = tmp_path / "h.sqlite"
    with opened(path) as history:
        history.record(OK, minute(0), PAUSE)
    with opened(path) as history:
        history.record(FAIL, minute(1), PAUSE)
        until(lambda: written(path) == 4)
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with path.open("r+b") as file:
            file.seek(4096)
            file.write(b"\xff" * (path.stat().st_size - 4096))
        for number in range(2, 50):
            history.record((OK, FAIL)[number % 2], minute(number), PAUSE)
            history.availability("eu", "logs", 1, minute(number))
            if history.file.set_aside:
                break
            time.sleep(0.05)
        until(lambda: bool(history.file.set_aside) and not history.file.problem)
        kept = history.events(limit=10_000)
    with opened(path) as history:
        assert history.events(limit=10_000) == kept
        assert words(kept)[:2] == APPEARED
        assert history.since("eu", "logs") == kept[-1].at


def test_broken_files_do_not_fill_the_disk(tmp_path: Path) -> None:
    """Only the latest few are kept."""
    path = tmp_path / "h.sqlite"
    for _ in range(5):
        path.write_bytes(b"broken " * 1000)
        with opened(path) as history:
            assert history.file.set_aside
    assert len(list(tmp_path.glob("h.sqlite.broken-*"))) == 3


def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    """A path that was mistyped costs nobody his data."""
    path = tmp_path / "grafana.db"
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE dashboard (id INTEGER)")
    before = path.read_bytes()
    with opened(path) as history:
        history.record(OK, minute(0), PAUSE)
        assert "the database of another program" in history.notes[0]
        assert words(history.events()) == APPEARED
    assert path.read_bytes() == before


def test_a_file_of_a_newer_release_is_left_alone(tmp_path: Path) -> None:
    """A release that was taken back does not spoil what the newer one wrote."""
    path = tmp_path / "h.sqlite"
    with opened(path) as history:
        history.record(OK, minute(0), PAUSE)
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    before = path.read_bytes()
    with opened(path) as history:
        assert "a newer release of diag wrote it" in history.notes[0]
        history.record(FAIL, minute(1), PAUSE)
    assert path.read_bytes() == before


@pytest.mark.parametrize("kind", ["folder", "missing folder", "fifo"])
def test_a_path_that_no_file_can_be_at(tmp_path: Path, kind: str) -> None:
    """Told in a sentence; the past is in memory."""
    path = tmp_path / "h.sqlite"
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path = tmp_path / "nowhere" / "h.sqlite"
    with opened(path) as history:
        wanted = f"the folder {path.parent} does not exist" if kind == "missing folder" else "it is no regular file"
        assert history.notes == (f"The history is not written to {path}: {wanted}.",)
        history.record(OK, minute(0), PAUSE)
        assert words(history.events()) == APPEARED


def test_a_file_that_is_removed_while_it_is_used(tmp_path: Path) -> None:
    """What is written to a file without a name is lost: it is made anew, with all that is known."""
    path = tmp_path / "h.sqlite"
    with opened(path) as history:
        history.record(OK, minute(0), PAUSE)
        until(lambda: written(path) == 2)
        for one in ("h.sqlite", "h.sqlite-wal", "h.sqlite-shm"):
            (tmp_path / one).unlink()
        history.record(FAIL, minute(1), PAUSE)
        until(lambda: path.exists() and path.stat().st_size > 0 and written(path) == 4)


@contextlib.contextmanager
def file_size_limited(size: int) -> Iterator[None]:
    """No file of this process grows beyond a size: to a program that is a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)


def test_a_full_disk(tmp_path: Path) -> None:
    """Told, nothing lost while there is room in memory, written once there is room on the disk."""
    path = tmp_path / "h.sqlite"
    with opened(path) as history:
        history.record(OK, minute(0), PAUSE)
        until(lambda: written(path) == 2)
        with file_size_limited(4096):
            for number in range(1, 30):
                history.record((OK, FAIL)[number % 2], minute(number), PAUSE)
            until(lambda: history.file.failures > 0)
            assert "full" in history.notes[0] or "I/O" in history.notes[0]
            events = history.events(limit=10_000)
            assert events[-1].at == minute(29)
        until(lambda: written(path) == len(events) and not history.notes)
    with opened(path) as history:
        assert history.events(limit=10_000) == events


def test_what_no_longer_fits_into_memory_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a file that takes nothing for long the oldest events are lost, and the time of which nothing is kept is nobody's."""
    monkeypatch.setattr(batch, "MAX_PENDING", 10)
    path = tmp_path / "nowhere" / "h.sqlite"
    with opened(path) as history:
        for number in range(20):
            history.record((OK, FAIL)[number % 2], minute(number), PAUSE)
        assert history.file.dropped == 2 * 20 - 10
        assert f"{history.file.dropped} events are lost" in history.notes[0]


def test_a_change_that_was_lost_makes_nothing_up(tmp_path: Path) -> None:
    """Where an event does not begin with what the one before it ended with, the time between them is not counted."""
    path = tmp_path / "h.sqlite"
    with opened(path) as history:
        for number, one in enumerate([OK, FAIL, OK, FAIL, OK]):
            history.record(one, minute(number), PAUSE)
        lost = [one for one in history.events() if one.remote and one.at == minute(2)]
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.executemany("DELETE FROM event WHERE cursor = ?", [(one.cursor,) for one in lost])
    with opened(path) as history:
        history.record(OK, minute(5), PAUSE)
        found = history.availability("eu", "logs", 1, minute(5))
        assert (found.up, found.down) == (120, 60)


def test_old_events_are_dropped_and_the_status_stays_known(tmp_path: Path) -> None:
    """By days: what is older than they are is not counted any more, and since when lasts."""
    path = tmp_path / "h.sqlite"
    with opened(path) as history:
        history.record(OK, minute(0), PAUSE)
        history.record(FAIL, minute(1), PAUSE)
    with opened(path, Retention(days=1, size=LONG.size)) as history:  # The tests play long before today.
        history.record(FAIL, minute(2), PAUSE)
        until(lambda: history.file.events == 0)
    with opened(path, Retention(days=1, size=LONG.size)) as history:
        assert history.since("eu", "logs") == minute(1)
        history.record(FAIL, minute(3), PAUSE)
        found = history.availability("eu", "logs", 1, minute(3))
        assert (found.up, found.down) == (0, 120)


def test_the_file_stays_small(tmp_path: Path) -> None:
    """By size: the oldest go first, and what is left adds up."""
    path = tmp_path / "h.sqlite"
    with opened(path, Retention(days=100_000, size=200_000)) as history:
        for number in range(3000):
            history.record((OK, FAIL)[number % 2], minute(number), PAUSE)
            if not number % 500:
                until(lambda: history.file.size <= 200_000)
    with opened(path, Retention(days=100_000, size=200_000)) as history:
        assert history.file.size <= 200_000
        kept = history.events(limit=100_000, remote="logs")
        assert 100 < len(kept) < 6000
        found = history.availability("eu", "logs", 365, minute(2999))
        assert abs(found.up + found.down - (minute(2999) - kept[0].at).total_seconds()) <= 60


def test_texts_that_no_database_holds(tmp_path: Path) -> None:
    """Half of a surrogate pair, which JSON can carry, and a zero byte."""
    path = tmp_path / "h.sqlite"
    values = (("proxy_address", "a\ud800b\x00c"),)
    seen = dataclasses.replace(evidence(), belief=LocalView(registration=Registration(alias="logs", values=values)))
    with opened(path) as history:
        history.record(report(), minute(0), PAUSE)
        history.record(report(seen), minute(1), PAUSE)
    with opened(path) as history:
        assert history.notes == ()
        assert [one.after for one in history.events() if one.subject == "proxy_address"] == [r"a\ud800b\x00c"]
        assert history.record(report(seen), minute(2), PAUSE) == ()


def test_an_older_file_is_brought_to_the_form_of_today(tmp_path: Path) -> None:
    """One that the first release wrote: all it knows is there, and a file that is new has the same form."""
    path = tmp_path / "h.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as old:
        old.executescript((Path(__file__).parent / "form-1.sql").read_text())
    with opened(path) as history:
        assert history.notes == ()
        assert words(history.events())[2:] == [
            ("logs", "status", "", "ok", "fail"),
            ("logs", "root_cause", "", "", "tls/expired, auth/key-invalid"),
        ]
        assert history.since("eu", "logs") == minute(2)
        assert history.failing("eu", "logs") == {}
        history.record(report(broken=True), minute(3), PAUSE)
    with opened(path) as history, opened(tmp_path / "new.sqlite"):
        assert history.failing("eu", "logs") == {"network/dns-nxdomain": minute(3)}
    assert form_of(path) == form_of(tmp_path / "new.sqlite")


def form_of(path: Path) -> list[tuple[str, ...]]:
    """The columns of every table, and the number of the form."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        tables_ = connection.execute(
            "SELECT m.name, p.name, p.type FROM sqlite_master m, pragma_table_info(m.name) p ORDER BY 1, 2"
        ).fetchall()
        return [*tables_, connection.execute("PRAGMA user_version").fetchone()]


def test_a_step_that_fails_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole or not at all; the release that can do it does it later."""
    path = tmp_path / "h.sqlite"
    with opened(path) as history:
        events = history.record(OK, minute(0), PAUSE)
    before = form_of(path)
    good = ("ALTER TABLE event ADD COLUMN note TEXT NOT NULL DEFAULT ''",)
    monkeypatch.setattr(tables, "MIGRATIONS", (*MIGRATIONS, (*good, "SELECT no_such_column FROM event")))
    with opened(path) as history:
        assert "no_such_column" in history.notes[0]
    assert form_of(path) == before
    monkeypatch.setattr(tables, "MIGRATIONS", (*MIGRATIONS, good))
    for _ in range(2):
        with opened(path) as history:
            assert history.notes == ()
            assert history.events() == events


def test_a_lock_falls_with_its_process(tmp_path: Path) -> None:
    """It belongs to the open file, not to a number that a later process may have."""
    path = tmp_path / "h.sqlite"
    with opened(path):
        pass
    with (tmp_path / "h.sqlite.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with opened(path) as history:
            assert "another process" in history.notes[0]
    with opened(path) as history:
        assert history.notes == ()
        history.record(OK, minute(0) + timedelta(seconds=1), PAUSE)
