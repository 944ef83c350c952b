"""Vantage points with everything real: a daemon and workers as processes of their own, mutual TLS, kill -9, and what crosses the wire."""

from __future__ import annotations

import base64
import json
import random
import re
import signal
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.live_process import looks_at, sockets_of, stop
from tests.e2e.vantage_lab import (
    LIMIT,
    Program,
    Relay,
    VantageLab,
    differences,
    running_lab,
    until,
    vantage_lab,
    without_times,
)

PASSWORD = "planted pass/word+of the API"


@pytest.fixture(scope="module")
def remotes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The remotes of the lab run for all tests: whoever looks at them changes nothing."""
    with running_lab(tmp_path_factory.mktemp("lab")) as folder:
        yield folder


@pytest.fixture
def lab(remotes: Path, tmp_path: Path) -> Iterator[VantageLab]:
    """Beside the remotes nothing runs yet: daemon and workers belong to a test."""
    with vantage_lab(remotes, tmp_path) as started:
        yield started


def statuses(report: dict[str, Any]) -> Counter[str]:
    """How many remotes have which status."""
    return Counter(one["status"] for one in report["remotes"])


def reasons(report: dict[str, Any]) -> str:
    """Why what is unknown is unknown."""
    return "\n".join(one["because"] for remote in report["remotes"] for one in remote["results"])


def test_the_report_is_the_same_from_one_process_and_through_workers(lab: VantageLab) -> None:
    """But for times, and for the names of places; from one vantage point and, with two workers for each, from two.

    Another cluster has the same keys, which workers are not told with each round.
    """
    lab.configure(None, clusters=2)
    alone = lab.daemon()
    lab.round()  # What the first one says of the past is another thing: there is none.
    here = lab.round()
    alone.end()
    assert {"ok", "fail"} <= set(statuses(here))
    assert ("auth/key-shared", "fail") in {
        (one["check"], one["outcome"]) for remote in here["remotes"] for one in remote["results"]
    }
    for points, places in (({"vantage_points": "eu"}, ["eu"]), ({"vantage_points": "all"}, ["eu", "us"])):
        lab.configure(points, clusters=2)
        daemon = lab.daemon()
        workers = [lab.worker_alone(place) for place in places for _ in range(2)]
        until(lambda places=places: all(lab.up(place) == 2 for place in places), "not every worker is there")
        lab.round()
        there = lab.round()
        assert [[one["vantage_point"] for one in remote["seen_from"]] for remote in there["remotes"]] == [places] * len(
            here["remotes"]
        )
        mine, other = (without_times(one, places=False) for one in (here, there))
        assert list(differences(mine, other)) == []
        for one in (*workers, daemon):
            one.end()
            assert one.process.returncode == 0


def test_nothing_secret_crosses_the_wire(lab: VantageLab) -> None:
    """Without TLS and with a relay that hears every byte: no key, no password, no private key, in no spelling."""
    secrets = [
        PASSWORD,
        *(
            path.read_text().strip()
            for path in lab.folder.glob("*.key")
            if path.stem not in {"daemon", "worker", "stranger"}
        ),
    ]
    assert len(secrets) > 8
    auth = {"username": "planted-user", "password": {"env": "PLANTED"}}
    lab.configure({"vantage_points": "eu", "url": "https://127.0.0.1:1", "auth": auth}, tls=False)
    with Relay(lab.port) as relay:
        lab.daemon()
        lab.worker(port=relay.port, tls=False, PLANTED=PASSWORD)
        until(lambda: lab.counted()["finished"], "no round")
        report = lab.round()
        heard = bytes(relay.heard)
    assert "ok" in statuses(report) or "fail" in statuses(report)
    assert b"PLANTED" in heard, "it hears what travels"
    assert b"good.key" in heard
    assert b"logs.lab.internal" in heard
    found = {name for secret in secrets for name, form in spellings(secret) if form in heard}
    assert found == set()


def spellings(secret: str) -> Iterator[tuple[str, bytes]]:
    """A secret as it might travel: as it is, its lines, in Base64 wherever it begins, percent-encoded, hexadecimal, as JSON."""
    lines = [line for line in secret.splitlines() if len(line) > 20 and not line.startswith("-----")] or [secret]
    inside = [secret]
    if re.fullmatch(r"[A-Za-z0-9+/]{20,}={0,2}", secret):
        decoded = base64.b64decode(secret + "=" * (-len(secret) % 4))
        inside += [decoded.decode("latin-1"), decoded.decode("latin-1").partition(":")[2]]
    for one in {part for part in (*lines[:1], *inside) if len(part) > 7}:
        raw = one.encode("latin-1", "replace")
        yield f"plain {one[:4]}", raw
        yield f"hex {one[:4]}", raw.hex().encode()
        yield f"quoted {one[:4]}", urllib.parse.quote(raw, safe="").encode()
        yield f"json {one[:4]}", json.dumps(one)[1:-1].encode()
        for before in range(3):
            encoded = base64.b64encode(b"\0" * before + raw)
            yield f"base64 {one[:4]}", encoded[-(-before * 4 // 3) : (before + len(raw)) * 4 // 3]


def test_a_worker_listens_to_nobody_else(lab: VantageLab) -> None:
    """Its ports are on an address of the loopback interface of its own, and rounds need none of them."""
    lab.configure({"vantage_points": "eu"})
    lab.daemon()
    worker = lab.worker()
    listening: set[tuple[str, int]] = set()
    for _ in range(3):
        assert "ok" in statuses(lab.round())
        sockets = list(sockets_of(worker.process.pid))
        listening |= {local for local, _, listens in sockets if listens}
        used = [local for local, _, listens in sockets if not listens and local in listening]
        assert used == [], "somebody connected to the worker"
    assert listening
    hosts = {host for host, _ in listening}
    assert len(hosts) == 1
    assert hosts.isdisjoint({"127.0.0.1", "0.0.0.0"})  # noqa: S104 -- what it does not listen at.
    assert hosts.pop().startswith("127.")


REFUSED = (
    (("--ca", "workers-ca.pem", "--certificate", "stranger.pem", "--key", "stranger.key"), 1),
    (("--ca", "others-ca.pem", "--certificate", "worker.pem", "--key", "worker.key"), 1),
    (("--ca", "workers-ca.pem", "--certificate", "worker.pem", "--key", "daemon.key"), 2),
)


def test_certificates_that_do_not_fit_are_refused(lab: VantageLab) -> None:
    """A certificate of another CA, a scheduler of another CA, a key of another certificate: said, with an exit code; nobody is there."""
    lab.configure({"vantage_points": "eu"})
    lab.daemon()
    start = ("worker", "--scheduler", f"tls://127.0.0.1:{lab.port}", "--vantage-point", "eu")
    for refused, code in [(lab.start(*start, *files), code) for files, code in REFUSED]:
        assert refused.process.wait(LIMIT) == code
        expected = "do not accept each other" if code == 1 else "--ca, --certificate or --key can't be used"
        assert expected in refused.log.read_text()
        assert "Traceback" not in refused.log.read_text()
        assert not refused.events("worker.connected")
    assert lab.up() == 0


def test_a_worker_of_another_release_makes_no_round(lab: VantageLab) -> None:
    """The remotes are unknown because of it, and the log names both."""
    lab.configure({"vantage_points": "eu"})
    daemon = lab.daemon()
    other = "import diag; diag.VERSION = '9.9.9'; from diag.cli import main; main()"
    lab.worker(python=other)
    report = lab.round()
    assert set(statuses(report)) == {"unknown"}
    assert "diag 9.9.9/1, which is not the release of the daemon" in reasons(report)
    assert lab.counted()["finished"] == 0
    assert daemon.events("vantage.worker_refused")[0]["release"] == "diag 9.9.9/1"


def test_what_is_known_early_is_shown_early(lab: VantageLab) -> None:
    """A remote that answers is on the page while the first round of its cluster still waits for one that never does."""
    limits = {"connect": "1s", "handshake": "60s", "api": "1s"}
    lab.configure({"vantage_points": "eu"}, aliases=("logs", "tarpit"), timeouts=limits)
    daemon = lab.daemon()
    lab.worker()
    until(lab.up, "the worker is not there")
    # This cluster never had a round without one.
    lab.configure({"vantage_points": "eu"}, aliases=("logs", "tarpit"), timeouts=limits, clusters=2)
    lab.get("/-/reload", "POST")
    shown = re.compile(r"/remote/lab-1/(\w+)")
    early = until(lambda: set(shown.findall(lab.get("/"))), "no early result")
    assert "lab-1" not in {one["cluster"] for one in daemon.events("round.finished")}
    assert early == {"logs"}


def test_slow_links_only_take_longer(lab: VantageLab) -> None:
    """A link on which every piece takes a fifth of a second."""
    lab.configure({"vantage_points": "eu"})
    lab.daemon()
    with Relay(lab.port, delay=0.2) as relay:
        lab.worker(port=relay.port)
        report = lab.round()
        assert lab.counted()["finished"] > 0
    assert "ok" in statuses(report)


def test_rounds_go_on_while_workers_are_killed(lab: VantageLab, record: Callable[[str], None]) -> None:
    """Kill -9 of one of two workers again and again: what it was doing is counted as lost and repeated, nothing else is."""
    _kill_workers(lab, 8, 4, record)


@pytest.mark.full
def test_a_hundred_rounds_while_workers_are_killed(lab: VantageLab, record: Callable[[str], None]) -> None:
    """The same, for a hundred rounds."""
    _kill_workers(lab, 100, 30, record)


def _kill_workers(lab: VantageLab, rounds: int, times: int, record: Callable[[str], None]) -> None:
    # One remote that never answers: while a worker makes a round, it is connected to it for as long as its time limits are.
    lab.configure(
        {"vantage_points": "eu"}, aliases=("logs", "tarpit"), timeouts={"connect": "1s", "handshake": "1s", "api": "1s"}
    )
    daemon = lab.daemon()
    workers = [lab.worker_alone(), lab.worker_alone()]
    until(lambda: lab.up() == 2, "not every worker is there")
    # One that somebody asks for is the last of those that were due: of the start, and because the vantage point is there.
    lab.round()
    before, logged, found = lab.counted(), len(daemon.events()), Counter[str]()
    with ThreadPoolExecutor(1) as pool:
        killing = pool.submit(kill_again_and_again, lab, workers, times)
        while not killing.done() or found.total() < rounds:
            found["unknown" if "the vantage point eu" in reasons(lab.round()) else "seen"] += 1
    kills, counted = killing.result(), {name: value - before[name] for name, value in lab.counted().items()}
    record(f"{found.total()} rounds, workers killed: {dict(kills)}, {counted}, reports {dict(found)}")
    lost = counted.pop("lost")
    # One round at a time is asked for, so a kill costs no more than one; it costs one where the worker had not ended what it was doing.
    assert 0 < kills["busy"] <= lost <= kills.total() == times
    assert found["unknown"] == 0, "each time another worker was there to repeat it"
    assert counted.pop("finished") == found["seen"], "every round that was asked for was finished, and once"
    assert set(counted.values()) == {0}, "nothing else became of any"
    events = daemon.events()[logged:]
    assert [one["attempt"] for one in events if one["event"] == "vantage.round_lost"] == [1] * lost
    assert [one["event"] for one in events].count("round.finished") == found.total()


def kill_again_and_again(lab: VantageLab, workers: list[Program], times: int) -> Counter[str]:
    """Kill a worker that makes a round and one that does not look at anything, in turns, at any moment; start another in its place, and count."""
    chance, tarpit = random.Random(4), lab.address_of("tarpit")  # noqa: S311 -- the same pauses each time.
    kills = Counter[str]()
    for number in range(times):
        until(lambda: any(looks_at(one.process.pid, tarpit) for one in workers), "no worker makes a round")
        time.sleep(chance.uniform(0, 0.5))
        kind = "idle" if number % 2 else "busy"
        (place,) = until(partial(_held, workers, tarpit, busy=kind == "busy"), f"no worker is {kind}")
        kills[kind] += 1
        workers[place].kill()
        done = lab.counted()["finished"]
        workers[place] = lab.worker()
        until(lambda: lab.up() == 2, "the worker that was started in place of one that was killed is not there")
        # A round is repeated once; killed a second time, it would be given up.
        until(lambda done=done: lab.counted()["finished"] > done, "no round was finished after a worker was killed")
    return kills


def _held(workers: list[Program], tarpit: tuple[str, int], *, busy: bool) -> list[int]:
    """The place of a worker that is stopped in the middle of its look at a remote, or while it has none; else of nobody.

    Stopped, it can't end its round, nor begin one, until it is killed. One that has none may all the same have read its order, or not sent its answer.
    """
    for place, one in enumerate(workers):
        stop(one.process.pid)
        if looks_at(one.process.pid, tarpit) is busy:
            return [place]
        one.process.send_signal(signal.SIGCONT)
    return []


# A worker that dies of one cluster, as of a fault in a native library, a moment after it began with it.
DEADLY = """
import asyncio, os, signal
from diag.vantage import worker_round
gather = worker_round.gather
async def deadly(work, network, **more):
    if work.cluster.name == "lab-1":
        await asyncio.sleep(0.5)
        os.kill(os.getpid(), signal.SIGSEGV)
    return await gather(work, network, **more)
worker_round.gather = deadly
from diag.cli import main
main()
"""


def test_a_cluster_of_which_workers_die_is_left_alone(lab: VantageLab) -> None:
    """Whoever starts workers again does so a few times; the other cluster is looked at as before, at its first attempt or alone."""
    lab.configure({"vantage_points": "eu"}, clusters=2, interval="20s")
    daemon = lab.daemon()
    for _ in range(3):
        assert lab.worker(python=DEADLY).process.wait(LIMIT) == -signal.SIGSEGV
    worker = lab.worker(python=DEADLY)
    until(lambda: lab.counted()["quarantined"], "it is not left alone")
    assert "ok" in statuses(lab.round("lab-0"))
    left_alone = lab.round("lab-1")
    assert set(statuses(left_alone)) == {"unknown"}
    assert (
        "3 times in a row, the process that looked at it died (or its connection broke, at the vantage point eu)"
        in reasons(left_alone)
    )
    assert worker.process.poll() is None
    given_up = [one for one in daemon.events("vantage.no_round") if "is away" not in one["because"]]
    assert {one["cluster"] for one in given_up} == {"lab-1"}


@pytest.mark.full
def test_a_hundred_rounds_while_the_daemon_is_killed(lab: VantageLab, record: Callable[[str], None]) -> None:
    """Kill -9 of the daemon, and of the scheduler in it: the workers are there again by themselves, and rounds go on."""
    rounds, kills = 0, 0
    lab.configure({"vantage_points": "eu"})
    daemon = lab.daemon()
    workers = [lab.worker_alone(), lab.worker_alone()]
    while rounds < 100:
        until(lambda: lab.up() == 2, "the workers do not come back")
        assert "ok" in statuses(lab.round())
        rounds += 1
        if rounds % 20 == 10:
            daemon.kill()
            kills += 1
            daemon = lab.daemon()
    record(f"{rounds} rounds, the daemon killed {kills} times")
    assert [one.process.poll() for one in workers] == [None, None]
    assert all(len(one.events("worker.connected")) == kills + 1 for one in workers)


def test_workers_are_there_again_after_the_daemon_was_killed(lab: VantageLab) -> None:
    """By themselves, and the first round of the new daemon waits for them."""
    lab.configure({"vantage_points": "eu"})
    daemon = lab.daemon()
    worker = lab.worker()
    assert "ok" in statuses(lab.round())
    daemon.kill()
    lab.daemon()
    until(lambda: len(worker.events("worker.connected")) == 2, "the worker does not come back")
    until(lambda: lab.up() == 1, "the daemon does not know of it")
    assert "ok" in statuses(lab.round())
