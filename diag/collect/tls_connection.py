"""One connection, from the TLS handshake over the exchange inside it to its end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from time import perf_counter

from diag.collect.outcome import OPTED_OUT, OUT_OF_REACH, AfterTls, ConnectionOutcome
from diag.collect.tcp import Wire
from diag.collect.tls_client import TlsStream
from diag.collect.tls_handshake import HandshakeRequest, Listening
from diag.model import AfterHandshake, TlsResult

# What is done once the TLS handshake is complete, given how long it took to connect.
NextStep = Callable[[TlsStream, float], Awaitable[AfterTls]]


async def open_tls(wire: Wire, hello: HandshakeRequest, then: NextStep | None) -> ConnectionOutcome:
    """Make the TLS handshake, do what comes then, and close TLS politely."""
    stream = TlsStream(wire, hello)
    started = perf_counter()
    result = await stream.handshake()
    seconds = perf_counter() - started
    stated = AfterTls()
    if result is TlsResult.COMPLETED and then is not None:
        stated = await then(stream, wire.connection.seconds)
    stream.close_notify()
    return ConnectionOutcome(wire.connection, stream.handshake_result(result, stated.after, seconds), stated)


async def listen(stream: TlsStream, connect_seconds: float) -> AfterTls:
    """Send nothing, and wait for what the peer does."""
    after = await stream.listen(Listening.after(connect_seconds))
    return AfterTls(after=after, transport=OPTED_OUT, key=OPTED_OUT, interface=OPTED_OUT)


async def stay_silent(stream: TlsStream, connect_seconds: float) -> AfterTls:  # noqa: ARG001 -- one of its kind.
    """Nothing is asked of a peer that no Elasticsearch could reach."""
    return AfterTls(after=AfterHandshake.QUIET, transport=OUT_OF_REACH, key=OUT_OF_REACH, interface=OUT_OF_REACH)
