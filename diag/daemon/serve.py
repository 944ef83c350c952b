"""Listening and serving HTTP, without leaving the signals, the connections or the time of clients to the server."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import functools
import socket
from collections.abc import Iterator
from typing import Any

import structlog
import uvicorn
from starlette.types import ASGIApp

from diag.daemon.client_connections import HEADER_SECONDS, Connection, Connections, raise_descriptor_limit
from diag.daemon.web_guard_file import WebGuardFile
from diag.daemon.web_rules import is_admitted
from diag.web.guard import MAX_HEAD_BYTES

BACKLOG = 1024
KEEP_ALIVE = 75.0  # Seconds for which a connection may wait for its next request; most scrapers ask once a minute.
POLL = 0.01
PAUSE = 0.1  # Seconds until a connection is taken again, where the system has no descriptor for it.

log = structlog.stdlib.get_logger("diag.daemon")


class StartError(Exception):
    """The daemon can't start. The text is one line for the user, ``exit_code`` what the program ends with."""

    def __init__(self, text: str, exit_code: int) -> None:
        super().__init__(text)
        self.exit_code = exit_code


def open_socket(host: str, port: int) -> socket.socket:
    """Bind an address; port 0 lets the system choose. Raises StartError: 1 for a port in use, 2 for a bad address."""
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError):
        msg = f"can't listen on {where}: the name has no address (setting daemon.listen)"
        raise StartError(msg, 2) from None
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(BACKLOG)
    except OSError as error:
        bound.close()
        match error.errno:
            case errno.EADDRINUSE:
                msg = f"can't listen on {where}: the port is in use by another program (setting daemon.listen)"
                raise StartError(msg, 1) from None
            case errno.EADDRNOTAVAIL:
                reason = "this machine has no such address"
            case errno.EACCES:
                reason = "this user may not open that port"
            case _:
                reason = error.strerror or "it can't be opened"
        msg = f"can't listen on {where}: {reason} (setting daemon.listen)"
        raise StartError(msg, 2) from None
    bound.settimeout(0)
    return bound


def url_of(bound: socket.socket, *, tls: bool) -> str:
    """The address under which a bound socket is reached."""
    (host, port), scheme = bound.getsockname()[:2], "https" if tls else "http"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


class Server(uvicorn.Server):
    """A web server that is stopped by its caller instead of listening to signals itself, and takes its connections one by one.

    ``guard`` says for each connection whether and how TLS is spoken, and which client certificates are admitted.
    """

    def __init__(self, config: uvicorn.Config, guard: WebGuardFile) -> None:
        super().__init__(config)
        self.connections = Connections()
        self.connections.admits = lambda certificate: is_admitted(
            certificate, guard.current.config.tls_server_config.client_allowed_sans
        )
        self._guard = guard
        self._tasks: set[asyncio.Task[None]] = set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone: the process decides what they mean."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to take connections."""
        self.connections.max = raise_descriptor_limit()
        self.servers = []
        for work in (self.connections.watch(), *map(self._accept, sockets or ())):
            self._begin(work)
        self.started = True

    def close(self) -> None:
        """Accept nothing more, and end once the requests that run are answered."""
        for task in self._tasks:
            task.cancel()
        self.should_exit = True

    def _begin(self, work: Any) -> None:  # noqa: ANN401 -- a coroutine of any kind.
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accept(self, bound: socket.socket) -> None:
        """Take connections as long as there is room for one; others are closed at once, and may try again."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                accepted, _ = await loop.sock_accept(bound)
            except OSError:
                await asyncio.sleep(PAUSE)
                continue
            if self.connections.make_room():
                self._begin(self._open(accepted))
            else:
                accepted.close()

    async def _open(self, accepted: socket.socket) -> None:
        context = self._guard.current.context
        make = functools.partial(
            Connection, self.config, self.server_state, {"connections": self.connections}, asyncio.get_running_loop()
        )
        self.connections.opening += 1
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                make, accepted, ssl=context, ssl_handshake_timeout=HEADER_SECONDS if context else None
            )
        except OSError as error:  # Of TLS, too: a client that does not speak it, or has no certificate.
            log.debug("connection.refused", because=type(error).__name__)
        finally:
            self.connections.opening -= 1


async def serve(
    app: ASGIApp, bound: socket.socket, grace: float, guard: WebGuardFile
) -> tuple[Server, asyncio.Task[None]]:
    """Serve an application on a bound socket: the server, which answers when this returns, and its task.

    When it is stopped, it lets running requests finish, for at most ``grace`` seconds.
    """
    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        loop="asyncio",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=MAX_HEAD_BYTES,
        timeout_keep_alive=int(KEEP_ALIVE),
        timeout_graceful_shutdown=max(1, int(grace)),
    )
    server = Server(config, guard)
    task = asyncio.create_task(server.serve(sockets=[bound]), name="http")
    while not server.started and not task.done():  # noqa: ASYNC110 -- the server has no event to wait for.
        await asyncio.sleep(POLL)
    return server, task
