"""Listening and serving HTTP, without leaving the signals to the server."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

BACKLOG = 128
MAX_CONNECTIONS = 256
POLL = 0.01


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


def url_of(bound: socket.socket) -> str:
    """The address under which a bound socket is reached."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Server(uvicorn.Server):
    """A web server that is stopped by its caller instead of listening to signals itself."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone: the process decides what they mean."""
        yield

    def close(self) -> None:
        """Accept nothing more, and end once the requests that run are answered."""
        for server in self.servers:
            server.close()
        self.should_exit = True


async def serve(app: ASGIApp, bound: socket.socket, grace: float) -> tuple[Server, asyncio.Task[None]]:
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
        limit_concurrency=MAX_CONNECTIONS,
        timeout_graceful_shutdown=max(1, int(grace)),
    )
    server = Server(config)
    task = asyncio.create_task(server.serve(sockets=[bound]), name="http")
    while not server.started and not task.done():  # noqa: ASYNC110 -- the server has no event to wait for.
        await asyncio.sleep(POLL)
    return server, task
