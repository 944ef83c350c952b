"""What a round costs, in counts that depend on no machine: each further remote takes so many tasks, timers, connections and packets."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from diag.collect import address
from diag.collect.openssl import client_context
from diag.collect.two_speeds import Places
from diag.config import Timeouts
from diag.model import InterfaceTrial, Reply, TransportHello
from diag.x509 import decode
from tests import pki
from tests.diag.collect import peers
from tests.diag.collect.test_round import cluster, look, probe, proxy

FEW, MANY = 3, 11


@pytest.fixture
def no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, nobody is asked a second question, and nobody counts as slow."""
    monkeypatch.setattr(address, "_HTTP_AFTER_SECONDS", 600.0)
    monkeypatch.setattr(address, "_REFUSAL", 600.0)
    original = Places.__init__

    def patient(places: Places, usual: int, slow: int, _soon: float = 0.0) -> None:
        original(places, usual, slow, 600.0)

    monkeypatch.setattr(Places, "__init__", patient)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """What the event loop of the test is asked for, and what is sent and opened on its sockets, from now on."""
    counts: Counter[str] = Counter()

    def counting(owner: Any, name: str, what: str) -> None:
        original = getattr(owner, name)

        def count(*values: Any, **named: Any) -> Any:
            if not (
                isinstance(values[0], socket.socket) and values[0].family == socket.AF_UNIX
            ):  # What wakes the loop.
                counts[what] += 1
            return original(*values, **named)

        monkeypatch.setattr(owner, name, count)

    counting(asyncio.BaseEventLoop, "create_task", "tasks")
    counting(asyncio.BaseEventLoop, "call_at", "timers")
    counting(socket.socket, "send", "packets")
    counting(socket.socket, "connect_ex", "connections")
    return counts


async def _round(port: int, ca: Path, remotes: int, **fields: Any) -> None:
    """Look at so many remotes that are alike, all of them nodes that answer."""
    model = "certificate" if fields else "api_key"
    alike = ({**proxy(f"r{n}", port, ca=[str(ca)]), "security_model": model} for n in range(remotes))
    config = cluster(*alike, **fields)
    evidence = await look(config, timeouts=Timeouts(connect=600, handshake=600))
    for one in evidence.remotes:
        seen = probe(one)
        assert isinstance(seen.transport, TransportHello)
        assert isinstance(seen.interface, InterfaceTrial)
        assert seen.transport.reply is Reply.ANSWERED


async def _each(counts: Counter[str], port: int, ca: Path, **fields: Any) -> dict[str, float]:
    """What each further remote takes: what all of them share is taken once."""
    measured = []
    for remotes in (FEW, MANY):
        counts.clear()
        await _round(port, ca, remotes, **fields)
        measured.append(dict(counts))
    return {what: (measured[1][what] - measured[0][what]) / (MANY - FEW) for what in sorted(measured[1])}


@pytest.mark.usefixtures("no_hurry")
async def test_each_remote_takes_one_task_one_connection_and_four_packets(
    good: pki.Issued, ca: pki.CA, tmp_path: Path, counted: Counter[str]
) -> None:
    """The packets: ClientHello; the end of the TLS handshake with the frame of ours; the question which interface it is; the goodbye.

    A timer each: a place that is held for long, connecting, the TLS handshake, whether it is slow, the answer to the frame, the answer
    to the question.
    """
    (tmp_path / "ca.pem").write_bytes(ca.pem)
    with peers.peer(peers.tls(peers.context(good), peers.node({peers.HANDSHAKE_7: peers.ANSWER_9}))) as port:
        each = await _each(counted, port, tmp_path / "ca.pem")
    assert each == {"connections": 1, "packets": 4, "tasks": 1, "timers": 6}


@pytest.mark.usefixtures("no_hurry")
async def test_a_client_certificate_goes_before_anything_else(
    good: pki.Issued, ca: pki.CA, tmp_path: Path, counted: Counter[str]
) -> None:
    """A peer that asks for one may refuse it: nothing is said in the same packet."""
    own = ca.leaf("node.example")
    for name, data in (("ca.pem", ca.pem), ("node.pem", own.chain_pem), ("node.key", own.key_pem)):
        (tmp_path / name).write_bytes(data)
    transport = {"certificate": str(tmp_path / "node.pem"), "key": {"file": str(tmp_path / "node.key")}}
    server = peers.context(good, client_ca=ca)
    with peers.peer(peers.tls(server, peers.node({peers.HANDSHAKE_7: peers.ANSWER_9}))) as port:
        each = await _each(counted, port, tmp_path / "ca.pem", transport=transport)
    assert each == {"connections": 1, "packets": 5, "tasks": 1, "timers": 6}


@pytest.mark.usefixtures("no_hurry")
async def test_equal_remotes_share_a_context_and_certificates(good: pki.Issued, ca: pki.CA, tmp_path: Path) -> None:
    """One context of OpenSSL, and each certificate decoded once: two presented, one trusted."""
    (tmp_path / "ca.pem").write_bytes(ca.pem)
    client_context.cache_clear()
    decode.cache_clear()
    with peers.peer(peers.tls(peers.context(good), peers.node({peers.HANDSHAKE_7: peers.ANSWER_9}))) as port:
        await _round(port, tmp_path / "ca.pem", MANY)
    assert client_context.cache_info().misses == 1
    assert decode.cache_info().misses <= 3
