"""Slow, idle and greedy clients over real sockets: each costs its own connection, and nobody else's answer."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from diag.daemon import Running, client_connections
from diag.daemon.client_connections import Connections
from tests.diag.daemon.test_http import served
from tests.diag.daemon.world import World, until, until_ready, write_config
from tests.patience import PATIENCE

OPENED: list[asyncio.StreamWriter] = []  # By the test that runs; closed at its end.
HEAD = b"GET /metrics HTTP/1.1\r\nhost: diag\r\n\r\n"


@contextlib.asynccontextmanager
async def daemon(folder: Path, **more: object) -> AsyncIterator[tuple[Running, httpx.AsyncClient]]:
    """A daemon with one remote, after its first round."""
    async with served(World(), write_config(folder, {"eu": ["logs"]}, **more)) as (made, client):
        await until_ready(client)
        try:
            yield made, client
        finally:
            for writer in OPENED:
                writer.transport.abort()
            OPENED.clear()


async def connect(made: Running) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection that has sent nothing yet."""
    url = httpx.URL(made.url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    OPENED.append(writer)
    return reader, writer


async def is_closed(reader: asyncio.StreamReader) -> bool:
    """Wait until the other side has closed the connection, in whatever manner; what it sent before is read."""
    with contextlib.suppress(ConnectionError):
        while await asyncio.wait_for(reader.read(65536), PATIENCE):
            pass
    return True


async def test_a_head_that_never_ends_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing at all, a byte now and then, and the same on a connection that was answered once."""
    monkeypatch.setattr(client_connections, "HEADER_SECONDS", 0.3)
    monkeypatch.setattr(client_connections, "LOOK_EVERY", 0.05)
    async with daemon(tmp_path) as (made, client):
        silent, _silent_writer = await connect(made)
        trickling, writer = await connect(made)
        again, second = await connect(made)
        second.write(HEAD)
        await again.readuntil(b"\r\n\r\n")

        async def trickle(to: asyncio.StreamWriter) -> None:
            with contextlib.suppress(ConnectionError):
                for byte in HEAD[:-2] + b"x: " + b"y" * 10_000:
                    to.write(bytes([byte]))
                    await to.drain()
                    await asyncio.sleep(0.02)

        tasks = [asyncio.create_task(trickle(one)) for one in (writer, second)]
        for reader in (silent, trickling, again):
            assert await is_closed(reader)
        assert (await client.get("/metrics")).status_code == 200
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_head_that_is_too_long_is_refused(tmp_path: Path) -> None:
    """Before all of it is read."""
    async with daemon(tmp_path) as (made, client):
        for head in (b"GET /" + b"x" * 20_000, b"GET / HTTP/1.1\r\nhost: diag\r\nx: " + b"y" * 20_000):
            reader, writer = await connect(made)
            writer.write(head)
            assert (await reader.read(100)).startswith(b"HTTP/1.1 400 ")
            assert await is_closed(reader)
        assert (await client.get("/metrics")).status_code == 200


async def test_a_reader_that_stopped_reading_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither its answer nor its connection stays for ever."""
    monkeypatch.setattr(client_connections, "STALLED_SECONDS", 0.3)
    monkeypatch.setattr(client_connections, "LOOK_EVERY", 0.05)
    async with daemon(tmp_path) as (made, client):
        with socket.socket() as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            url = httpx.URL(made.url)
            slow.connect((url.host, url.port or 0))
            slow.sendall(HEAD.replace(b"/metrics", b"/report?full=1") * 400)
            held = made.connections
            await until(lambda: any(not one.is_waiting for one in held._open))
            await until(lambda: all(one.is_waiting for one in held._open))
            assert (await client.get("/metrics")).status_code == 200


async def test_a_reader_that_goes_on_reading_gets_it_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However slowly: what counts is that it goes on, not how long it takes."""
    monkeypatch.setattr(client_connections, "STALLED_SECONDS", 1.0)
    monkeypatch.setattr(client_connections, "LOOK_EVERY", 0.05)
    async with daemon(tmp_path) as (made, client):
        whole = (await client.get("/report?full=1", headers={"accept-encoding": "identity"})).content
        url = httpx.URL(made.url)
        reader, writer = await asyncio.open_connection(url.host, url.port, limit=4096)
        requests = 60
        writer.write(HEAD.replace(b"/metrics", b"/report?full=1") * requests)
        taken = 0
        for _ in range(requests):
            head = await reader.readuntil(b"\r\n\r\n")
            assert f"content-length: {len(whole)}\r\n".encode() in head
            body = await reader.readexactly(len(whole))
            assert body == whole
            taken += len(body)
            await asyncio.sleep(0.03)
        assert taken == requests * len(whole)
        writer.close()


async def test_where_there_are_too_many_what_waits_longest_gives_way(tmp_path: Path) -> None:
    """Idle connections keep nobody out, and those that are being answered are left alone."""
    async with daemon(tmp_path) as (made, client):
        held = made.connections
        held.max = 12
        idle = [await connect(made) for _ in range(30)]
        for _ in range(5):
            async with httpx.AsyncClient(base_url=made.url, trust_env=False) as scraper:
                assert (await scraper.get("/metrics")).status_code == 200
        await until(lambda: len(held._open) <= 12)
        assert await is_closed(idle[0][0])
        reader, writer = idle[-1]
        writer.write(HEAD)
        assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 200")
        for _, one in idle:
            one.close()
        assert (await client.get("/metrics")).status_code == 200


class Fake:
    """A connection that notes that it was given up."""

    def __init__(self, client: object, *, waiting: bool = False, quiet_since: float = 0.0) -> None:
        self.client, self.is_waiting, self.quiet_since, self.aborted = client, waiting, quiet_since, False

    def abort(self) -> None:
        """Note it."""
        self.aborted = True


def test_where_all_are_busy_there_is_no_room() -> None:
    """A newcomer is turned away rather than somebody who is being answered; of those that wait the longest one goes."""
    held = Connections()
    held.max = 3
    busy = [Fake(("h", number)) for number in range(3)]
    for one in busy:
        held.add(one)  # type: ignore[arg-type]  # as far as it is asked
    assert not held.make_room()
    held.discard(busy[0])  # type: ignore[arg-type]  # as above
    assert held.make_room()
    late, early = Fake(("w", 1), waiting=True, quiet_since=2), Fake(("w", 2), waiting=True, quiet_since=1)
    held.add(late)  # type: ignore[arg-type]  # as above
    held.discard(busy[1])  # type: ignore[arg-type]  # as above
    held.add(early)  # type: ignore[arg-type]  # as above
    assert held.make_room()
    assert (early.aborted, late.aborted, busy[2].aborted) == (True, False, False)
    held.opening = 10
    held.discard(late)  # type: ignore[arg-type]  # as above
    held.discard(early)  # type: ignore[arg-type]  # as above
    assert not held.make_room()


def test_old_answers_are_not_held_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers of one answer share it; where different ones are too much together, the oldest reader is given up, not the newest."""
    monkeypatch.setattr(client_connections, "MAX_HELD", 250)
    held = Connections()
    readers = [Fake(("h", number)) for number in range(5)]
    for one in readers:
        held.add(one)  # type: ignore[arg-type]  # as far as it is asked
    bodies = [bytes(100), bytes(100), bytes(100)]
    with contextlib.ExitStack() as stack:
        for reader, body in ((0, 0), (1, 0), (2, 1)):
            stack.enter_context(held.sending(("h", reader), bodies[body]))
        assert not any(one.aborted for one in readers)
        stack.enter_context(held.sending(("h", 3), bodies[2]))
        assert [one.aborted for one in readers] == [True, True, False, False, False]
        stack.enter_context(held.sending(("h", 4), bytes(1000)))
        assert [one.aborted for one in readers] == [True, True, True, True, False]
    assert held._sending == {}


def test_clients_leave_descriptors_to_the_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """At most half of what the system allows; as many as it allows are asked for."""
    wanted: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: wanted.append(limits))
    for limits, expected in (((256, 256), 128), ((1024, 524288), 1000), ((1024, 1024), 512), ((20, 20), 16)):
        monkeypatch.setattr(resource, "getrlimit", lambda _, given=limits: given)
        assert client_connections.raise_descriptor_limit() == expected
    assert wanted == [(65536, 524288)]
