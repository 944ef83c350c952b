"""What each address of a remote showed, layer by layer, in a few words for a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from diag.lazy_dataclass import dataclass
from diag.model import (
    Connection,
    Endpoints,
    KeyTrial,
    Probe,
    RemoteEvidence,
    Resolution,
    TlsAttempt,
    TlsResult,
    TransportHello,
    Unavailable,
)

_MS: Final = 1000

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressRow:
    """What one IP address showed."""

    dialled: str
    ip: str
    tcp: str
    tls: str
    node: str
    login: str


def address_rows(evidence: RemoteEvidence) -> tuple[AddressRow, ...]:
    """Every address that is dialled, and each IP address behind it."""
    return tuple(_rows(evidence.endpoints)) if isinstance(evidence.endpoints, Endpoints) else ()


def _rows(endpoints: Endpoints) -> Iterator[AddressRow]:
    for one in endpoints.all:
        if isinstance(one.resolution, Unavailable):
            why = str(one.resolution)
            yield AddressRow(dialled=str(one.endpoint), ip=why, tcp="", tls="", node="", login="")
            continue
        for probe in one.probes:
            yield AddressRow(
                dialled=str(one.endpoint),
                ip=_resolved(one.resolution, probe),
                tcp=_stated(probe.connection, _connected),
                tls=_stated(probe.tls, _handshake),
                node=_stated(probe.transport, _node),
                login=_stated(probe.key, _key),
            )


def _stated(piece: T | Unavailable, word: Callable[[T], str]) -> str:
    return str(piece) if isinstance(piece, Unavailable) else word(piece)


def _resolved(resolution: Resolution, probe: Probe) -> str:
    return str(probe) if resolution.literal else f"{probe} in {_ms(resolution.seconds)}"


def _connected(connection: Connection) -> str:
    return f"open in {_ms(connection.seconds)}"


def _handshake(tls: TlsAttempt) -> str:
    if tls.result is TlsResult.COMPLETED:
        return f"{tls.protocol} {tls.cipher} in {_ms(tls.seconds)}".strip()
    return " ".join(filter(None, (tls.result.replace("_", " "), tls.detail)))


def _node(hello: TransportHello) -> str:
    return " ".join(filter(None, (hello.reply.replace("_", " "), str(hello.release or ""), hello.detail)))


def _key(key: KeyTrial) -> str:
    return " ".join(filter(None, (key.verdict.replace("_", " "), key.detail)))


def _ms(seconds: float) -> str:
    return f"{seconds * _MS:.1f} ms"
