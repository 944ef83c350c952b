"""What the remote cluster made of the API key: the key was sent once, as a local cluster does on a new connection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from checks.shared.peer import opted_out
from diag.check import NotApplicable, Unknown, missing
from diag.model import (
    KeyTrial,
    KeyVerdict,
    TlsAttempt,
    TransportHello,
    Unavailable,
)

SOURCE: Final = (
    "Elasticsearch ApiKeyService, CrossClusterAccessAuthenticationService; documentation: troubleshoot remote clusters"
)


def not_judged(
    key: KeyTrial | Unavailable, hello: TransportHello | Unavailable, tls: TlsAttempt
) -> NotApplicable | Unknown | None:
    """Say why the trial of the key shows nothing, where it was not made or came to nothing; None where it shows something."""
    if isinstance(key, KeyTrial):
        return Unknown(f"the key was tried: {key.detail}") if key.verdict is KeyVerdict.UNCLEAR else None
    if opted_out(hello, tls):
        return NotApplicable("the key was not tried: probe.transport is false")
    return missing(key)


def only_with(
    verdict: KeyVerdict, key: KeyTrial | Unavailable, hello: TransportHello | Unavailable, tls: TlsAttempt
) -> Iterator[NotApplicable | Unknown]:
    """Word the result where the key was not refused for this reason; nothing where it was, or was accepted."""
    if other := not_judged(key, hello, tls):
        yield other
    elif isinstance(key, KeyTrial) and key.verdict not in {verdict, KeyVerdict.ACCEPTED}:
        yield NotApplicable(f"the key was refused for another reason: {key.detail}")


def has_verdict(key: KeyTrial | Unavailable, verdict: KeyVerdict) -> bool:
    """Tell whether the key was tried, with that outcome."""
    return isinstance(key, KeyTrial) and key.verdict is verdict
