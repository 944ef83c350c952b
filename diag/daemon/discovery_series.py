"""The series of the sources of local clusters."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge


class DiscoverySeries:
    """What each source names, and when it could last be read. Not safe for threads by itself."""

    def __init__(self, registry: CollectorRegistry) -> None:
        label = ("source",)
        self._known: set[str] = set()
        self._clusters = Gauge(
            "diag_discovery_clusters", "Local clusters that a source names.", label, registry=registry
        )
        self._at = Gauge(
            "diag_discovery_last_success_timestamp_seconds",
            "When a source could last be read.",
            label,
            registry=registry,
        )
        self._failures = Counter(
            "diag_discovery_failures_total", "Looks at a source that failed.", label, registry=registry
        )
        self._last_ok = Gauge(
            "diag_discovery_last_look_successful",
            "1 where all of a source could be used at the latest look, 0 where it could not be read, or not all of it.",
            label,
            registry=registry,
        )

    def expect(self, names: Iterable[str]) -> None:
        """Say which sources there are: series of gone ones vanish."""
        wanted = set(names)
        for gone in self._known - wanted:
            for family in (self._clusters, self._at, self._failures, self._last_ok):
                with contextlib.suppress(KeyError):
                    family.remove(gone)
        for name in wanted:
            self._failures.labels(name)
        self._known = wanted

    def looked(self, source: str, clusters: int, at: float | None, *, whole: bool) -> None:
        """Note a look; ``at`` (seconds of the epoch) is None where it failed, ``whole`` says that all it names could be used."""
        self._last_ok.labels(source).set(int(whole))
        if at is None:
            self._failures.labels(source).inc()
            return
        self._clusters.labels(source).set(clusters)
        self._at.labels(source).set(at)
