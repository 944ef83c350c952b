"""POST to a receiver that the user named: with ``diag/collect/api.py``, which only asks, the one module that knows httpx."""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import Awaitable, Callable
from typing import Any, Final

import httpx

from diag import VERSION
from diag.collect.api import explained
from diag.collect.api_context import context_for, plain_context
from diag.collect.api_pause import pause_of
from diag.config import SecretError
from diag.config.notify_section import Login
from diag.model import Resolution, Unavailable
from diag.notify.receivers import Message, Sent, SentResult

Resolve = Callable[[str, float], Awaitable[Resolution | Unavailable]]

_SECONDS: Final = 10.0
_MAX_ADDRESSES: Final = 4
# What says that this very message is not taken, however often it comes; everything else may be mended at the receiver.
_REFUSING: Final = frozenset({400, 413, 422})
# What comes with a word when to try again (RFC 6585, RFC 9110).
_BUSY: Final = frozenset({429, 503})


class Poster:
    """Posts messages. Redirects are not followed, nothing is taken from the environment, and no answer is read."""

    def __init__(self, resolve: Resolve, seconds: float = _SECONDS) -> None:
        self._resolve, self._seconds = resolve, seconds

    async def __call__(self, message: Message) -> Sent:
        """Post one message; raises nothing but cancellation."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._post(message)
        except TimeoutError:
            return _failed(f"no answer within {self._seconds:g} s")
        except SecretError as error:
            return _failed(f"the secret under auth cannot be had: {error.detail}")
        except Exception as error:  # noqa: BLE001 -- whatever a receiver provokes is a failure; the text of the error is not used.
            return _failed(explained(error).detail)

    async def _post(self, message: Message) -> Sent:
        url = httpx.URL(message.url)
        secure = url.scheme == "https"
        context = await asyncio.to_thread(context_for, message.ca) if secure else plain_context()
        if isinstance(context, Unavailable):
            return _failed(context.detail)
        login = await asyncio.to_thread(_authorization, message.login)
        found = await self._resolve(url.host, self._seconds)
        if isinstance(found, Unavailable):
            return _failed(f"the host of url has no address: {found}")
        addresses = found.addresses[:_MAX_ADDRESSES]
        for left in range(len(addresses), 0, -1):
            request = _request(url, addresses[-left], {**message.headers, **login}, message.body, self._seconds / left)
            try:
                return await _exchange(request, context)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if left == 1:
                    raise
        return _failed("the host of url has no address")


async def _exchange(request: httpx.Request, context: ssl.SSLContext) -> Sent:
    """Send one request on a connection of its own; its status is all that matters."""
    async with httpx.AsyncHTTPTransport(verify=context, trust_env=False, retries=0) as transport:
        response = await transport.handle_async_request(request)
        await response.aclose()
    if response.is_success:
        return Sent(result=SentResult.SENT)
    result = SentResult.REFUSED if response.status_code in _REFUSING else SentResult.FAILED
    pause = pause_of(response.headers.get("retry-after", ""), 0.0) if response.status_code in _BUSY else 0.0
    return Sent(result=result, detail=f"it answers with status {response.status_code}", pause=pause)


def _request(url: httpx.URL, address: str, more: dict[str, str], body: bytes, connect: float) -> httpx.Request:
    """Make the request to one address of the host; the name still goes into Host, SNI and the check of the certificate."""
    headers = {
        "Host": url.netloc.decode("ascii"),
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Connection": "close",
        "User-Agent": f"diag/{VERSION}",
        **more,
    }
    host = url.raw_host.decode("ascii").strip("[]").rstrip(".")
    timeout = {"connect": connect, "read": None, "write": None, "pool": None}
    extensions: dict[str, Any] = {"timeout": timeout, "sni_hostname": host}
    return httpx.Request("POST", url.copy_with(host=address), headers=headers, content=body, extensions=extensions)


def _authorization(login: Login | None) -> dict[str, str]:
    """Read the secret each time, so that a new one needs no restart. Raises SecretError where it can't be had."""
    if login is None:
        return {}
    if login.token is not None:
        return {"Authorization": f"Bearer {login.token.resolve().reveal().strip()}"}
    password = login.password.resolve().reveal() if login.password else ""
    pair = base64.b64encode(f"{login.username}:{password}".encode("utf-8", "surrogateescape")).decode()
    return {"Authorization": f"Basic {pair}"}


def _failed(detail: str) -> Sent:
    return Sent(result=SentResult.FAILED, detail=detail)
