"""Looking names up, by the resolver of the operating system: that is what Elasticsearch asks too, hosts file included."""

from __future__ import annotations

import asyncio
import functools
import ipaddress
import re
import socket
import threading
from time import perf_counter

from diag.collect.two_speeds import SOON, Places
from diag.isolate import isolated
from diag.model import Reason, Resolution, Step, Unavailable

_MAX_LABEL_LENGTH, _MAX_NAME_LENGTH = 63, 253
_NO_SUCH_NAME = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", -5), getattr(socket, "EAI_ADDRFAMILY", -9)}
_Found = tuple[str, ...] | OSError | Unavailable
_UNFIT = re.compile(r"[\x00-\x20\x7f/@\[\]\\]")


class _Lookup:
    """One lookup on its way, for all who want the same name. ``begun`` is done once it has a place."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.begun: asyncio.Future[None] = loop.create_future()
        self.answer: asyncio.Future[_Found] = loop.create_future()


class Resolver:
    """Looks names up in threads of its own, so that lookups that hang stall nothing else.

    A lookup cannot be interrupted: its thread keeps its place until the operating system gives up. So there are two kinds of places: a
    lookup that is not answered soon moves to the places of slow ones, and its name begins there until it is answered soon again. A name
    server that does not answer delays the names that it is asked for, and no others. The threads are daemons, so that a lookup that hangs
    does not keep the program from ending.
    """

    def __init__(self, lookups: int = 64, slow: int = 192, soon: float = SOON) -> None:
        self._places = Places(lookups, slow, soon)
        self._running: dict[str, _Lookup] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def resolve(self, host: str, seconds: float) -> Resolution | Unavailable:
        """Give every address of a host, IPv4 and IPv6, in the order of the system; or why there is none."""
        literal = _literal(host)
        if literal:
            return Resolution(addresses=(literal,), literal=True)
        if problem := unfit(host):
            return _no(Reason.NO_SUCH_NAME, problem)
        lookup = self._lookup(host)
        try:
            async with asyncio.timeout(seconds):
                await asyncio.shield(lookup.begun)
        except TimeoutError:
            return _no(
                Reason.TIMED_OUT, f"looking the name up timed out after {seconds:g} s: too many other lookups hang"
            )
        started = perf_counter()
        try:
            async with asyncio.timeout(seconds):
                found = await asyncio.shield(lookup.answer)
        except TimeoutError:
            return _no(Reason.TIMED_OUT, f"looking the name up timed out after {seconds:g} s")
        return _result(found, perf_counter() - started)

    def _lookup(self, host: str) -> _Lookup:
        """The lookup of a name that is on its way, or a new one."""
        lookup = self._running.get(host)
        if lookup is None:
            lookup = self._running[host] = _Lookup()
            task = asyncio.get_running_loop().create_task(self._run(host, lookup))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return lookup

    async def _run(self, host: str, lookup: _Lookup) -> None:
        """Carry a lookup out, in a place of those that are answered soon for as long as it may be one of them."""
        async with self._places.at(host):
            lookup.begun.set_result(None)
            try:
                threading.Thread(target=_look_up, args=(host, lookup.answer), daemon=True, name="lookup").start()
            except RuntimeError:
                lookup.answer.set_result(_no(Reason.OTHER, "this machine could start no further thread for the lookup"))
            try:
                await asyncio.wait({lookup.answer})
            finally:
                del self._running[host]


def _look_up(host: str, answer: asyncio.Future[_Found]) -> None:
    """Ask the operating system; runs in a thread, which has nobody to raise to: the waiting side would wait for ever."""
    found = isolated(lambda: _addresses(host), Step.DNS)
    try:
        answer.get_loop().call_soon_threadsafe(_arrived, answer, found)
    except RuntimeError:
        return  # The loop was closed meanwhile: nobody waits.


def _arrived(answer: asyncio.Future[_Found], found: _Found) -> None:
    if not answer.done():
        answer.set_result(found)


def unfit(host: str) -> str:
    """Say why a text can be the name of no host; empty where it can."""
    labels = host.removesuffix(".").split(".")
    if not host or not all(labels):
        return "an empty name, or one with an empty part, names no host"
    if _UNFIT.search(host) or not host.isprintable():
        return "the name holds a character that no host name can hold"
    if any(len(label.encode()) > _MAX_LABEL_LENGTH for label in labels) or len(host.encode()) > _MAX_NAME_LENGTH:
        return f"the name is too long: {_MAX_LABEL_LENGTH} characters between dots and {_MAX_NAME_LENGTH} in all are the limit"
    return ""


@functools.lru_cache(maxsize=4096)
def _literal(host: str) -> str:
    bare = host.removeprefix("[").removesuffix("]") if host.startswith("[") else host
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        return ""
    return bare


def _addresses(host: str) -> tuple[str, ...] | OSError:
    try:
        # As bytes: Python would turn other letters into Punycode, which Elasticsearch does not do.
        infos = socket.getaddrinfo(host.encode(), None, type=socket.SOCK_STREAM)
    except OSError as error:
        return error
    except UnicodeError:
        return OSError(0, "the name can't be written in bytes")
    return tuple(dict.fromkeys(_address(info[4]) for info in infos))


def _address(where: tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]) -> str:
    ip = str(where[0])
    scope = where[3] if len(where) > 3 else 0  # noqa: PLR2004 -- an IPv6 address has a scope as its fourth part.
    return f"{ip}%{scope}" if scope and "%" not in ip else ip


def _result(found: _Found, seconds: float) -> Resolution | Unavailable:
    if isinstance(found, tuple):
        if found:
            return Resolution(addresses=found, seconds=seconds)
        return _no(Reason.NO_SUCH_NAME, "the name has no address")
    if isinstance(found, socket.gaierror) and found.errno in _NO_SUCH_NAME:
        return _no(Reason.NO_SUCH_NAME, "the name does not resolve")
    if isinstance(found, Unavailable):
        return found
    number = found.errno or 0
    return _no(Reason.LOOKUP_FAILED, f"the name servers gave no answer to the lookup (error {number} of the resolver)")


def _no(reason: Reason, detail: str) -> Unavailable:
    return Unavailable(step=Step.DNS, reason=reason, detail=detail)
