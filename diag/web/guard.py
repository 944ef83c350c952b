"""What stands before every route: whose name is asked for, who asks, what may be changed by whom, and how much at a time."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ipaddress
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Final

import structlog
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from diag.config import SecretError, SecretRef
from diag.lazy_dataclass import dataclass
from diag.text import shown
from diag.web.backend import BusyError
from diag.web.logins import Logins, Users
from diag.web.refusals import RETRY_SECONDS, refusal

MAX_HEAD_BYTES: Final = 16 * 1024  # Of a request: its address and its headers.
MAX_REQUESTS: Final = 256  # That are answered at a time,
ALWAYS_ANSWERED: Final = frozenset(
    {"/metrics", "/-/healthy", "/-/ready"}
)  # and what is cheap and never waits in that line.
HEALTH: Final = frozenset(
    {"/-/healthy", "/-/ready"}
)  # Asked by what has no login: it tells nothing but whether diag works.
CHANGING: Final = frozenset({("POST", "/-/reload"), ("POST", "/run")})
_MAX_SHOWN: Final = 80
_HOW_TO: Final = "configure a token in diag.yaml, daemon: {tokens: [{file: path/to/token}]}, and send it as Authorization: Bearer TOKEN"
_FORWARDED: Final = ("forwarded", "x-forwarded-for", "via")

log = structlog.stdlib.get_logger("diag.web")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the configuration says about who may ask.

    ``names`` are the host names of this machine, ``hosts`` globs of further ones; ``beyond_loopback``: other machines can connect.
    """

    names: frozenset[str] = frozenset()
    hosts: tuple[str, ...] = ()
    tokens: tuple[SecretRef, ...] = ()
    beyond_loopback: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """What guards the application, each as it is now: the rules, the hashes of users, further headers."""

    rules: Callable[[], Rules] = Rules
    users: Users = dict
    headers: Callable[[], Mapping[str, str]] = dict


class Guard:
    """Lets through what the rules allow; they may change while it runs."""

    def __init__(self, app: ASGIApp, rules: Callable[[], Rules], logins: Logins) -> None:
        self._app, self._rules, self._logins = app, rules, logins
        self._running = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refused = await self._refusal(HTTPConnection(scope))
        if refused is not None:
            await refused(scope, receive, send)
            return
        counted = scope["path"] not in ALWAYS_ANSWERED
        self._running += counted
        try:
            await self._app(scope, receive, send)
        finally:
            self._running -= counted

    async def _refusal(self, request: HTTPConnection) -> Response | None:
        """Say why a request is refused; None where it is not."""
        path, method = request.url.path, request.scope["method"]
        if _head_bytes(request.scope) > MAX_HEAD_BYTES:
            return refusal(request, 431, f"the head of a request has at most {MAX_HEAD_BYTES} bytes", _CLOSE)
        if request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers:
            return refusal(request, 413, "a request has no body here: everything is in its address", _CLOSE)
        if path in HEALTH:
            return None
        rules = self._rules()
        if not is_known_host(request.headers.get("host"), rules):
            return refusal(request, 421, _unknown_host(request.headers["host"]))
        if path not in ALWAYS_ANSWERED and self._running >= MAX_REQUESTS:
            text = f"{self._running} requests are being answered; ask again later"
            return refusal(request, 503, text, {"retry-after": RETRY_SECONDS})
        return await self._refused_client(request, rules, changing=(method, path) in CHANGING)

    async def _refused_client(self, request: HTTPConnection, rules: Rules, *, changing: bool) -> Response | None:
        """Say why this client may not ask for that; None where it may."""
        authorization = request.headers.get("authorization", "")
        has_token = await _has_token(authorization, rules.tokens)
        if self._logins.needed and not has_token:
            try:
                allowed = await self._logins.allows(authorization)
            except BusyError as error:
                return refusal(request, 503, str(error), {"retry-after": RETRY_SECONDS})
            if not allowed:
                return refusal(
                    request, 401, "a login is needed", {"www-authenticate": 'Basic realm="diag", charset="UTF-8"'}
                )
        if not changing or has_token:
            return None
        if rules.tokens:
            return refusal(request, 401, f"a token is needed; {_HOW_TO}", {"www-authenticate": 'Bearer realm="diag"'})
        if rules.beyond_loopback or any(name in request.headers for name in _FORWARDED):
            text = f"other machines can reach this address, and no token is configured; {_HOW_TO}"
            return refusal(request, 403, text)
        return None


def _head_bytes(scope: Scope) -> int:
    """The size of what was sent; the server refuses only what does not come at once."""
    address = len(scope.get("raw_path") or b"") + len(scope.get("query_string") or b"")
    return address + sum(len(name) + len(value) for name, value in scope["headers"])


_CLOSE: Final = {"connection": "close"}


def is_known_host(header: str | None, rules: Rules) -> bool:
    """Tell whether a request asks for a name under which this service is known.

    A page of another site can lead its own name to this address and would then read the answers as its own (DNS rebinding). An address, and a
    name without a dot, can't be led anywhere by others.
    """
    if header is None:
        return True  # HTTP/1.0; a browser always sends one.
    name = _name_of(header)
    try:
        ipaddress.ip_address(name)
    except ValueError:
        pass
    else:
        return True
    plain = bool(name) and "." not in name
    return (
        plain
        or name.endswith(".localhost")
        or name in rules.names
        or any(fnmatchcase(name, one) for one in rules.hosts)
    )


def _name_of(header: str) -> str:
    host = header.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].removesuffix(".")


def _unknown_host(header: str) -> str:
    name = shown(_name_of(header), _MAX_SHOWN)
    return (
        f"this service is not known as {name}; if it should be, add the name to diag.yaml, daemon: {{hosts: [{name}]}}"
    )


async def _has_token(authorization: str, tokens: tuple[SecretRef, ...]) -> bool:
    """Whether a request shows one of the tokens. They are read each time: a token that was changed holds at once."""
    scheme, _, given = authorization.partition(" ")
    if scheme.lower() != "bearer" or not tokens:
        return False
    return await asyncio.to_thread(_is_one_of, given.strip(), tokens)


def _is_one_of(given: str, tokens: tuple[SecretRef, ...]) -> bool:
    digest, found = _digest(given), False
    for token in tokens:
        try:
            expected = _digest(token.resolve().reveal().strip())
        except SecretError as error:
            log.warning("token.unreadable", because=error.detail)
            continue
        found |= hmac.compare_digest(digest, expected)
    return found


def _digest(text: str) -> bytes:
    """A form of one length, so that the time of a comparison says nothing of the token."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
