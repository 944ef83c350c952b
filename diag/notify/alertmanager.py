"""One Alertmanager: everything that is broken now as alerts, again before they run out, and at once when they are over."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog

from diag.board import Snapshot
from diag.config.notify_section import AlertmanagerReceiver
from diag.history import History
from diag.metrics.label_values import MAX_LABEL_LENGTH
from diag.model import Status
from diag.notify.condition import Condition
from diag.notify.receivers import Counting, Message, Send, SentResult, pause_after
from diag.text import shown

RESEND: Final = 60.0
# As Prometheus does: three lost messages, or a restart of diag, end no alert.
VALID: Final = timedelta(seconds=4 * RESEND)
_AT_ONCE: Final = 200  # Alerts in one request.
_ALERTED: Final = frozenset({Status.FAIL, Status.UNKNOWN})

log = structlog.stdlib.get_logger("diag.notify")

Key = tuple[str, str]
Labels = tuple[tuple[str, str], ...]
Conditions = Mapping[Key, Condition]
Now = Callable[[], tuple[Snapshot, Conditions]]


class Alertmanager:
    """Notifies one Alertmanager. It keeps no queue: what is posted is always how things are now."""

    def __init__(self, name: str, settings: AlertmanagerReceiver, history: History, counting: Counting) -> None:
        self.name = name
        self.failures = 0
        self._asked = 0.0  # The pause that the receiver asked for when it failed last.
        self._settings, self._history, self._counting = settings, history, counting
        self._since: dict[Key, datetime] = {}
        self._active: dict[Labels, dict[str, Any]] = {}
        self._over: dict[Labels, dict[str, Any]] = {}
        self._wanted: dict[Labels, dict[str, Any]] = {}
        self._new = asyncio.Event()
        self._posting = False

    @property
    def busy(self) -> bool:
        """Whether something waits that is likely to arrive."""
        return (self._new.is_set() or self._posting) and not self.failures

    def changed(self) -> None:
        """Say that something changed."""
        self._new.set()

    async def run(self, send: Send, now_known: Now, web: str) -> None:
        """Notify, for ever. ``now_known`` gives the snapshot of the board and the conditions in it."""
        while True:
            self._new.clear()
            self._posting = True
            snapshot, conditions = await asyncio.to_thread(now_known)
            due = self.prepare(snapshot, conditions, datetime.now(UTC), web)
            arrived = await self.post(send)
            self._posting = False
            if arrived:
                self.failures = 0
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(due):
                        await self._new.wait()
            else:
                self.failures += 1
                await asyncio.sleep(pause_after(self.failures, self._asked))

    def prepare(self, snapshot: Snapshot, conditions: Conditions, now: datetime, web: str) -> float:
        """Find which alerts there are and which are over, and give the seconds until the next one has waited long enough."""
        wanted: dict[Labels, dict[str, Any]] = {}
        due = RESEND
        bad = {key: one for key, one in conditions.items() if one.status in _ALERTED and not one.maintenance}
        awaited = set(snapshot.awaited)
        self._since = {key: at for key, at in self._since.items() if key in bad or key[0] in awaited}
        for key, one in bad.items():
            # What changes between fail and unknown is broken all the while: it does not begin to wait anew.
            since = self._since.get(key) or self._history.since(*key) or now
            # A clock that was put back makes the beginning one of the future, which no Alertmanager takes: it begins now.
            since = self._since[key] = min(since, now)
            left, labels = self._settings.wait - (now - since).total_seconds(), labels_of(one)
            if left <= 0 or labels in self._active:
                wanted[labels] = alert_of(one, since, now + VALID, web)
            else:
                due = min(due, left + 0.05)
        for labels, alert in self._active.items():
            if labels not in wanted and dict(labels)["cluster"] not in awaited:
                self._over[labels] = _ended(alert, now)
        kept = {labels: alert for labels, alert in self._active.items() if labels not in self._over}
        self._active = {**kept, **wanted}
        self._over = {labels: alert for labels, alert in self._over.items() if labels not in wanted}
        self._wanted = wanted
        return due

    async def post(self, send: Send) -> bool:
        """Post what is there, and what is over until that arrived once. True where nothing has to be tried again."""
        over = dict(self._over)
        alerts = [*self._wanted.values(), *over.values()]
        for begin in range(0, len(alerts), _AT_ONCE):
            body = json.dumps(alerts[begin : begin + _AT_ONCE]).encode()
            url = f"{self._settings.url.rstrip('/')}/api/v2/alerts"
            sent = await send(Message(url=url, body=body, login=self._settings.auth, ca=self._settings.ca))
            self._counting.notified(self.name, sent.result)
            if sent.result is SentResult.FAILED:
                self._asked = sent.pause
                log.warning("notify.failed", receiver=self.name, attempt=self.failures + 1, because=sent.detail)
                return False
            if sent.result is SentResult.REFUSED:
                log.error("notify.refused", receiver=self.name, because=sent.detail)
        for labels in over:
            self._over.pop(labels, None)
        return True


def labels_of(condition: Condition) -> Labels:
    """The labels of an alert, as the rules give them: grouping, routes and inhibition fit both."""
    labels = {"alertname": condition.alert, "cluster": shown(condition.cluster, MAX_LABEL_LENGTH)}
    if condition.remote:
        labels["remote"] = shown(condition.remote, MAX_LABEL_LENGTH)
    return (*labels.items(), ("severity", condition.severity))


def alert_of(condition: Condition, since: datetime, until: datetime, web: str) -> dict[str, Any]:
    """One alert as ``POST /api/v2/alerts`` takes it."""
    page = condition.page(web)
    annotations = {
        "summary": condition.summary,
        "description": condition.description,
        "action": condition.causes[0].remedy if condition.causes else "Open the page: it says what is known.",
        "page": page,
        "runbook_url": condition.runbook(web),
    }
    return {
        "labels": dict(labels_of(condition)),
        "annotations": annotations,
        "startsAt": _time(since),
        "endsAt": _time(until),
        "generatorURL": page,
    }


def _ended(alert: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The same, over now; it began by then, also where the clock was put back meanwhile."""
    began = datetime.fromisoformat(alert["startsAt"])
    return {**alert, "startsAt": _time(min(began, now)), "endsAt": _time(now)}


def by_place(conditions: Iterable[Condition]) -> Conditions:
    """Conditions by cluster and remote."""
    return {(one.cluster, one.remote): one for one in conditions}


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
