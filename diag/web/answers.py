"""Large answers: packed where the client takes it, not sent again to who has them, written in slices."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from diag.web.response_cache import Body

SLICE = 64 * 1024
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
JSON = "application/json"


def answer(request: Request, body: Body, media_type: str, *, packed: bool, tagged: bool = False) -> Response:
    """Send a body, in slices where it is long."""
    headers = {"vary": "accept-encoding"}
    if tagged:
        headers |= tag_headers(body.tag)
    if packed:
        headers["content-encoding"] = "gzip"
    size = len(body.packed) if packed else body.size
    slices = _cut(body.packed) if packed else body.slices(SLICE)
    if size <= SLICE:
        return Response(b"".join(slices), media_type=media_type, headers=headers)
    headers["content-length"] = str(size)
    return StreamingResponse(_sent(request, body.packed, slices), media_type=media_type, headers=headers)


def _cut(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), SLICE):
        yield data[start : start + SLICE]


async def _sent(request: Request, held: bytes, slices: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Give a long body in slices: written at once it would hold up the rounds, and wait in memory for a slow reader."""
    with _sending(request, held):
        for piece in slices:
            yield piece


def _sending(request: Request, data: bytes) -> AbstractContextManager[None]:
    """Say to the server, where it counts that, what is being sent to whom."""
    connections: Connections | None = getattr(request.state, "connections", None)
    return nullcontext() if connections is None else connections.sending(request.scope["client"], data)


class Connections(Protocol):
    """What the server knows of its connections."""

    def sending(self, client: object, body: bytes) -> AbstractContextManager[None]:
        """While a long answer is on its way to a client, whose connection may be given up."""


def tag_headers(tag: str) -> dict[str, str]:
    """The headers by which a client knows what it has."""
    return {"etag": f'W/"{tag}"', "vary": "accept-encoding"}


def has_already(request: Request, tag: str) -> bool:
    """Tell whether the client has the current report (RFC 9110, 13.1.2: a weak comparison)."""
    tags = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    return f'"{tag}"' in tags or tags == ["*"]


def takes_gzip(request: Request) -> bool:
    """Whether the client takes a packed answer."""
    for part in request.headers.get("accept-encoding", "").lower().split(","):
        coding, _, weight = part.partition(";")
        if coding.strip() in {"gzip", "*"}:
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False
