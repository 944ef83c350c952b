"""The series of the worker processes."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge


class WorkerSeries:
    """How many worker processes there are, and how many had to be replaced. ``changed`` is called with each change."""

    def __init__(self, registry: CollectorRegistry, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._number = Gauge(
            "diag_workers", "Worker processes that run the rounds; 0: they run in the daemon itself.", registry=registry
        )
        self._restarts = Counter(
            "diag_worker_restarts", "Worker processes that ended or hung, and were replaced.", registry=registry
        )

    def workers(self, number: int) -> None:
        """Note how many there are."""
        self._number.set(number)
        self._changed()

    def worker_lost(self, because: str) -> None:
        """Note that one ended that should not have."""
        del because  # It stands in the log: a label would grow.
        self._restarts.inc()
        self._changed()
