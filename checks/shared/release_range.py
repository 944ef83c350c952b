"""Releases as checks see them: where a number means something, and what is certain of one that is known only from the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from checks.tables.versions import ANSWERS_OLD_HANDSHAKE_ONLY
from diag.check import Unknown
from diag.model import (
    KeyTrial,
    Kind,
    LocalVersion,
    Nodes,
    Probe,
    RemoteVersion,
    Reply,
    TransportHello,
    Unavailable,
    Version,
)

# A serverless project reports a release, but has none.
RELEASED: Final = tuple(kind for kind in Kind if kind is not Kind.SERVERLESS)
WIRE: Final = "wire"
_OLD_HANDSHAKE: Final = 6080099
Known = LocalVersion | RemoteVersion
Side = Known | Unavailable
T = TypeVar("T")


def known(local: Side, remote: Side) -> Iterator[tuple[str, Known]]:
    """Give each side whose release is known, with a name for sentences."""
    for name, side in (("local", local), ("remote", remote)):
        if not isinstance(side, Unavailable):
            yield name, side


def not_known(*sides: Side) -> tuple[Unknown, ...]:
    """Say what is not known of the releases; nothing where all are. That none is declared leaves the question open as well."""
    return tuple(dict.fromkeys(Unknown(str(side), piece=side) for side in sides if isinstance(side, Unavailable)))


def extremes(side: Known, nodes: Nodes | Unavailable) -> tuple[Version, ...]:
    """Give the lowest and the highest release in a cluster: in the middle of an upgrade a rule may break for either.

    They are known where the release is that of the lowest node; else it is the one release that there is to judge by.
    """
    if isinstance(nodes, Unavailable) or nodes.versions[:1] != (side.number,):
        return (side.number,)
    return tuple(dict.fromkeys((nodes.versions[0], nodes.versions[-1])))


def and_others(releases: tuple[Version, ...]) -> str:
    """Say that a cluster runs more than one release, as an insertion behind one of them; empty where it does not."""
    return "" if len(releases) == 1 else f" (its nodes run {releases[0]} to {releases[-1]})"


def judgements(side: Known, judge: Callable[[Version], T]) -> frozenset[T]:
    """Judge every release that a side may be: more than one answer means that it is not known well enough."""
    return frozenset(map(judge, side.release.possible))


def unknown_release(side: Known, what: str) -> str:
    """Word why a question stays open: the release is not exact, and it matters which one it is."""
    return f"the remote cluster runs {side} by what its nodes say on the wire: {what} depends on which it is"


def on_the_wire(probe: Probe) -> RemoteVersion | None:
    """Give the release that a node reports; None where it reports none that is known.

    A node that accepts a key tells its release. The transport handshake tells an id, which may stand for several.
    """
    if isinstance(probe.key, KeyTrial) and probe.key.version is not None:
        return RemoteVersion(number=probe.key.version, source=WIRE)
    hello = answer(probe)
    if hello is None:
        return None
    if hello.version is not None:
        return RemoteVersion(number=hello.version, source=WIRE, exact=hello.exact, highest=hello.highest)
    if hello.handshake_version != _OLD_HANDSHAKE or hello.tried[:1] == (_OLD_HANDSHAKE,):
        return None
    lowest, highest = ANSWERS_OLD_HANDSHAKE_ONLY
    return RemoteVersion(number=lowest, source=WIRE, exact=False, highest=highest)


def answer(probe: Probe) -> TransportHello | None:
    """Give the transport handshake of a node that answered it."""
    hello = probe.transport
    return hello if isinstance(hello, TransportHello) and hello.reply is Reply.ANSWERED else None


def unreported(probe: Probe) -> str:
    """Say why a probe shows no release."""
    hello = probe.transport
    if isinstance(hello, Unavailable):
        return str(hello)
    if hello.reply is Reply.ANSWERED:
        return f"the transport version {hello.transport_version} belongs to no release that is known"
    return f"the transport handshake got no answer with a release: {hello.reply}"
