"""The series of what is sent to receivers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge

from diag.notify import SentResult


class NotifySeries:
    """A series for each receiver; ``changed`` is called after each change."""

    def __init__(self, registry: CollectorRegistry, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._attempts = Counter(
            "diag_notifications_total",
            "Messages to receivers of notifications: sent, failed (tried again), or refused by the receiver for good.",
            ("receiver", "result"),
            registry=registry,
        )
        self._dropped = Counter(
            "diag_notifications_dropped_total",
            "Messages that were given up because too many waited for their receiver.",
            ("receiver",),
            registry=registry,
        )
        self._last = Gauge(
            "diag_notify_last_success_timestamp_seconds",
            "When a receiver last took a message; no series before the first one.",
            ("receiver",),
            registry=registry,
        )
        self._last_ok = Gauge(
            "diag_notify_last_attempt_successful",
            "1 while the latest message to a receiver was taken, 0 while it failed or was refused; no series before the first one.",
            ("receiver",),
            registry=registry,
        )

    def receivers(self, names: Iterable[str]) -> None:
        """Say which receivers there are: their counters start at 0, all others vanish."""
        for family in (self._attempts, self._dropped, self._last, self._last_ok):
            family.clear()
        for name in names:
            self._dropped.labels(name)
            for result in SentResult:
                self._attempts.labels(name, result)
        self._changed()

    def notified(self, receiver: str, result: SentResult) -> None:
        """Count one attempt."""
        self._attempts.labels(receiver, result).inc()
        self._last_ok.labels(receiver).set(int(result is SentResult.SENT))
        if result is SentResult.SENT:
            self._last.labels(receiver).set(time.time())
        self._changed()

    def dropped(self, receiver: str) -> None:
        """Count a message that was given up."""
        self._dropped.labels(receiver).inc()
        self._changed()
