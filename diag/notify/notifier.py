"""Everybody who is notified, as the configuration says it now. Rounds never wait for any of it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Coroutine, Iterable
from typing import Any, Final

import structlog

from diag.board import Board, Snapshot
from diag.config import Daemon as DaemonSettings
from diag.config.notify_section import Notify
from diag.engine.acknowledged import decisions
from diag.history import Event, History
from diag.model import Policy
from diag.notify.alertmanager import Alertmanager, Conditions, by_place
from diag.notify.condition import conditions
from diag.notify.delivered import Delivered
from diag.notify.receivers import Counting, Send, names_of, pause_after, send_nothing
from diag.notify.webhook import Webhook, is_notable

_LAST_WORDS: Final = 2.0  # Seconds that what waits has to arrive when the daemon stops.

log = structlog.stdlib.get_logger("diag.notify")


class Notifier:
    """Notifies the receivers of the configuration."""

    def __init__(self, board: Board, history: History, counting: Counting) -> None:
        self._address = ""
        self._policy = Policy()
        self._send: Send = send_nothing
        self._board, self._history, self._counting = board, history, counting
        self._delivered: Delivered | None = None
        self._settings: tuple[Notify, str] | None = None
        self._alertmanagers: tuple[Alertmanager, ...] = ()
        self._webhooks: tuple[Webhook, ...] = ()
        self._tasks: tuple[asyncio.Task[None], ...] = ()

    def reach(self, address: str, send: Send) -> None:
        """Say where pages are reached where the configuration does not, and what posts; before ``begin``."""
        self._address, self._send = address, send

    def begin(self, settings: DaemonSettings, policy: Policy | None = None) -> None:
        """Notify whom the configuration names. Called again where it was loaded again; nothing is done where it says the same.

        ``policy`` knows the times of maintenance, for what happened before this process began.
        """
        self._policy = policy or Policy()
        web = (settings.url or self._address).rstrip("/")
        notify = settings.notify
        if self._settings == (notify, web):
            return
        self._settings = notify, web
        self._cancel()
        if self._delivered is None:
            self._delivered = Delivered(settings.history.path if settings.history else None)
        names = names_of((*notify.alertmanager, *notify.webhooks))
        self._counting.receivers(names)
        self._alertmanagers = tuple(
            Alertmanager(name, one, self._history, self._counting)
            for name, one in zip(names, notify.alertmanager, strict=False)
        )
        self._webhooks = tuple(
            Webhook(name, one, self._history, self._delivered, self._counting, self._was_maintained)
            for name, one in zip(names[len(notify.alertmanager) :], notify.webhooks, strict=True)
        )
        self._tasks = (
            *(self._task(one.name, one, self._now, web) for one in self._alertmanagers),
            *(self._task(one.name, one, web) for one in self._webhooks),
        )

    def notify(self, events: Iterable[Event]) -> None:
        """Notify of changes that the board shows already; this only puts them where they wait."""
        events = tuple(filter(is_notable, events))
        if not events or not self._tasks or self._settings is None:
            return
        clusters = self._board.snapshot().clusters
        states = [clusters[name] for name in {one.cluster for one in events} if name in clusters]
        aliases = {one.remote for one in events}
        known = by_place(one for state in states for one in conditions(state.report, state.round.failure, aliases))
        for hook in self._webhooks:
            hook.notify(events, known, self._settings[1])
        for one in self._alertmanagers:
            one.changed()

    async def stop(self, grace: float) -> None:
        """Let what waits arrive, within ``grace`` seconds at most; a webhook gets the rest from the next process."""
        until = time.monotonic() + min(grace, _LAST_WORDS)
        receivers: tuple[Alertmanager | Webhook, ...] = (*self._webhooks, *self._alertmanagers)
        while time.monotonic() < until and any(one.busy for one in receivers):  # noqa: ASYNC110 -- each has its own event.
            await asyncio.sleep(0.02)
        tasks = self._tasks
        self._cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._delivered is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LAST_WORDS):
                    await self._delivered.keep()  # Cancelling may have stopped the writing of it.

    def _now(self) -> tuple[Snapshot, Conditions]:
        snapshot = self._board.snapshot()
        states = snapshot.clusters.values()
        return snapshot, by_place(one for state in states for one in conditions(state.report, state.round.failure))

    def _was_maintained(self, event: Event) -> bool:
        return decisions(self._policy, event.cluster, event.remote, event.at).maintenance is not None

    def _task(self, name: str, receiver: Alertmanager | Webhook, *more: Any) -> asyncio.Task[None]:  # noqa: ANN401 -- handed on.
        return asyncio.create_task(self._on_and_on(receiver, *more), name=f"notify {name}")

    async def _on_and_on(self, receiver: Alertmanager | Webhook, *more: Any) -> None:  # noqa: ANN401 -- handed on.
        """A bug costs one attempt, never the receiver."""
        crashes = 0
        while True:
            try:
                running: Coroutine[Any, Any, None] = receiver.run(self._send, *more)
                await running
            except Exception as error:  # noqa: BLE001 -- its text could hold anything.
                crashes += 1
                log.error("notify.crashed", receiver=receiver.name, error=type(error).__name__)  # noqa: TRY400 -- as above.
                await asyncio.sleep(pause_after(crashes))

    def _cancel(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._tasks = ()
