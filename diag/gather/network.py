"""The only door to the network, and the real one behind it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Final, Protocol, Self

from diag.gather.clear import ask_in_clear
from diag.gather.dns import Resolver
from diag.gather.hello import ClientKey, Heard, Hello, Listening
from diag.gather.tcp import connect
from diag.gather.tls import talk
from diag.model import (
    Certificate,
    Chain,
    ClearReply,
    Connection,
    Endpoint,
    Probe,
    Reason,
    Resolution,
    SniTrial,
    SniTrials,
    Step,
    TlsAttempt,
    TlsResult,
    Unavailable,
)
from diag.x509 import decode, explain_chain

NONSENSE_NAME: Final = "sni-trial.invalid"
_REASONS: Final = {
    TlsResult.ALERT: Reason.ALERT,
    TlsResult.NOT_TLS: Reason.NOT_TLS,
    TlsResult.CLOSED: Reason.CLOSED,
    TlsResult.RESET: Reason.RESET,
    TlsResult.TIMED_OUT: Reason.TIMED_OUT,
}
# Those that look like a peer that was not told a name it wanted.
_TURNED_AWAY: Final = {TlsResult.ALERT, TlsResult.CLOSED, TlsResult.RESET}
_LONGEST_WAIT_IN_CLEAR: Final = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Dial:
    """One address to probe, and how.

    ``alias`` is the remote that it belongs to. ``anchors`` are the trusted CAs (empty: the public roots), or why there is nothing to judge a chain by.
    ``client_key`` is what is presented where the peer asks. ``transport`` allows frames of the transport protocol.
    """

    alias: str = ""
    endpoint: Endpoint
    ip: str
    connect_seconds: float
    handshake_seconds: float
    anchors: tuple[Certificate, ...] | Unavailable = ()
    client_key: ClientKey | None = field(default=None, repr=False)
    transport: bool = True


class Network(Protocol):
    """The only door to the network: a round goes through it, so that a round can be replayed."""

    async def resolve(self, host: str, seconds: float, /) -> Resolution | Unavailable:
        """Give the addresses of a host."""

    async def probe(self, dial: Dial, /) -> Probe:
        """Look at one address."""


class RealNetwork:
    """The real network, with a bounded number of connections at once: waiting for a place costs nobody his deadline."""

    def __init__(self, *, connections: int = 256, lookups: int = 64) -> None:
        self._places = asyncio.Semaphore(connections)
        self._resolver = Resolver(lookups)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    async def resolve(self, host: str, seconds: float, /) -> Resolution | Unavailable:
        """Give the addresses of a host."""
        return await self._resolver.resolve(host, seconds)

    async def probe(self, dial: Dial, /) -> Probe:
        """Look at one address: one connection, one handshake, and a further look where that failed in a telling way."""
        met = await self._converse(dial, dial.endpoint.server_name, dial.client_key, listen=True)
        if isinstance(met, Unavailable):
            return not_connected(dial, met)
        connection, heard = met
        attempt, chain = heard.attempt, _judge(heard, dial.anchors)
        if dial.transport and attempt.result in {TlsResult.CLOSED, TlsResult.RESET} and not heard.received:
            attempt = replace(attempt, clear_reply=await self._ask_in_clear(dial))
        trials = await self._try_names(dial) if _wants_trials(dial.endpoint, attempt, heard) else SniTrials()
        return Probe(
            ip=dial.ip, port=dial.endpoint.port, connection=connection, tls=attempt, chain=chain, sni_trials=trials
        )

    async def _converse(
        self, dial: Dial, server_name: str, client_key: ClientKey | None, *, listen: bool
    ) -> tuple[Connection, Heard] | Unavailable:
        """Open one connection and make one handshake on it."""
        async with self._places:
            wire = await connect(dial.ip, dial.endpoint.port, dial.connect_seconds)
            if isinstance(wire, Unavailable):
                return wire
            try:
                hello = Hello(
                    server_name=server_name,
                    client_key=client_key,
                    seconds=dial.handshake_seconds,
                    listening=Listening.after(wire.connection.seconds) if listen else None,
                )
                return wire.connection, await talk(wire, hello)
            finally:
                wire.close()

    async def _ask_in_clear(self, dial: Dial) -> ClearReply:
        async with self._places:
            wait = min(dial.handshake_seconds, _LONGEST_WAIT_IN_CLEAR)
            return await ask_in_clear(dial.ip, dial.endpoint.port, dial.connect_seconds, wait)

    async def _try_names(self, dial: Dial) -> SniTrials:
        """Make further handshakes, without a server name and with one that nobody has."""
        names = [name for name in ("", NONSENSE_NAME) if name != dial.endpoint.server_name]
        return SniTrials(trials=tuple(await asyncio.gather(*(self._try_name(dial, name) for name in names))))

    async def _try_name(self, dial: Dial, name: str) -> SniTrial:
        met = await self._converse(dial, name, None, listen=False)
        if isinstance(met, Unavailable):
            return SniTrial(server_name=name, leaf=met)
        chain = _decoded(met[1])
        return SniTrial(server_name=name, leaf=chain if isinstance(chain, Unavailable) else chain[0])


def not_connected(dial: Dial, why: Unavailable) -> Probe:
    """Make the probe of an address to which there is no connection."""
    return Probe(ip=dial.ip, port=dial.endpoint.port, connection=why, tls=why, chain=why)


def _wants_trials(endpoint: Endpoint, attempt: TlsAttempt, heard: Heard) -> bool:
    """Tell whether another server name could explain what was seen: turned away, or a certificate for other names."""
    leaf = _decoded(heard)
    if isinstance(leaf, Unavailable):
        return attempt.result in _TURNED_AWAY and attempt.clear_reply is not ClearReply.ELASTICSEARCH
    return not any(leaf[0].covers(name) for name in endpoint.names)


def _decoded(heard: Heard) -> tuple[Certificate, ...] | Unavailable:
    """Decode the chain, or say why there is none."""
    attempt = heard.attempt
    if not heard.certificates:
        reason = _REASONS.get(attempt.result, Reason.TLS_FAILED)
        return Unavailable(step=Step.TLS, reason=reason, detail=attempt.detail or "the peer presented no certificate")
    try:
        return tuple(decode(der) for der in heard.certificates)
    except ValueError as error:
        detail = f"the peer presented a certificate that cannot be decoded: {error}"
        return Unavailable(step=Step.TLS, reason=Reason.NOT_USABLE, detail=detail)


def _judge(heard: Heard, anchors: tuple[Certificate, ...] | Unavailable) -> Chain | Unavailable:
    """Explain the chain; without anchors to judge it by there is nothing to say about it."""
    certificates = _decoded(heard)
    if isinstance(certificates, Unavailable):
        return certificates
    return anchors if isinstance(anchors, Unavailable) else explain_chain(certificates, anchors)
