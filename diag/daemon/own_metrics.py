"""The service's own metrics: rounds, reloads, build. The series of the report are rendered elsewhere."""

from __future__ import annotations

import contextlib
import platform
import threading
from collections.abc import Iterable, Mapping
from enum import StrEnum

from cryptography.hazmat.backends.openssl.backend import backend
from prometheus_client import CollectorRegistry, Counter, Gauge, disable_created_metrics, generate_latest

from diag import VERSION
from diag.daemon.discovery_series import DiscoverySeries
from diag.daemon.history_series import HistorySeries
from diag.daemon.notify_series import NotifySeries
from diag.daemon.vantage_series import VantageSeries
from diag.daemon.worker_series import WorkerSeries
from diag.history import FileFacts
from diag.metrics.label_values import MAX_SENTENCE_LENGTH
from diag.text import shown


class RoundResult(StrEnum):
    """What became of a round that was due."""

    FINISHED = "finished"
    FAILED = "failed"  # It crashed, or took so long that it was given up.
    SKIPPED = "skipped"  # It was due while the round before was still running.
    QUARANTINED = "quarantined"  # It was not run, because those before it ended their process.


class OwnMetrics:
    """A registry of its own. ``version`` grows with each change, so that a rendered text can be kept until then."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # -- the library left this one without types.
        self.version = 0
        self._lock = threading.Lock()
        self._clusters: dict[str, float] = {}
        self._registry = CollectorRegistry(auto_describe=False)
        self._took = self._gauge("diag_round_duration_seconds", "How long the last round of a cluster took.", "cluster")
        self._late = self._gauge(
            "diag_round_lateness_seconds", "How long after its time the last round of a cluster began.", "cluster"
        )
        self._interval = self._gauge("diag_round_interval_seconds", "The time between two rounds.", "cluster")
        self._last = self._gauge(
            "diag_round_last_finished_timestamp_seconds", "When the last round of a cluster finished.", "cluster"
        )
        self._rounds = Counter(
            "diag_rounds_total",
            "Rounds that were due: finished, failed inside diag, skipped because the one before still ran, or quarantined because each of those "
            "before ended its process.",
            ("cluster", "result"),
            registry=self._registry,
        )
        self._history = HistorySeries(self._registry)
        self._discovery = DiscoverySeries(self._registry)
        self.notifications = NotifySeries(self._registry, self._changed)
        self.workers = WorkerSeries(self._registry, self._changed)
        self.vantage = VantageSeries(self._registry, self._changed)
        self._files()
        self._say_versions()

    def _files(self) -> None:
        """The metrics of what is loaded: the configuration, that of the web side, check packs."""
        self._reload_ok = self._gauge(
            "diag_config_last_reload_successful", "1 if the last loading of the configuration was good, else 0."
        )
        self._reload_at = self._gauge(
            "diag_config_last_reload_success_timestamp_seconds", "When the configuration in use was loaded."
        )
        self._refused = self._gauge(
            "diag_config_problem_info", "1 with the reason while the newest configuration is refused.", "because"
        )
        self._web_ok = self._gauge(
            "diag_web_config_last_reload_successful", "1 if the last reading of the web configuration was good, else 0."
        )
        self._web_ok.set(1)
        self._broken = self._gauge("diag_broken_packs", "Check packs that are installed and could not be loaded.")
        self._broken_pack = self._gauge(
            "diag_broken_pack_info", "1 for each broken check pack, with the reason.", "pack", "because"
        )
        self._web = self._gauge(
            "diag_web_info",
            "1 with the address of the pages, as daemon.url says; without it there is no series.",
            "url",
        )

    def _say_versions(self) -> None:
        build = self._gauge("diag_build_info", "Versions of this program.", "version", "python", "openssl")
        build.labels(VERSION, platform.python_version(), backend.openssl_version_text()).set(1)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(name, text, labels, registry=self._registry)

    def expect(self, clusters: Iterable[str], interval: float, vantage_points: Iterable[str] = ()) -> None:
        """Say which clusters and vantage points there are: counters of new ones start at 0, series of gone ones vanish."""
        self.vantage.expect(vantage_points)
        wanted = dict.fromkeys(clusters, interval)
        with self._lock:
            for name in self._clusters.keys() - wanted.keys():
                self._drop(name)
            for name, seconds in wanted.items():
                for result in RoundResult:
                    self._rounds.labels(name, result)
                self._interval.labels(name).set(seconds)
            self._clusters = wanted
            self.version += 1

    def _drop(self, name: str) -> None:
        for gauge in (self._took, self._late, self._interval, self._last):
            with contextlib.suppress(
                KeyError
            ):  # Older releases of the library complain about a series that is not there.
                gauge.remove(name)
        for result in RoundResult:
            self._rounds.remove(name, result)

    def count(self, cluster: str, result: RoundResult) -> None:
        """Count one round that was due."""
        with self._lock:
            if cluster in self._clusters:
                self._rounds.labels(cluster, result).inc()
                self.version += 1

    def timed(self, cluster: str, *, took: float, late: float, finished: float | None) -> None:
        """Note the times of a round; ``finished`` (seconds of the epoch) is None where it failed."""
        with self._lock:
            if cluster not in self._clusters:
                return
            self._took.labels(cluster).set(took)
            self._late.labels(cluster).set(late)
            if finished is not None:
                self._last.labels(cluster).set(finished)
            self.version += 1

    def discovered(self, source: str, clusters: int, at: float | None, *, whole: bool) -> None:
        """Note a look at a source of local clusters; ``at`` is None where it failed, ``whole`` says that all it names could be used."""
        with self._lock:
            self._discovery.looked(source, clusters, at, whole=whole)
            self.version += 1

    def sources(self, names: Iterable[str]) -> None:
        """Say which sources there are: series of gone ones vanish."""
        with self._lock:
            self._discovery.expect(names)
            self.version += 1

    def web_config_read(self, *, ok: bool) -> None:
        """Note whether the web configuration could be used when it changed."""
        with self._lock:
            self._web_ok.set(int(ok))
            self.version += 1

    def loaded(self, at: float, *, url: str, broken: Mapping[str, str]) -> None:
        """Note that a configuration is in use since ``at``: where it says that the pages are, which check packs are broken, and why."""
        with self._lock:
            self._reload_ok.set(1)
            self._reload_at.set(at)
            for family in (self._refused, self._broken_pack, self._web):
                family.clear()
            self._broken.set(len(broken))
            for pack, because in broken.items():
                self._broken_pack.labels(shown(pack, MAX_SENTENCE_LENGTH), shown(because, MAX_SENTENCE_LENGTH)).set(1)
            if url:
                self._web.labels(url.rstrip("/")).set(1)
            self.version += 1

    def refused(self, because: str) -> None:
        """Note that the newest configuration is refused: the one before stays in use."""
        with self._lock:
            self._reload_ok.set(0)
            self._refused.clear()
            self._refused.labels(shown(because, MAX_SENTENCE_LENGTH)).set(1)
            self.version += 1

    def history(self, facts: FileFacts | None) -> None:
        """Note how the file of the history does; None where none is configured."""
        with self._lock:
            if self._history.facts != facts:
                self._history.facts = facts
                self.version += 1

    def _changed(self) -> None:
        with self._lock:
            self.version += 1

    def render(self) -> tuple[int, bytes]:
        """The version and the text of all of them. May be called on any thread."""
        with self._lock:
            return self.version, generate_latest(self._registry)
