"""Clusters that sources name, in the plan of the daemon."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable

import structlog

from diag.daemon.own_metrics import OwnMetrics
from diag.discovery import Discoverer, Find, Findings
from diag.plan import Plan

log = structlog.stdlib.get_logger("diag.daemon")


class Discovering:
    """Hands out the plan with what is discovered now, each time that it is another: to ``adopt``."""

    def __init__(self, find: Find, own: OwnMetrics, adopt: Callable[[Plan], None]) -> None:
        self._discoverer = Discoverer(find, self._looked)
        self._own, self._adopt = own, adopt
        self._configured: Plan | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What is wrong with the sources."""
        problems = self._discoverer.problems.items()
        return tuple(f"The source {name} of clusters: {text}" for name, text in problems)

    @property
    def waiting(self) -> str:
        """Why not every source was looked at yet; empty where all were."""
        waiting = len(self._discoverer.waiting)
        return f"waiting for the first look at {waiting} sources of clusters" if waiting else ""

    def begin(self, plan: Plan) -> Plan:
        """Look at the sources of a plan as it is configured, and give it with what is known of them so far."""
        self._configured = plan
        self._discoverer.begin(plan.config)
        self._own.sources(source.name for source in plan.config.discover)
        return self._complete(plan)

    async def stop(self) -> None:
        """Look no more."""
        await self._discoverer.stop()

    def _complete(self, plan: Plan) -> Plan:
        return dataclasses.replace(plan, config=self._discoverer.complete(plan.config))

    def _looked(self, findings: Findings, *, new: bool) -> None:
        read_at = None if findings.failed else time.time()
        self._own.discovered(findings.source, len(findings.clusters), read_at, whole=not findings.problem)
        if findings.problem:
            log.warning("discovery.problem", source=findings.source, problem=findings.problem)
        if new and self._configured is not None:
            log.info("discovery.changed", source=findings.source, clusters=len(findings.clusters))
            self._adopt(self._complete(self._configured))
