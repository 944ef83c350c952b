"""One API over HTTP: it changes nothing, and is bounded in time and size. diag/notify/post.py aside the only module that knows httpx."""

from __future__ import annotations

import asyncio
import errno
import ssl
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Final
from weakref import WeakKeyDictionary

import httpx

from diag import VERSION
from diag.collect.api_answer import MAX_BYTES, Allowance, Answer, judge_answer
from diag.collect.api_context import context_for, plain_context
from diag.collect.api_identity import identity_of
from diag.collect.api_login import bearer, credential
from diag.collect.api_pause import PAUSES, pause_of
from diag.collect.api_peer import ApiPeer
from diag.collect.target import ApiTarget
from diag.evidence.call import Call
from diag.model import Reason, Resolution, Step, Unavailable

Resolve = Callable[[str, float], Awaitable[Resolution | Unavailable]]

_MAX_REFUSAL_BYTES: Final = 64 * 1024
_MAX_ADDRESSES: Final = 8
_MIN_CONNECT: Final = 0.2
_OK: Final = 200
_TOO_MANY: Final = 429
_TOO_LARGE: Final = f"the answer is larger than {MAX_BYTES >> 20} MiB"

_places: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[ApiPeer, asyncio.Semaphore]] = WeakKeyDictionary()

_ERRNOS: Final = {
    errno.ECONNREFUSED: (Reason.REFUSED, "the connection is refused: nothing listens there"),
    errno.ECONNRESET: (Reason.RESET, "the connection was reset"),
    errno.EPIPE: (Reason.RESET, "the connection was reset"),
    errno.ENETUNREACH: (Reason.UNREACHABLE, "the network is unreachable"),
    errno.EHOSTUNREACH: (Reason.UNREACHABLE, "the host is unreachable"),
    errno.ETIMEDOUT: (Reason.TIMED_OUT, "the connection timed out"),
}
_ADD_CA: Final = "name the CA that issued it under ca (left out, the public roots are trusted)"
# By the number of X509_V_ERR_…, which stays the same from one OpenSSL to the next.
_VERIFY: Final = {
    9: "its certificate is not valid yet: check the clocks",
    10: "its certificate has expired: renew it",
    18: f"its certificate is signed by itself and not trusted: {_ADD_CA}",
    19: f"its certificate leads to a root that is not trusted: {_ADD_CA}",
    20: f"its certificate is not trusted: {_ADD_CA}",
    21: f"its certificate is not trusted: {_ADD_CA}",
    62: "its certificate is not for the host in url: use a name that the certificate has",
    64: "its certificate is not for the IP address in url: use a name that the certificate has",
}

# What a server says of the certificate of a client, as OpenSSL calls the alerts of RFC 8446, section 6.2 (certificate_required, bad_certificate, …).
_OF_CLIENT_CERTIFICATE: Final = frozenset(
    {
        "CERTIFICATE_REQUIRED",
        "BAD_CERTIFICATE",
        "CERTIFICATE_UNKNOWN",
        "CERTIFICATE_EXPIRED",
        "CERTIFICATE_REVOKED",
        "UNKNOWN_CA",
    }
    | {"UNSUPPORTED_CERTIFICATE", "NO_CERTIFICATE", "ACCESS_DENIED", "DECRYPT_ERROR"}
)
_CLIENT_WANTED: Final = "it requires a certificate of the client: write client_certificate and client_key under auth"
_CLIENT_REFUSED: Final = "it refuses the client certificate under auth: expected one that is valid today, and that a CA issued which it trusts for clients"


class Api:
    """One API. ``ask`` gives parsed JSON, or says what went wrong and what to do; it raises nothing but cancellation.

    The credential stays in here: it is sent to the host of ``url`` alone, redirects are not followed, and neither proxies nor
    anything else is taken from the environment. Making one reads files, so do that in a thread.
    """

    def __init__(self, target: ApiTarget, resolve: Resolve) -> None:
        self._url = target.url.rstrip("/")
        self._left = Allowance()
        self._seconds = target.seconds
        self._resolve = resolve
        self._peer = target.peer
        self._patience = target.patience
        self._credential = credential(target.auth, target.peer) if target.token is None else bearer(target.token)
        identity = target.client_key or identity_of(target.auth)
        self._shows = identity is not None
        if isinstance(identity, Unavailable):
            self._context: ssl.SSLContext | Unavailable = identity
        elif target.url.startswith("https:"):
            self._context = context_for(target.ca, target.ca_pem, identity)
        elif identity is None:
            self._context = plain_context()
        else:
            self._context = _no(
                Reason.NOT_USABLE, "a client certificate is configured, and url has no TLS: write https://"
            )

    async def ask(self, asked: Call) -> object:
        """Make one call: its JSON, or Unavailable."""
        if isinstance(self._credential, Unavailable):
            return self._about(asked, self._credential)
        if isinstance(self._context, Unavailable):
            return self._about(asked, self._context)
        answer = await self._patiently(asked, self._credential, self._context)
        return self._about(asked, answer) if isinstance(answer, Unavailable) else answer

    async def _patiently(self, asked: Call, credential: tuple[str, ...], context: ssl.SSLContext) -> object:
        """Make a call, again after the pause that a peer asks for where it turns calls away, as long as there is patience."""
        end = asyncio.get_running_loop().time() + self._patience
        for pause in PAUSES:
            answer = await self._once(asked, credential, context)
            if not isinstance(answer, Answer) or answer.status != _TOO_MANY:
                break
            wanted = pause_of(answer.retry_after, pause)
            if asyncio.get_running_loop().time() + wanted >= end:
                break
            await asyncio.sleep(wanted)
        if not isinstance(answer, Answer):
            return answer
        try:
            return await asyncio.to_thread(judge_answer, answer, credential, asked, self._peer)
        except Exception as error:  # noqa: BLE001 -- whatever the peer provokes becomes evidence; the text of the error is not used.
            return explained(error)

    async def _once(self, asked: Call, credential: tuple[str, ...], context: ssl.SSLContext) -> Answer | Unavailable:
        late = _no(
            Reason.TIMED_OUT, f"no whole answer within {self._seconds:g} s: check the address and the load there"
        )
        try:
            async with _place(self._peer), asyncio.timeout(self._seconds):
                return await self._send(asked, credential, context)
        except TimeoutError:
            return late
        except Exception as error:  # noqa: BLE001 -- whatever the peer provokes becomes evidence; the text of the error is not used.
            return explained(error, shows=self._shows)

    def _about(self, asked: Call, why: Unavailable) -> Unavailable:
        detail = f"{asked.name} at {self._url}: {why.detail}"
        return Unavailable(step=Step.API, reason=why.reason, detail=detail, call=asked.name)

    async def _send(self, asked: Call, credential: tuple[str, ...], context: ssl.SSLContext) -> Answer | Unavailable:
        url = httpx.URL(self._url + asked.path)
        end = asyncio.get_running_loop().time() + self._seconds
        found = await self._resolve(url.host, self._seconds)
        if isinstance(found, Unavailable):
            return _no(found.reason, f"the host of url has no address: {found}")
        addresses = found.addresses[:_MAX_ADDRESSES]
        for left in range(len(addresses), 0, -1):
            seconds = max(_MIN_CONNECT, (end - asyncio.get_running_loop().time()) / left)
            try:
                return await self._exchange(_request(url, addresses[-left], credential, seconds), context)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                if left == 1 or any(isinstance(cause, ssl.SSLError) for cause in _causes(error)):
                    raise
        return _no(Reason.NO_SUCH_NAME, "the host of url has no address")

    async def _exchange(self, request: httpx.Request, context: ssl.SSLContext) -> Answer | Unavailable:
        """Send one request on a connection of its own, below everything in httpx that follows, retries, stores or logs."""
        async with httpx.AsyncHTTPTransport(verify=context, trust_env=False, retries=0) as transport:
            response = await transport.handle_async_request(request)
            try:
                return await self._received(response)
            finally:
                await response.aclose()

    async def _received(self, response: httpx.Response) -> Answer | Unavailable:
        limit = MAX_BYTES if response.status_code == _OK else _MAX_REFUSAL_BYTES
        body = bytearray()
        if not isinstance(response.stream, httpx.AsyncByteStream):
            return _no(Reason.OTHER, "the answer could not be read")
        async for chunk in response.stream:
            body += chunk
            problem = self._left.take(chunk) or (_TOO_LARGE if len(body) > limit else "")
            if problem and response.status_code == _OK:
                return _no(Reason.TOO_LARGE, f"{problem}: is it {self._peer.name}?")
            if problem:
                break
        headers = response.headers
        return Answer(
            status=response.status_code,
            content_type=headers.get("content-type", ""),
            encoding=headers.get("content-encoding", ""),
            retry_after=headers.get("retry-after", ""),
            body=bytes(body[:limit]),
        )


def _request(url: httpx.URL, address: str, credential: tuple[str, ...], connect: float) -> httpx.Request:
    """Make the request to one address of the host; the name still goes into Host, SNI and the check of the certificate."""
    headers = {
        "Host": url.netloc.decode("ascii"),
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "Connection": "close",
        "User-Agent": f"diag/{VERSION}",
    }
    if credential:
        headers["Authorization"] = credential[0]
    timeout = {"connect": connect, "read": None, "write": None, "pool": None}
    host = url.raw_host.decode("ascii").strip("[]").rstrip(".")
    extensions: dict[str, Any] = {"timeout": timeout, "sni_hostname": host}
    return httpx.Request("GET", url.copy_with(host=address), headers=headers, extensions=extensions)


def _place(peer: ApiPeer) -> asyncio.Semaphore:
    """The places for calls of this event loop at peers of one kind: waiting for one costs nobody his time limit."""
    places = _places.setdefault(asyncio.get_running_loop(), {})
    return places.setdefault(peer, asyncio.Semaphore(peer.places))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Every error behind an error, the outermost first; httpx hides what happened several links down."""
    waiting, seen = [error], set[int]()
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [cause for cause in (one.__cause__, one.__context__) if cause is not None]
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions


def explained(error: Exception, *, shows: bool = False) -> Unavailable:
    """Say what an error means, by type and number; its text could hold anything and is not used.

    ``shows``: a certificate of the client was there to be shown.
    """
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            problem = _VERIFY.get(cause.verify_code, f"its certificate fails verification (code {cause.verify_code})")
            return _no(Reason.TLS_FAILED, problem)
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            if (cause.reason or "").partition("_ALERT_")[2] in _OF_CLIENT_CERTIFICATE:
                return _no(Reason.TLS_FAILED, _CLIENT_REFUSED if shows else _CLIENT_WANTED)
            return _no(
                Reason.TLS_FAILED,
                "TLS fails: write http:// if that port speaks none, else see what it demands (protocol, client certificate)",
            )
    for cause in causes:
        if isinstance(cause, OSError) and cause.errno is not None:
            number = cause.errno
            reason, text = _ERRNOS.get(
                number, (Reason.OTHER, f"the connection failed ({errno.errorcode.get(number, number)})")
            )
            return _no(reason, f"{text}; check the address and any firewall between")
    return _of_http(error)


def _of_http(error: Exception) -> Unavailable:
    match error:
        case httpx.TimeoutException():
            return _no(Reason.TIMED_OUT, "the connection timed out; check the address and any firewall between")
        case httpx.RemoteProtocolError():
            return _no(
                Reason.NOT_USABLE, "no whole HTTP answer came: it broke off, or that port speaks something else (TLS?)"
            )
        case httpx.NetworkError():
            return _no(Reason.CLOSED, "the connection was closed; if that port speaks no TLS, write http://")
    return _no(Reason.OTHER, f"the call failed ({type(error).__name__})")


def _no(reason: Reason, detail: str) -> Unavailable:
    return Unavailable(step=Step.API, reason=reason, detail=detail)
