"""The series of vantage points: which of them are there, and what becomes of the rounds that they are to make."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge

from diag.metrics.label_values import MAX_SENTENCE_LENGTH
from diag.text import shown
from diag.vantage.vantage_collector import PlacedResult


class VantageSeries:
    """A series for each vantage point of the configuration; ``changed`` is called after each change."""

    def __init__(self, registry: CollectorRegistry, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._lock = threading.Lock()
        self._known: tuple[str, ...] = ()
        self._present: Mapping[str, int] = {}
        self._up = Gauge(
            "diag_vantage_point_up",
            "1 while a worker of the vantage point is connected that can be used, else 0.",
            ("vantage_point",),
            registry=registry,
        )
        self._workers = Gauge(
            "diag_vantage_point_workers",
            "Workers of the vantage point that are connected and can be used.",
            ("vantage_point",),
            registry=registry,
        )
        self._rounds = Counter(
            "diag_vantage_rounds_total",
            "Rounds that were due at a vantage point: finished, taken_over by another one, lost with their worker (and repeated once), "
            "refused by the worker, late, away because no worker was there, or quarantined because each of those before ended its worker.",
            ("vantage_point", "result"),
            registry=registry,
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """Which vantage points nobody looks from now, for the reader of the status page."""
        away = (name for name in self._known if not self._present.get(name))
        return tuple(f"The vantage point {shown(name, MAX_SENTENCE_LENGTH)} is away." for name in away)

    @property
    def known(self) -> tuple[str, ...]:
        """The vantage points of the configuration."""
        return self._known

    def expect(self, names: Iterable[str]) -> None:
        """Say which vantage points there are: their counters start at 0, all others vanish."""
        with self._lock:
            names = tuple(names)
            for gone in set(self._known) - set(names):
                for family in (self._up, self._workers):
                    with contextlib.suppress(KeyError):
                        family.remove(gone)
                for result in PlacedResult:
                    self._rounds.remove(gone, result)
            for name in names:
                for result in PlacedResult:
                    self._rounds.labels(name, result)
            self._known = names
        self.present(self._present)

    def present(self, workers: Mapping[str, int]) -> None:
        """Note how many workers each vantage point has now."""
        with self._lock:
            self._present = dict(workers)
            for name in self._known:
                count = self._present.get(name, 0)
                self._up.labels(name).set(int(count > 0))
                self._workers.labels(name).set(count)
        self._changed()

    def count(self, name: str, result: PlacedResult) -> None:
        """Count a round that was due there."""
        with self._lock:
            if name in self._known:
                self._rounds.labels(name, result).inc()
        self._changed()
