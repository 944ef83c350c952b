"""What every answer carries, and which requests a browser makes for another site."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        *(f"{kind} 'self'" for kind in ("style-src", "script-src", "connect-src", "img-src", "form-action")),
        *(f"{kind} 'none'" for kind in ("base-uri", "frame-ancestors")),
    )
)
HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    # A browser that may not say where a form comes from says null, and would be refused as a page of another site.
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-cache"),
)


class SafeHeaders:
    """Adds the headers that keep a browser from doing more with an answer than showing it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *HEADERS]
            await send(message)

        await self._app(scope, receive, with_headers)


class ConfiguredHeaders:
    """Sets the headers that the web configuration names, in place of those that every answer carries; an empty one is taken away."""

    def __init__(self, app: ASGIApp, headers: Callable[[], Mapping[str, str]]) -> None:
        self._app, self._headers = app, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        wanted = {name.lower().encode(): text.encode() for name, text in self._headers().items()}

        async def with_headers(message: Message) -> None:
            if wanted and message["type"] == "http.response.start":
                kept = [header for header in message["headers"] if header[0].lower() not in wanted]
                message["headers"] = [*kept, *((name, text) for name, text in wanted.items() if text)]
            await send(message)

        await self._app(scope, receive, with_headers)


def is_foreign(request: Request) -> bool:
    """Tell whether a browser sends this for a page of another site; a command line sends neither header."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host", ""):
        return True
    return request.headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}
