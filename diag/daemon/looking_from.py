"""What the daemon looks through: its own network, and the workers at vantage points where the configuration names some."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping

import structlog

from diag.config import ClusterConfig, Config, ConfigError, Problem
from diag.config.vantage_section import SchedulerSection
from diag.daemon.serve import StartError
from diag.daemon.vantage_series import VantageSeries
from diag.plan import Plan
from diag.rounds import CollectRound
from diag.text import shown
from diag.vantage.installed import problem_of_installation
from diag.vantage.placed_rounds import asked_views
from diag.vantage.vantage_collector import PlacedResult, VantageCollector

_MAX_TEXT = 300

log = structlog.stdlib.get_logger("diag.daemon")


class Placed:
    """Hands on what happens at vantage points, once the daemon is there that notes it."""

    def __init__(self) -> None:
        self._series: VantageSeries | None = None
        self._arrived: Callable[[str], None] = lambda _place: None
        self._there: frozenset[str] = frozenset()

    def report_to(self, series: VantageSeries, arrived: Callable[[str], None]) -> None:
        """Begin to hand on: counts and workers to the series, a vantage point that is there (again) to ``arrived``."""
        self._series, self._arrived = series, arrived

    def count(self, name: str, result: PlacedResult) -> None:
        """Count a round."""
        if self._series is not None:
            self._series.count(name, result)

    def present(self, workers: Mapping[str, int]) -> None:
        """Note who is there now."""
        if self._series is None:
            return
        self._series.present(workers)
        there = frozenset(name for name, count in workers.items() if count)
        new, self._there = there - self._there, there
        for name in new:
            if name not in self._series.known:
                because = "vantage_points of the configuration does not name it: it is given no round"
                log.warning("vantage.point_unknown", vantage_point=shown(name, _MAX_TEXT), because=because)
            self._arrived(name)


def clusters_seen_from(plan: Plan, place: str) -> tuple[str, ...]:
    """The local clusters that are looked at from a vantage point, or whose rounds it may take over."""
    config = plan.config
    places = {place, *(one.name for one in config.vantage_points if place in one.taken_over_by)}
    return tuple(
        cluster.name
        for cluster in plan.in_shard
        if any(one is not None and one.name in places for one in asked_views(config, cluster))
    )


def is_seen_from_elsewhere(plan: Plan, cluster: ClusterConfig) -> bool:
    """Whether some of a local cluster is looked at from a vantage point: then its rounds begin in the process that has the scheduler."""
    return asked_views(plan.config, cluster) != (None,)


def log_what_needs_restart(old: Config, new: Config) -> None:
    """Say which settings a reload changes that only a restart puts in force."""
    for setting in _needing_restart(old, new):
        log.warning("config.needs_restart", setting=setting)


def _needing_restart(old: Config, new: Config) -> Iterator[str]:
    for setting in ("listen", "history", "web_config"):
        if getattr(old.daemon, setting) != getattr(new.daemon, setting):
            yield f"daemon.{setting}"
    if old.scheduler != new.scheduler or bool(old.vantage_points) != bool(new.vantage_points):
        yield "scheduler"


def refuse_without_packages(plan: Plan) -> None:
    """Raise ConfigError where the configuration has vantage points, and what they need is not installed."""
    problem = problem_of_installation() if plan.config.vantage_points else ""
    if problem:
        raise ConfigError([Problem(file="vantage_points", message=problem)])


@contextlib.asynccontextmanager
async def looking_from(config: Config, here: CollectRound, placed: Placed) -> AsyncIterator[CollectRound]:
    """Look from here, and listen for workers while this is open, if there are vantage points. Raises StartError."""
    if config.scheduler is None or not config.vantage_points:
        yield VantageCollector(here, None, placed.count)
        return
    from diag.vantage.embedded_scheduler import opened_scheduler  # noqa: PLC0415 -- Dask is an extra, and slow to load.

    async with contextlib.AsyncExitStack() as stack:
        opened = opened_scheduler(config.scheduler, lambda: placed.present(scheduler.present))
        try:
            scheduler = await stack.enter_async_context(opened)
        except (OSError, RuntimeError) as error:
            raise _cannot_listen(config.scheduler, error) from None
        yield VantageCollector(here, scheduler, placed.count)


def _cannot_listen(section: SchedulerSection, error: Exception) -> StartError:
    cause = error.__cause__ or error
    text = f"can't listen for workers on {section.listen}: {shown(str(cause), _MAX_TEXT)} (section scheduler)"
    return StartError(text, 2)
