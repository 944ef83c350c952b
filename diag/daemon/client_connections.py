"""The connections of the web side: how many there are, and which of them are given up, so that no client keeps others out.

A client that is slow to ask or slow to read costs its own connection alone. What waits is closed first where there are too many.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from uvicorn.server import ServerState

from diag.collect.descriptors import raised_limit

MAX_CONNECTIONS: Final = 1000
LOOK_EVERY: Final = 1.0  # Seconds between two looks at all connections.
HEADER_SECONDS: Final = 10.0  # For the head of a request, from the connection or from its first byte on.
STALLED_SECONDS: Final = 30.0  # Without taking a part of the answer; a reader that goes on reading may take its time.
MIN_TAKEN: Final = 16 * 1024  # Bytes of the rest of an answer that count as going on.
MAX_HELD: Final = 64 * 1024 * 1024  # Bytes of different answers that slow readers may hold in memory together.

Admits = Callable[[Mapping[str, Any] | None], bool]  # Of the client's certificate, as the ssl module gives it.


class Connections:
    """All that are open. Everything happens on the event loop."""

    def __init__(self) -> None:
        self._open: dict[Connection, None] = {}  # The oldest first.
        self._sending: dict[object, tuple[Connection | None, bytes]] = {}
        self.opening = 0  # In the middle of a TLS handshake.
        self.admits: Admits = lambda _certificate: True
        self.max = MAX_CONNECTIONS

    def add(self, connection: Connection) -> None:
        """Note one that is open."""
        self._open[connection] = None

    def discard(self, connection: Connection) -> None:
        """Forget one that is closed."""
        self._open.pop(connection, None)

    def make_room(self) -> bool:
        """See that there is room for one more: what has waited longest gives way. False where all are busy."""
        if len(self._open) + self.opening < self.max:
            return True
        waiting = min((one for one in self._open if one.is_waiting), key=lambda one: one.quiet_since, default=None)
        if waiting is None:
            return False
        waiting.abort()
        return True

    async def watch(self) -> None:
        """Give up, for ever, connections that are too slow."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(LOOK_EVERY)
            for connection in tuple(self._open):
                connection.look(loop.time())

    @contextlib.contextmanager
    def sending(self, client: object, body: bytes) -> Iterator[None]:
        """While a long answer is on its way to a client. Too many different ones at a time, and the oldest is given up."""
        mark = object()
        self._sending[mark] = (next((one for one in self._open if one.client == client), None), body)
        try:
            self._give_up_oldest(body)
            yield
        finally:
            self._sending.pop(mark, None)

    def _give_up_oldest(self, newest: bytes) -> None:
        for mark, (connection, body) in tuple(self._sending.items()):
            held = {id(other): len(other) for _, other in self._sending.values()}
            if sum(held.values()) <= MAX_HELD:
                return
            if body is not newest:
                del self._sending[mark]
                if connection is not None:
                    connection.abort()


# Whoever sends nonsense must not fill the log with it.
_LOGGER: Final = logging.getLogger("uvicorn.error.connections")
_LOGGER.setLevel(logging.ERROR)


class Connection(H11Protocol):
    """One connection, with the times that say whether its client goes on."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.logger = _LOGGER
        self._all: Connections = app_state["connections"]
        self.quiet_since = self.loop.time()  # Since when it waits for a request.
        self._asking_since: float | None = self.quiet_since  # Since when a head is on its way.
        self._stalled_since: float | None = None
        self._unsent = 0

    @property
    def is_waiting(self) -> bool:
        """Whether no request of it is being answered."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # -- as the base has it.
        """It is open."""
        super().connection_made(transport)
        self._all.add(self)
        shown = transport.get_extra_info("ssl_object")
        if shown is not None and not self._all.admits(shown.getpeercert()):
            self.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is closed."""
        self._all.discard(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Something came: a head, or a part of one."""
        super().data_received(data)
        if not self.is_waiting:
            self._asking_since = None
        elif self._asking_since is None:
            self._asking_since = self.loop.time()

    def on_response_complete(self) -> None:
        """An answer was written; the next request may have come already."""
        self.quiet_since = self.loop.time()
        super().on_response_complete()

    def resume_writing(self) -> None:
        """The client took a part of what was waiting for it."""
        self._stalled_since = None
        super().resume_writing()

    def look(self, now: float) -> None:
        """Give it up where the client is too slow."""
        unsent = self.transport.get_write_buffer_size()
        if unsent == 0 or unsent <= self._unsent - MIN_TAKEN:
            self._stalled_since = None
        if unsent and self._stalled_since is None:
            self._stalled_since, self._unsent = now, unsent
        asks = self.is_waiting and self._asking_since is not None and now - self._asking_since > HEADER_SECONDS
        stalled = self._stalled_since is not None and now - self._stalled_since > STALLED_SECONDS
        if asks or stalled:
            self.abort()

    def abort(self) -> None:
        """Close it, whatever is still to be written."""
        self._all.discard(self)
        self.transport.abort()


def raise_descriptor_limit() -> int:
    """Have as many file descriptors as the system allows, and give how many of them connections of clients may take.

    The rounds need some, whoever asks for pages: a round without any would call its remotes unreachable.
    """
    limit = raised_limit()
    return MAX_CONNECTIONS if limit is None else max(16, min(MAX_CONNECTIONS, limit // 2))
