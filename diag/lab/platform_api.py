"""The APIs of the platforms of the lab: HTTP on loopback. They take nothing but GET."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import tempfile
from dataclasses import field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from diag.lab.peer import Identity
from diag.lazy_dataclass import dataclass

_MAX_HEAD = 16 * 1024


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came: method, path with its query, and what it brought to log in."""

    method: str
    path: str
    login: str


class Emulated(Protocol):
    """What a platform answers, and how it refuses."""

    @property
    def login(self) -> str:
        """The word before the key in the header that logs in."""

    def answer(self, path: str, query: str = "", /) -> Any | None:  # noqa: ANN401 -- JSON.
        """What is answered to one path, None where nothing is there."""

    def refusal(self, status: int, code: str, message: str, /) -> Any:  # noqa: ANN401 -- JSON.
        """The body of an answer that refuses."""


E = TypeVar("E", bound=Emulated)


@dataclass(slots=True, kw_only=True)
class PlatformApi(Generic[E]):
    """One server. What it answers may be changed while it runs.

    ``key`` is the only one that it takes. ``seconds`` pass before each answer. ``limited`` are the seconds that it asks to wait, once for each: those calls are turned
    away; an empty one lets a call pass.
    ``instead`` answers a path with a status, a content type and a body of its own. ``asked`` is what came,
    ``max_open`` how many of it at once.
    """

    organization: E
    key: str
    identity: Identity | None = None
    seconds: float = 0.0
    limited: list[str] = field(default_factory=list)
    instead: dict[str, tuple[int, str, bytes]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    port: int = 0
    max_open: int = 0
    _open: int = 0
    _server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"{'http' if self.identity is None else 'https'}://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Listen on a port of 127.0.0.1 chosen by the system."""
        context = None if self.identity is None else _context(self.identity)
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=context, limit=_MAX_HEAD)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            method, path, _ = head.partition("\r\n")[0].split(" ")
            login = next((line[15:] for line in head.split("\r\n") if line.lower().startswith("authorization: ")), "")
            self.asked.append(Asked(method, path, login))
            self._open += 1
            self.max_open = max(self.max_open, self._open)
            try:
                await asyncio.sleep(self.seconds)
                writer.write(self._answer(method, *path.partition("?")[::2], login))
                await writer.drain()
            finally:
                self._open -= 1
        writer.close()

    def _answer(self, method: str, path: str, query: str, login: str) -> bytes:
        if method != "GET":
            return self._failure(HTTPStatus.METHOD_NOT_ALLOWED, "root.method_not_allowed", "The lab takes GET only.")
        if path in self.instead:
            status, kind, body = self.instead[path]
            return _http(status, kind, body)
        if self.limited and (seconds := self.limited.pop(0)):
            headers = f"Retry-After: {seconds}\r\n"
            return self._failure(HTTPStatus.TOO_MANY_REQUESTS, "root.too_many_requests", "Too many requests.", headers)
        if login != f"{self.organization.login} {self.key}":
            return self._failure(
                HTTPStatus.UNAUTHORIZED, "root.unauthenticated", "The supplied authentication is invalid."
            )
        found = self.organization.answer(path, query)
        if found is None:
            return self._failure(
                HTTPStatus.NOT_FOUND, "deployments.deployment_not_found", "The resource was not found."
            )
        return _http(HTTPStatus.OK, "application/json", json.dumps(found).encode())

    def _failure(self, status: HTTPStatus, code: str, message: str, headers: str = "") -> bytes:
        body = json.dumps(self.organization.refusal(status, code, message)).encode()
        return _http(status, "application/json", body, headers)


def _http(status: int, kind: str, body: bytes, headers: str = "") -> bytes:
    head = (
        f"HTTP/1.1 {int(status)} {HTTPStatus(status).phrase}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    )
    return f"{head}Connection: close\r\n{headers}\r\n".encode() + body


def _context(identity: Identity) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        chain, key = Path(folder, "chain.pem"), Path(folder, "key.pem")
        chain.write_bytes(identity.chain)
        key.touch(mode=0o600)
        key.write_bytes(identity.key)
        context.load_cert_chain(chain, key)
    return context
