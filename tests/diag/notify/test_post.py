"""What posts: over TLS to those alone whom the configured CA verifies, with the login as it is now."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from diag.collect import RealNetwork
from diag.config.notify_section import Login
from diag.config.secrets import SecretRef
from diag.notify import Message, Poster, SentResult
from tests import pki
from tests.diag.notify.receiving import Receiver


@contextlib.asynccontextmanager
async def raw_server(answer: bytes) -> AsyncIterator[int]:
    """A port at which these bytes are the answer; none at all leaves the peer waiting."""
    end = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(answer)
        if not answer:
            await end.wait()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        end.set()
        server.close()


async def test_tls_is_verified(tmp_path: Path) -> None:
    """By the CA that is configured, and by the name in url; nothing is sent to anybody else."""
    ca, other = pki.new_ca(), pki.new_ca("Other CA")
    issued = ca.leaf("localhost")
    (tmp_path / "server.pem").write_bytes(issued.chain_pem + issued.key_pem)
    for name, one in (("ca.pem", ca), ("other.pem", other)):
        (tmp_path / name).write_bytes(one.pem)
    receiver = Receiver(certificate=tmp_path / "server.pem")
    async with RealNetwork() as network:
        post = Poster(network.resolve)
        with receiver.listening():
            url = f"https://localhost:{receiver.port}/hook"
            for ca_file, address, expected, word in (
                ("other.pem", url, SentResult.FAILED, "not trusted"),
                ("ca.pem", url.replace("localhost", "127.0.0.1"), SentResult.FAILED, "not for the IP address"),
                ("ca.pem", url, SentResult.SENT, ""),
            ):
                sent = await post(Message(url=address, body=b"{}", ca=(tmp_path / ca_file,)))
                assert (sent.result, word in sent.detail) == (expected, True), sent
    assert len(receiver.posted) == 1


async def test_a_login_is_read_each_time(tmp_path: Path) -> None:
    """A new token needs no restart; without one nothing is sent."""
    token, receiver = tmp_path / "token", Receiver()
    login = Login(token=SecretRef(file=token))
    async with RealNetwork() as network:
        post = Poster(network.resolve)
        with receiver.listening():
            for text in ("first", "", "second"):
                token.write_text(text)
                sent = await post(Message(url=receiver.url, body=b"{}", login=login))
                assert (sent.result is SentResult.SENT) == bool(text), sent
    assert [one.headers["authorization"] for one in receiver.posted] == ["Bearer first", "Bearer second"]


async def test_a_receiver_that_is_silent_or_speaks_nonsense_is_a_failure() -> None:
    """Nothing is raised, and nobody waits for ever."""
    async with RealNetwork() as network:
        for answer in (b"", b"nonsense\r\n\r\n", b"HTTP/1.1 9999 x\r\n\r\n"):
            async with raw_server(answer) as port:
                sent = await Poster(network.resolve, 0.5)(Message(url=f"http://127.0.0.1:{port}", body=b"{}"))
                assert sent.result is SentResult.FAILED
                assert sent.detail


async def test_a_receiver_that_is_busy_says_for_how_long() -> None:
    """RFC 9110: Retry-After with 503, RFC 6585: with 429; elsewhere the word means something else."""
    async with RealNetwork() as network:
        for status, word, pause in (
            ("503 Service Unavailable", "120", 120.0),
            ("429 Too Many Requests", "7", 7.0),
            ("429 Too Many Requests", "soon", 0.0),
            ("500 Internal Server Error", "120", 0.0),
        ):
            answer = f"HTTP/1.1 {status}\r\nRetry-After: {word}\r\nContent-Length: 0\r\n\r\n".encode()
            async with raw_server(answer) as port:
                sent = await Poster(network.resolve)(Message(url=f"http://127.0.0.1:{port}", body=b"{}"))
                assert (sent.result, sent.pause) == (SentResult.FAILED, pause)
