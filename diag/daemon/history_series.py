"""The series of the history's file."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry

from diag.history import FileFacts


class HistorySeries(Collector):
    """How the file does; no series at all where none is configured."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.facts: FileFacts | None = None
        registry.register(self)

    def collect(self) -> Iterator[Metric]:
        """Give the series of now."""
        facts = self.facts
        if facts is None:
            return
        yield GaugeMetricFamily(
            "diag_history_available", "1 if the file of the history can be used, else 0.", int(not facts.problem)
        )
        yield GaugeMetricFamily("diag_history_events", "Events that the file of the history holds.", facts.events)
        yield GaugeMetricFamily("diag_history_size_bytes", "Bytes in use in the file of the history.", facts.size)
        for name, text, value in (
            ("dropped_events", "Events that were never written to the file of the history.", facts.dropped),
            ("failures", "Attempts to write or read the file of the history that failed.", facts.failures),
            ("set_aside", "Files of the history that were broken and set aside.", len(facts.set_aside)),
        ):
            yield CounterMetricFamily(f"diag_history_{name}_total", text, value)
