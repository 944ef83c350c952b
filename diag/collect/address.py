"""One look at one address: a connection, TLS, the transport protocol, the key; and a further look where something failed in a telling way."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Final

from diag.collect.aside import Aside
from diag.collect.openssl import is_wanted
from diag.collect.outcome import KEY_TRIED, NO_FRAME, NO_GREETING, AfterTls, ConnectionOutcome
from diag.collect.peer_chain import certificates_of, judge, needs_name_trials, reason_not_judged
from diag.collect.plaintext import PlaintextProbe, http_question
from diag.collect.target import ProbeTarget, not_connected
from diag.collect.tcp import connect
from diag.collect.tls_client import TlsStream
from diag.collect.tls_connection import NextStep, listen, open_tls, stay_silent
from diag.collect.tls_handshake import HandshakeRequest
from diag.collect.transport_exchange import MAX_FIRST_BYTES, NO_HTTP_PORT, Conversation, reply_of
from diag.model import (
    AfterHandshake,
    InterfaceTrial,
    KeyTrial,
    Offer,
    Probe,
    Reply,
    SniTrial,
    SniTrials,
    TlsResult,
    TransportHello,
    Unavailable,
)
from diag.wire import HANDSHAKE_VERSIONS

NONSENSE_NAME: Final = "sni-trial.invalid"
_HUNG_UP: Final = {Reply.CLOSED, Reply.RESET}
_AFTER: Final = {
    Reply.ANSWERED: AfterHandshake.ANSWERED,
    Reply.REFUSED: AfterHandshake.ANSWERED,
    Reply.HTTP: AfterHandshake.DATA,
    Reply.OTHER: AfterHandshake.DATA,
    Reply.CLOSED: AfterHandshake.CLOSED,
    Reply.RESET: AfterHandshake.RESET,
    Reply.ALERT: AfterHandshake.ALERT,
    Reply.SILENT: AfterHandshake.QUIET,
}
_SPOKE_NO_TLS: Final = {TlsResult.CLOSED, TlsResult.RESET, TlsResult.TIMED_OUT, TlsResult.NOT_TLS}
# How long a node may take to answer before the peer is asked whether it speaks HTTP: it is waited for all the same.
_HTTP_AFTER_SECONDS: Final = 2.0
_SECOND_FRAME: Final = 1.0
# How long is waited for the words of a refusal that an interface is known by: a node has them at hand.
_REFUSAL: Final = 2.0
# A whole look, with every further connection, takes no longer than a connection and so many TLS handshakes may take.
_HANDSHAKES_PER_ADDRESS: Final = 2.5
_NOTHING_IN_COMMON: Final = {40, 71}  # handshake_failure, insufficient_security.

Slot = AbstractAsyncContextManager[None]


class AddressProbe:
    """A look at one address. ``place`` and ``second_place`` bound how many connections there are at once.

    The second kind is for a connection that is opened while another one is held; nothing waits while it holds one of those.
    """

    def __init__(self, dial: ProbeTarget, place: Slot, second_place: Slot) -> None:
        self._dial = dial
        self._place = place
        self._second_connection = second_place
        self._offer = Offer.CURRENT
        loop = asyncio.get_running_loop()
        self._now = loop.time
        self._in_tls_handshake = False
        self._end = loop.time() + dial.connect_seconds + _HANDSHAKES_PER_ADDRESS * dial.handshake_seconds

    def _left(self, seconds: float) -> float:
        """Give ``seconds``, or what is left of the time for the whole look where that is less."""
        return max(0.0, min(seconds, self._end - self._now()))

    async def probe(self) -> Probe:
        """Make one connection, and further ones where it failed in a telling way."""
        dial = self._dial
        plaintext = PlaintextProbe(dial, self._second_connection, http_question(dial), self._left)
        outcome = await self._connect_first(
            self._handshake_step(HANDSHAKE_VERSIONS[0]) if dial.transport else listen, plaintext
        )
        if isinstance(outcome, Unavailable):
            return not_connected(dial, outcome)
        outcome = await self._leave_out_certificate(await self._offer_more(outcome))
        if isinstance(outcome.stated.transport, TransportHello) and outcome.stated.transport.reply in _HUNG_UP:
            outcome = await self._ask_again(outcome, outcome.stated.transport)
        attempt, transport = outcome.handshake_result.attempt, outcome.stated.transport
        if dial.transport and attempt.result in _SPOKE_NO_TLS:
            attempt, in_clear = await plaintext.without_tls(attempt, outcome.handshake_result.received)
            transport = in_clear if in_clear and in_clear.reply is Reply.ANSWERED else transport
        presented = outcome.handshake_result.certificates
        trials = await self._try_names() if needs_name_trials(dial.endpoint, presented, attempt) else SniTrials()
        return Probe(
            ip=dial.ip,
            port=dial.endpoint.port,
            connection=outcome.connection,
            tls=attempt,
            chain=judge(presented, attempt, dial),
            transport=transport,
            key=outcome.stated.key if isinstance(dial.key, str) else dial.key,
            interface=outcome.stated.interface,
            sni_trials=trials,
        )

    async def _connect_first(self, then: NextStep, plaintext: PlaintextProbe) -> ConnectionOutcome | Unavailable:
        """Open the first connection. A peer that says nothing at all for a while is asked on the side whether it speaks HTTP in clear."""

        async def ask() -> None:
            if self._dial.transport and self._in_tls_handshake:
                await plaintext.ask_http()

        aside = Aside(min(_HTTP_AFTER_SECONDS, self._dial.handshake_seconds / 2), ask)
        try:
            outcome = await self._connect(then)
            await aside.done()
        finally:
            aside.cancel()
        return outcome

    async def _offer_more(self, outcome: ConnectionOutcome) -> ConnectionOutcome:
        """A peer that finds nothing in the offer is made wider ones, to see what it would take and which certificate it has."""
        for offer in (Offer.OLDER, Offer.EVERYTHING):
            attempt = outcome.handshake_result.attempt
            if attempt.alert not in _NOTHING_IN_COMMON or attempt.client_certificate_requested:
                return outcome
            then = self._handshake_step(HANDSHAKE_VERSIONS[0]) if self._dial.transport else listen
            again = await self._connect(stay_silent if offer is Offer.EVERYTHING else then, offer=offer)
            if isinstance(again, ConnectionOutcome) and again.handshake_result.attempt.result is TlsResult.COMPLETED:
                self._offer = offer
                return again
        return outcome

    async def _leave_out_certificate(self, outcome: ConnectionOutcome) -> ConnectionOutcome:
        """Java presents no certificate to a peer that names other CAs than its own: a peer that refused it may do without one."""
        attempt, dial = outcome.handshake_result.attempt, self._dial
        if not attempt.client_certificate_sent or not attempt.client_certificate_refused or not dial.transport:
            return outcome
        if dial.client_key is None or is_wanted(dial.client_key, attempt.acceptable_cas):
            return outcome
        again = await self._connect(self._handshake_step(HANDSHAKE_VERSIONS[0]), dial.endpoint.server_name)
        hello = again.stated.transport if isinstance(again, ConnectionOutcome) else None
        answered = isinstance(hello, TransportHello) and hello.reply is Reply.ANSWERED
        return again if isinstance(again, ConnectionOutcome) and answered else outcome

    async def _connect(
        self, then: NextStep | None, server_name: str | None = None, *, offer: Offer | None = None
    ) -> ConnectionOutcome | Unavailable:
        """Open one connection and make the TLS handshake on it; with another server name than the configured one without our certificate."""
        dial = self._dial
        local_side = server_name is None
        hello = HandshakeRequest(
            server_name=dial.endpoint.server_name if server_name is None else server_name,
            client_key=dial.client_key if local_side else None,
            offer=offer or self._offer,
            seconds=self._left(dial.handshake_seconds),
        )
        async with self._place:
            wire = await connect(dial.ip, dial.endpoint.port, dial.connect_seconds)
            if isinstance(wire, Unavailable):
                return wire
            self._in_tls_handshake = True
            try:
                return await open_tls(wire, hello, then)
            finally:
                wire.close()

    def _handshake_step(self, handshake_version: int) -> NextStep:
        """Make what speaks the transport protocol: the handshake, and the trial of the key where the peer is worth it."""

        async def speak(stream: TlsStream, connect_seconds: float) -> AfterTls:
            conversation = Conversation(stream)
            self._in_tls_handshake = False
            transport = await self._answer_of(conversation, handshake_version)
            key = await self._try_key(stream, conversation, transport, connect_seconds)
            return AfterTls(
                after=_AFTER[transport.reply],
                transport=transport,
                key=key,
                interface=await self._ask_interface(conversation, transport, key),
            )

        return speak

    async def _answer_of(self, conversation: Conversation, handshake_version: int) -> TransportHello:
        """Wait for the answer to the handshake. A peer that is slow to say anything is asked on the side whether it speaks HTTP.

        A node may be slow; an HTTP interface waits for the end of a line that never comes (up to 8.19; measured).
        """
        seconds = self._left(self._dial.handshake_seconds)
        wait_seconds = min(_HTTP_AFTER_SECONDS, seconds)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_seconds):
                return await conversation.greet(handshake_version)
        hello = asyncio.ensure_future(conversation.hello())
        try:
            plaintext = AddressProbe(self._dial, self._second_connection, self._second_connection)
            asked = await plaintext.first_bytes_in_http()
            if reply_of(asked) is Reply.HTTP:
                return TransportHello(reply=Reply.HTTP, tried=(handshake_version,), first_bytes=asked.hex())
            if (await asyncio.wait({hello}, timeout=seconds - wait_seconds))[0]:
                return hello.result()
        finally:
            hello.cancel()
        return conversation.silence(seconds)

    async def _ask_again(self, outcome: ConnectionOutcome, first: TransportHello) -> ConnectionOutcome:
        """A peer hung up on the handshake: it may know an older version only, or speak HTTP."""
        version = HANDSHAKE_VERSIONS[1]
        again = await self._connect(self._handshake_step(version))
        stated = again.stated.transport if isinstance(again, ConnectionOutcome) else None
        if isinstance(stated, TransportHello) and stated.reply not in _HUNG_UP:
            transport = replace(stated, tried=(*first.tried, version))
            assert isinstance(again, ConnectionOutcome)  # noqa: S101 -- said came out of it.
            return replace(again, stated=replace(again.stated, transport=transport))
        transport = replace(first, tried=(*first.tried, version))
        asked = await self.first_bytes_in_http()
        if reply_of(asked) is Reply.HTTP:
            transport = replace(transport, reply=Reply.HTTP)
        return replace(outcome, stated=replace(outcome.stated, transport=replace(transport, first_bytes=asked.hex())))

    async def first_bytes_in_http(self) -> bytes:
        """Ask for ``/`` on a connection of its own, and give the beginning of the answer."""
        stated = bytearray()

        async def ask(stream: TlsStream, _: float) -> AfterTls:
            await stream.send(http_question(self._dial))
            async with asyncio.timeout(_HTTP_AFTER_SECONDS):
                while len(stated) < len(NO_HTTP_PORT) and isinstance(data := await stream.receive(), bytes):
                    stated.extend(data)
            return AfterTls()

        with contextlib.suppress(TimeoutError):
            await self._connect(ask)
        return bytes(stated[:MAX_FIRST_BYTES])

    async def _try_key(
        self, stream: TlsStream, conversation: Conversation, transport: TransportHello, connect_seconds: float
    ) -> KeyTrial | Unavailable:
        """Try the key, where there is one, on a peer that is what it should be."""
        key = self._dial.key
        if not isinstance(key, str):
            return key
        if transport.reply is not Reply.ANSWERED:
            return NO_GREETING
        withheld = reason_not_judged(self._dial, stream.certificates())
        if withheld is not None:
            return withheld
        quiet = max(_SECOND_FRAME, 4 * connect_seconds)
        seconds = self._left(self._dial.handshake_seconds)
        return await conversation.try_key(key, transport.transport_version, quiet, seconds)

    async def _ask_interface(
        self, conversation: Conversation, transport: TransportHello, key: KeyTrial | Unavailable
    ) -> InterfaceTrial | Unavailable:
        """Ask a node to which no key was sent which of its interfaces this is."""
        if transport.reply is not Reply.ANSWERED:
            return NO_FRAME
        if isinstance(key, KeyTrial):
            return KEY_TRIED
        seconds = self._left(min(_REFUSAL, self._dial.handshake_seconds))
        return await conversation.ask_interface(transport.transport_version, seconds)

    async def _try_names(self) -> SniTrials:
        """Make further handshakes, without a server name and with one that nobody has."""
        names = [name for name in ("", NONSENSE_NAME) if name != self._dial.endpoint.server_name]
        return SniTrials(trials=tuple(await asyncio.gather(*map(self._try_name, names))))

    async def _try_name(self, name: str) -> SniTrial:
        outcome = await self._connect(None, name)
        if isinstance(outcome, Unavailable):
            return SniTrial(server_name=name, leaf=outcome)
        chain = certificates_of(outcome.handshake_result.certificates, outcome.handshake_result.attempt)
        return SniTrial(server_name=name, leaf=chain if isinstance(chain, Unavailable) else chain[0])
