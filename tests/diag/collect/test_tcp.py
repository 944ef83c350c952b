"""TCP connections: each errno has its reason, and nothing is left open."""

from __future__ import annotations

import errno
import socket
from pathlib import Path

import pytest

from diag.collect.tcp import connect, unavailable
from diag.model import Reason, Step, Unavailable
from tests.diag.collect import peers
from tests.patience import PATIENCE, until_async


async def test_refused() -> None:
    """Nothing listens: refused."""
    with peers.nobody() as port:
        found = await connect("127.0.0.1", port, PATIENCE)
        probe = await peers.look(port)
    assert isinstance(found, Unavailable)
    assert (found.step, found.reason) == (Step.CONNECT, Reason.REFUSED)
    assert probe.connection == probe.tls == probe.chain == found
    assert not probe.sni_trials.trials


async def test_a_full_queue_times_out() -> None:
    """A port that answers no SYN: timed out, and the text names the deadline."""
    with peers.black_hole() as port:
        found = await connect("127.0.0.1", port, 0.3)
    assert isinstance(found, Unavailable)
    assert found.reason is Reason.TIMED_OUT
    assert "0.3 s" in found.detail


async def test_no_way_to_an_address() -> None:
    """An address that this machine cannot reach at all is told as such, without waiting."""
    found = await connect("255.255.255.255", 9, 2.0)
    assert isinstance(found, Unavailable)
    assert found.reason is Reason.UNREACHABLE


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ECONNREFUSED, Reason.REFUSED),
        (errno.ETIMEDOUT, Reason.TIMED_OUT),
        (errno.EHOSTUNREACH, Reason.UNREACHABLE),
        (errno.ENETUNREACH, Reason.UNREACHABLE),
        (errno.EACCES, Reason.UNREACHABLE),
        (errno.ECONNRESET, Reason.RESET),
        (errno.EMFILE, Reason.OTHER),
        (errno.EPROTO, Reason.OTHER),
    ],
)
def test_reasons_by_number(number: int, reason: Reason) -> None:
    """The number decides, not the text."""
    assert unavailable(OSError(number, "any text")).reason is reason


async def test_ipv6_and_times() -> None:
    """IPv6 works the same, and the connection says how long it took."""
    with peers.peer(peers.hold, socket.AF_INET6) as port:
        wire = await connect("::1", port, 2.0)
        assert not isinstance(wire, Unavailable)
        wire.close()
    assert wire.connection.ip == "::1"
    assert 0 < wire.connection.seconds < PATIENCE


def _open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


async def test_nothing_stays_open() -> None:
    """After good and bad probes there are as many open files as before."""
    with peers.peer(peers.say(b"SSH-2.0-x\r\n")) as port, peers.nobody() as refusing:
        await peers.look(port)
        before = _open_files()
        for _ in range(5):
            await peers.look(port, handshake_seconds=0.1)
            await peers.look(refusing)
        # The sides of the peers are closed by threads of theirs.
        await until_async(lambda: _open_files() <= before + 1)
