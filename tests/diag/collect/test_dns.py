"""Looking names up: every address, and a number of the resolver for each failure."""

from __future__ import annotations

import asyncio
import socket
import threading

import pytest

from diag.collect import RealNetwork
from diag.collect.dns import Resolver
from diag.model import Reason, Resolution, Step, Unavailable


async def _resolve(host: str) -> Resolution | Unavailable:
    async with RealNetwork() as network:
        return await network.resolve(host, 5.0)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "[::1]", "192.0.2.1", "fe80::1%lo"])
async def test_a_literal_is_not_looked_up(host: str) -> None:
    """An IP address is its own resolution."""
    found = await _resolve(host)
    assert found == Resolution(addresses=(host.strip("[]"),), literal=True)


async def test_a_name_of_the_hosts_file() -> None:
    """The operating system is asked, so the hosts file counts; an address is there once."""
    found = await _resolve("localhost")
    assert isinstance(found, Resolution)
    assert "127.0.0.1" in found.addresses
    assert len(set(found.addresses)) == len(found.addresses)
    assert not found.literal


@pytest.mark.parametrize(
    "host",
    [
        "", ".", "a..b", "a" * 64 + ".example", "a." * 127 + "example", "no such", "nul\0", "bell\a", "x\ud800y".replace("\ud800", "\u202e"),
        "bücher.invalid", "ü" * 40, "999.1.1.1", "-", "*.invalid", "u@h.invalid", "a/b", "日本.invalid", "_x._y.invalid",
    ],
)  # fmt: skip
async def test_odd_names_do_not_resolve(host: str) -> None:
    """Whatever stands in the place of a host, the answer is that it does not resolve (or that nobody answered)."""
    found = await _resolve(host)
    assert isinstance(found, Unavailable)
    assert found.step is Step.DNS
    assert found.reason in {Reason.NO_SUCH_NAME, Reason.LOOKUP_FAILED}


@pytest.mark.parametrize("host", ["", "a..b", "a" * 64 + ".example", "no such", "nul\0"])
async def test_what_can_be_no_name_is_no_such_name(host: str) -> None:
    """Texts that no host can have are told without asking anybody."""
    found = await _resolve(host)
    assert isinstance(found, Unavailable)
    assert found.reason is Reason.NO_SUCH_NAME


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (socket.EAI_NONAME, Reason.NO_SUCH_NAME),
        (-5, Reason.NO_SUCH_NAME),
        (socket.EAI_AGAIN, Reason.LOOKUP_FAILED),
        (socket.EAI_FAIL, Reason.LOOKUP_FAILED),
        (socket.EAI_MEMORY, Reason.LOOKUP_FAILED),
    ],
)
async def test_numbers_of_the_resolver(monkeypatch: pytest.MonkeyPatch, number: int, reason: Reason) -> None:
    """A name that does not exist is another thing than a name server that does not answer."""

    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(number, "whatever the text")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    found = await _resolve("logs.example")
    assert isinstance(found, Unavailable)
    assert found.reason is reason
    assert "whatever" not in found.detail


async def test_a_defect_in_a_lookup_is_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is raised in the thread, the waiting side gets an answer."""

    def fail(*_: object, **__: object) -> None:
        raise UnicodeError

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    found = await _resolve("logs.example")
    assert isinstance(found, Unavailable)
    assert found.reason is Reason.LOOKUP_FAILED


class HangingServer:
    """A name server that answers for names below ``hangs.example`` only once it is ``free``."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.free = threading.Event()
        self.asked: list[bytes] = []
        self._whole = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", self._look_up)

    def _look_up(self, host: bytes, *args: object, **fields: object) -> object:
        self.asked.append(host)
        if host.endswith(b"hangs.example"):
            self.free.wait(60)
            return self._whole(b"127.0.0.1", *args, **fields)  # type: ignore[arg-type]
        return self._whole(host, *args, **fields)  # type: ignore[arg-type]


async def test_lookups_that_hang_stall_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lookup ends at its deadline, and others are answered meanwhile; its thread keeps its place until it ends."""
    server = HangingServer(monkeypatch)
    resolver = Resolver(lookups=3, soon=60.0)
    hanging = [asyncio.ensure_future(resolver.resolve(f"{n}.hangs.example", 0.3)) for n in range(2)]
    await asyncio.sleep(0)
    found = await resolver.resolve("localhost", 5.0)
    assert isinstance(found, Resolution)
    for late in await asyncio.gather(*hanging):
        assert isinstance(late, Unavailable)
        assert late.reason is Reason.TIMED_OUT
    third = asyncio.ensure_future(resolver.resolve("2.hangs.example", 0.1))
    await asyncio.sleep(0)
    full = await resolver.resolve("localhost", 0.1)
    assert isinstance(full, Unavailable)
    assert "too many other lookups hang" in full.detail
    await third
    server.free.set()
    assert isinstance(await resolver.resolve("localhost", 30.0), Resolution)


async def test_a_slow_name_server_delays_its_names_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many they are: what is not answered soon leaves its place to others, and begins elsewhere the next time."""
    server = HangingServer(monkeypatch)
    resolver = Resolver(lookups=2, slow=3, soon=0.05)
    names = [f"{n}.hangs.example" for n in range(3)]
    for late in await asyncio.gather(*(resolver.resolve(name, 0.5) for name in names)):
        assert isinstance(late, Unavailable)
    assert isinstance(await resolver.resolve("localhost", 30.0), Resolution)
    again = [asyncio.ensure_future(resolver.resolve(f"{n}.hangs.example", 30.0)) for n in (0, 1, 2, 0, 1, 2)]
    await asyncio.sleep(0)
    assert isinstance(await resolver.resolve("localhost", 30.0), Resolution)
    assert sorted(server.asked.count(name.encode()) for name in names) == [1, 1, 1]
    server.free.set()
    assert all(isinstance(found, Resolution) for found in await asyncio.gather(*again))


async def test_a_name_is_looked_up_once_for_all_who_want_it_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes later joins in; one that gives up takes the answer from nobody; afterwards it is looked up anew."""
    server = HangingServer(monkeypatch)
    resolver = Resolver()
    hasty = asyncio.ensure_future(resolver.resolve("a.hangs.example", 0.01))
    patient = [asyncio.ensure_future(resolver.resolve("a.hangs.example", 30.0)) for _ in range(50)]
    assert isinstance(await hasty, Unavailable)
    patient.pop().cancel()
    server.free.set()
    assert all(isinstance(found, Resolution) for found in await asyncio.gather(*patient))
    assert server.asked == [b"a.hangs.example"]
    assert isinstance(await resolver.resolve("a.hangs.example", 30.0), Resolution)
    assert server.asked == [b"a.hangs.example"] * 2
