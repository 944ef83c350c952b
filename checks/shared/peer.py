"""What the transport handshake and the trial of the key tell about a peer: a node or not, and which of its interfaces."""

from __future__ import annotations

import re
from typing import Final

from diag.model import (
    Chain,
    Interface,
    InterfaceTrial,
    KeyTrial,
    KeyVerdict,
    Reason,
    Reply,
    Step,
    TlsAttempt,
    TlsResult,
    TransportHello,
    Unavailable,
)

_MAX_BYTES: Final = 64
_STATUS: Final = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})\b")
# What a node says on either of its interfaces to whoever speaks HTTP to it (TcpTransport); 6.x says "a HTTP".
_NO_HTTP_PORT: Final = b"This is not a".hex()
# Only a remote cluster server looks at the key at all (CrossClusterAccessAuthenticationService).
_ABOUT_THE_KEY: Final = frozenset(
    {
        KeyVerdict.ACCEPTED,
        KeyVerdict.UNKNOWN_ID,
        KeyVerdict.WRONG_SECRET,
        KeyVerdict.INVALIDATED,
        KeyVerdict.EXPIRED,
        KeyVerdict.WRONG_TYPE,
        KeyVerdict.IDENTITY_REQUIRED,
    }
)


# What a peer did about the transport handshake that has not shown to be a node.
NO_ANSWER: Final = {
    Reply.OTHER: "answered the transport handshake with something else",
    Reply.CLOSED: "closed the connection upon the transport handshake",
    Reply.RESET: "reset the connection upon the transport handshake",
    Reply.ALERT: "answered the transport handshake with a TLS alert",
    Reply.SILENT: "left the transport handshake without an answer",
}


def answered(hello: TransportHello | Unavailable) -> bool:
    """Tell whether the peer answered the handshake."""
    return isinstance(hello, TransportHello) and hello.reply is Reply.ANSWERED


def is_node(hello: TransportHello | Unavailable) -> bool:
    """Tell whether the peer has shown that it speaks the transport protocol, whatever it made of the handshake."""
    return isinstance(hello, TransportHello) and (
        hello.reply in {Reply.ANSWERED, Reply.REFUSED} or hello.first_bytes.startswith(_NO_HTTP_PORT)
    )


def speaks_http(hello: TransportHello | Unavailable) -> bool:
    """Tell whether the peer gave itself away by an answer in HTTP."""
    return isinstance(hello, TransportHello) and hello.reply is Reply.HTTP


def opted_out(hello: TransportHello | Unavailable, tls: TlsAttempt) -> bool:
    """Tell whether the handshake was left out because the configuration says so: with TLS nothing else keeps it from being tried."""
    return (
        isinstance(hello, Unavailable)
        and hello.step is Step.TRANSPORT
        and hello.reason is Reason.NOT_TRIED
        and tls.result is TlsResult.COMPLETED
    )


def is_remote_cluster_server(key: KeyTrial | Unavailable) -> bool | None:
    """Tell by the trial of the key whether this is the remote cluster server; None where it does not show."""
    if isinstance(key, Unavailable):
        return None
    if key.verdict in _ABOUT_THE_KEY:
        return True
    return False if key.verdict is KeyVerdict.NOT_REMOTE_CLUSTER_SERVER else None


def interface_of(key: KeyTrial | Unavailable, asked: InterfaceTrial | Unavailable) -> Interface | None:
    """Tell which interface it is, by what became of the key or by the answer to a request without one; None where neither shows."""
    server = is_remote_cluster_server(key)
    if server is not None:
        return Interface.REMOTE_CLUSTER_SERVER if server else Interface.TRANSPORT
    if isinstance(asked, InterfaceTrial) and asked.interface is not Interface.UNCLEAR:
        return asked.interface
    return None


def names_own_issuer(tls: TlsAttempt, chain: Chain) -> bool | None:
    """Tell whether a peer accepts client certificates of the CA of its own, as nodes do among each other; None where it names none."""
    named = {canonical(name) for name in tls.acceptable_cas}
    own = {canonical(name) for one in chain.certificates for name in (one.subject, one.issuer)}
    return bool(named & own) if named else None


def canonical(name: str) -> tuple[str, ...]:
    """Bring a distinguished name into a form that does not depend on the order and spacing of its writer."""
    return tuple(sorted(part.strip().lower() for part in name.split(",")))


def is_html(stated: bytes) -> bool:
    """Tell an HTTP server by a page without a status line, as some give to what they take for a request of HTTP 0.9."""
    return stated.lstrip().lower().startswith((b"<!doctype html", b"<html", b"<?xml"))


def http_status(in_hex: str) -> int | None:
    """Give the status of an answer in HTTP by its first bytes, which evidence holds in hex; None where they are none."""
    found = _STATUS.match(first_words(in_hex))
    return int(found[1]) if found else None


def first_words(in_hex: str) -> bytes:
    """Give the beginning of what a peer sent, which evidence holds in hex."""
    try:
        return bytes.fromhex(in_hex)[:_MAX_BYTES]
    except ValueError:
        return b""


def quote(stated: bytes) -> str:
    """Quote the beginning of what a peer sent, for a sentence: as text and in hex."""
    text = "".join(chr(byte) if chr(byte).isascii() and chr(byte).isprintable() else "." for byte in stated)
    return f"“{text}” (hex {stated.hex()})"
