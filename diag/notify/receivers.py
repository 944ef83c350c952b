"""Whom to notify: a receiver with its name, what is sent, and what became of it."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import field
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import urlsplit

from diag.config.notify_section import AlertmanagerReceiver, Login, WebhookReceiver
from diag.lazy_dataclass import dataclass

_FIRST_PAUSE: Final = 1.0
_MAX_PAUSE: Final = 60.0
_MAX_ASKED: Final = 3600.0


class SentResult(StrEnum):
    """What became of one attempt."""

    SENT = "sent"
    FAILED = "failed"  # It did not arrive, and is tried again.
    REFUSED = "refused"  # The receiver does not take this message, and never will.


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What became of one attempt, and why; ``detail`` holds nothing secret. ``pause`` are the seconds that the receiver asks to be left alone."""

    result: SentResult
    detail: str = ""
    pause: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is posted. ``url`` may hold a secret, as those of chat services do: neither it nor the headers are shown anywhere."""

    url: str = field(repr=False)
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    login: Login | None = field(default=None, repr=False)
    ca: tuple[Path, ...] = ()


Send = Callable[[Message], Awaitable[Sent]]


async def send_nothing(_message: Message) -> Sent:
    """Send nothing: for a daemon that nobody gave a network."""
    return Sent(result=SentResult.FAILED, detail="there is no network")


class Counting(Protocol):
    """Who counts what is sent."""

    def receivers(self, names: Iterable[str]) -> None:
        """Say which receivers there are."""

    def notified(self, receiver: str, result: SentResult) -> None:
        """Count one attempt."""

    def dropped(self, receiver: str) -> None:
        """Count a message that was given up because too many waited."""


def names_of(receivers: Iterable[AlertmanagerReceiver | WebhookReceiver]) -> tuple[str, ...]:
    """The name of each receiver, none twice. A path or a query may be secret, so only host and port are in it."""
    names: list[str] = []
    for one in receivers:
        parts = urlsplit(one.url)
        name = wanted = one.name or (f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname))
        number = 1
        while name in names:
            number += 1
            name = f"{wanted} ({number})"
        names.append(name)
    return tuple(names)


def pause_after(failures: int, asked: float = 0.0) -> float:
    """Seconds until the next attempt: twice as long after each failure, with a jitter so that many do not come at once, and what the receiver asks for."""
    limit = min(_MAX_PAUSE, _FIRST_PAUSE * 2.0 ** min(failures - 1, 10))
    return max(min(asked, _MAX_ASKED), limit * random.uniform(0.5, 1.0))  # noqa: S311 -- it guards nothing.
