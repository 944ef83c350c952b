"""TCP connections: opened with a deadline, errors as reasons, reading and writing without ever blocking the loop."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from time import perf_counter

from diag.model import Connection, Reason, Step, Unavailable

_READ_AT_ONCE = 16 * 1024
# So many reads in a row are served from what has arrived already; then others, and the clocks of deadlines, have their turn.
_MAX_READS_IN_A_ROW = 16
_WORDS = {
    Reason.REFUSED: "the connection was refused: nothing listens on this port, or a firewall rejects",
    Reason.UNREACHABLE: "there is no way to this address from here",
    Reason.RESET: "the connection was reset while it was opened",
    Reason.TIMED_OUT: "no answer to the attempt to connect",
}
_REASONS = {
    errno.ECONNREFUSED: Reason.REFUSED,
    errno.ECONNRESET: Reason.RESET,
    errno.ECONNABORTED: Reason.RESET,
    errno.ETIMEDOUT: Reason.TIMED_OUT,
    errno.EHOSTUNREACH: Reason.UNREACHABLE,
    errno.ENETUNREACH: Reason.UNREACHABLE,
    errno.EHOSTDOWN: Reason.UNREACHABLE,
    errno.ENETDOWN: Reason.UNREACHABLE,
    errno.EACCES: Reason.UNREACHABLE,
    errno.EPERM: Reason.UNREACHABLE,
    errno.EADDRNOTAVAIL: Reason.UNREACHABLE,
    errno.EAFNOSUPPORT: Reason.UNREACHABLE,
    errno.EINVAL: Reason.UNREACHABLE,
}
# Our own machine has no more of something: this says nothing about the peer.
_LOCAL_SHORTAGE = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EAGAIN}


class Wire:
    """An open TCP connection. Whoever opened it closes it.

    The loop keeps watching the socket from the first wait to the end: registering it anew for each read costs more than the read.
    """

    def __init__(self, sock: socket.socket, connection: Connection) -> None:
        self._sock = sock
        self._loop = asyncio.get_running_loop()
        self._waiter: asyncio.Future[None] | None = None
        self._is_watched = False
        self._in_a_row = 0
        self.connection = connection

    async def receive(self) -> bytes:
        """Read what is there, or wait for it; empty when the peer closed its side. Raises OSError."""
        self._in_a_row += 1
        if self._in_a_row > _MAX_READS_IN_A_ROW:
            self._in_a_row = 0
            await asyncio.sleep(0)
        while True:
            try:
                return self._sock.recv(_READ_AT_ONCE)
            except (BlockingIOError, InterruptedError):
                self._in_a_row = 0
                await self._readable()

    async def send(self, data: bytes) -> None:
        """Write everything. Raises OSError."""
        try:
            sent = self._sock.send(data)
        except (BlockingIOError, InterruptedError):
            sent = 0
        if sent < len(data):
            await self._loop.sock_sendall(self._sock, data[sent:])

    def try_to_send(self, data: bytes) -> None:
        """Write what fits without waiting: for the last words on a connection."""
        try:
            self._sock.send(data)
        except OSError:
            return

    def close(self) -> None:
        """Close the connection."""
        self._unwatch()
        self._sock.close()

    async def _readable(self) -> None:
        if not self._is_watched:
            self._loop.add_reader(self._sock.fileno(), self._wake)
            self._is_watched = True
        self._waiter = self._loop.create_future()
        await self._waiter

    def _wake(self) -> None:
        if self._waiter is None or self._waiter.done():
            self._unwatch()  # Nobody waits: do not be called again and again for the same bytes.
        else:
            self._waiter.set_result(None)

    def _unwatch(self) -> None:
        if self._is_watched:
            self._loop.remove_reader(self._sock.fileno())
            self._is_watched = False


async def connect(ip: str, port: int, seconds: float) -> Wire | Unavailable:
    """Open one TCP connection within ``seconds``, or say why there is none."""
    sock = None
    started = perf_counter()
    try:
        family = socket.AF_INET6 if ":" in ip else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.settimeout(0)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        async with asyncio.timeout(seconds):
            await _connected(sock, (ip, port))
        connection = Connection(ip=ip, seconds=perf_counter() - started)
        wire = Wire(sock, connection)
    except TimeoutError as error:
        detail = _WORDS[Reason.TIMED_OUT] + ("" if error.errno else f" within {seconds:g} s")
        failed = Unavailable(step=Step.CONNECT, reason=Reason.TIMED_OUT, detail=detail)
    except OSError as error:
        failed = unavailable(error)
    else:
        sock = None
        return wire
    finally:
        if sock is not None:
            sock.close()
    return failed


def unavailable(error: OSError) -> Unavailable:
    """Put the error of an attempt to connect into a reason, by its number."""
    number = error.errno or 0
    reason = _REASONS.get(number, Reason.OTHER)
    detail = _WORDS.get(reason, f"connecting failed: {os.strerror(number)} ({errno.errorcode.get(number, number)})")
    if number in _LOCAL_SHORTAGE:
        detail = f"this machine could open no further connection: {os.strerror(number)} ({errno.errorcode[number]})"
    return Unavailable(step=Step.CONNECT, reason=reason, detail=detail)


async def _connected(sock: socket.socket, address: tuple[str, int]) -> None:
    """Wait until the socket is connected. Raises OSError."""
    number = sock.connect_ex(address)
    if number == errno.EINPROGRESS:
        loop = asyncio.get_running_loop()
        writable: asyncio.Future[None] = loop.create_future()
        descriptor = sock.fileno()
        loop.add_writer(descriptor, _settle, writable)
        try:
            await writable
        finally:
            loop.remove_writer(descriptor)
        number = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if number:
        raise OSError(number, os.strerror(number))


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
