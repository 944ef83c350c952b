"""One webhook: each change of a status as a signed message, in order, until it arrived."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import structlog

from diag.config import SecretError
from diag.config.notify_section import WebhookReceiver
from diag.history import Event, EventKind, History
from diag.model import Status
from diag.notify.condition import Cause, Condition
from diag.notify.delivered import Delivered
from diag.notify.receivers import Counting, Message, Send, Sent, SentResult, pause_after

MAX_WAITING: Final = 1000
KINDS: Final = frozenset({EventKind.APPEARED, EventKind.GONE, EventKind.STATUS})
_PAGE: Final = 500
_WELL: Final = frozenset({Status.OK.value, Status.WARN.value, ""})

log = structlog.stdlib.get_logger("diag.notify")

Key = tuple[str, str]
# Whether something was under maintenance when an event of it happened.
WasMaintained = Callable[[Event], bool]


def never(_: Event) -> bool:
    """Nothing ever was."""
    return False


class Webhook:
    """Notifies one address. What waits is bounded: the oldest is given up first, and counted."""

    def __init__(
        self,
        name: str,
        settings: WebhookReceiver,
        history: History,
        delivered: Delivered,
        counting: Counting,
        was_maintained: WasMaintained = never,
    ) -> None:
        self.name = name
        self.failures = 0
        self._settings, self._history, self._delivered, self._counting = settings, history, delivered, counting
        self._was_maintained = was_maintained
        self._waiting: dict[int, Mapping[str, Any] | None] = {}  # None: told to nobody, and noted in its turn.
        self._new = asyncio.Event()
        self._begun = time.time_ns() // 1000  # As cursors count: what was before it is the past of another.

    @property
    def busy(self) -> bool:
        """Whether something waits that is likely to arrive."""
        return bool(self._waiting) and not self.failures

    def notify(self, events: Iterable[Event], conditions: Mapping[Key, Condition], web: str) -> None:
        """Put events at the end of what waits."""
        for event in filter(is_notable, events):
            condition = conditions.get((event.cluster, event.remote))
            # What breaks under maintenance is no news, and neither is what is not known meanwhile.
            hushed = condition is not None and condition.maintenance and event.after != Status.OK
            self._waiting[event.cursor] = None if hushed else message_of(event, condition, web)
            self._bound()
        self._new.set()

    async def run(self, send: Send, web: str) -> None:
        """Notify, for ever. First what another process, or the same with other settings, had not sent yet."""
        if self._delivered.of(self._settings.url) is None:
            # Noted even where nothing ever arrives: the next process sends what this one could not.
            await self._delivered.note(self._settings.url, self._begun)
        earlier = await asyncio.to_thread(self._earlier, web)
        self._waiting = dict(sorted({**earlier, **self._waiting}.items()))
        self._bound()
        while True:
            while self._waiting:
                cursor, content = next(iter(self._waiting.items()))
                if content is None:
                    await self._delivered.note(self._settings.url, cursor)
                    self._waiting.pop(cursor, None)
                    continue
                sent = await send_signed(self._settings, content, send)
                self._counting.notified(self.name, sent.result)
                if sent.result is SentResult.FAILED:
                    self.failures += 1
                    log.warning("notify.failed", receiver=self.name, attempt=self.failures, because=sent.detail)
                    await asyncio.sleep(pause_after(self.failures, sent.pause))
                    continue
                if sent.result is SentResult.REFUSED:
                    log.error("notify.refused", receiver=self.name, id=content["id"], because=sent.detail)
                self.failures = 0
                # Noted before it waits no more: whoever stops the daemon waits for both.
                await self._delivered.note(self._settings.url, cursor)
                self._waiting.pop(cursor, None)
            self._new.clear()
            await self._new.wait()

    def _earlier(self, web: str) -> dict[int, Mapping[str, Any] | None]:
        """What the history holds since the last event that was sent; its sentences are not known any more, its checks are."""
        after = self._delivered.of(self._settings.url)
        after = self._begun if after is None else after
        causes: dict[tuple[str, str, datetime], str] = {}
        news: list[Event] = []
        while page := self._history.events(after=after, limit=_PAGE, kinds=KINDS | {EventKind.ROOT_CAUSE}):
            after = page[-1].cursor
            news += filter(is_notable, page)
            for _ in news[:-MAX_WAITING]:
                self._counting.dropped(self.name)
            news = news[-MAX_WAITING:]
            causes |= {(one.cluster, one.remote, one.at): one.after for one in page if one.kind is EventKind.ROOT_CAUSE}
            causes = {key: checks for key, checks in causes.items() if not news or key[2] >= news[0].at}
        known = {one.cursor: causes.get((one.cluster, one.remote, one.at), "") for one in news}
        return {
            one.cursor: None
            if one.after != Status.OK and self._was_maintained(one)
            else message_of(one, _condition_of(one, known[one.cursor]), web)
            for one in news
        }

    def _bound(self) -> None:
        while len(self._waiting) > MAX_WAITING:
            self._waiting.pop(next(iter(self._waiting)))
            self._counting.dropped(self.name)


def is_notable(event: Event) -> bool:
    """Whether a change is news for somebody else: what appears well, or goes well, is none."""
    match event.kind:
        case EventKind.STATUS:
            return True
        case EventKind.APPEARED:
            return event.after != Status.OK
        case EventKind.GONE:
            return event.before not in _WELL
    return False


def message_of(event: Event, condition: Condition | None, web: str) -> Mapping[str, Any]:
    """What is sent of an event. The same event has the same ``id``, however often it comes."""
    if condition is None or condition.status.value != event.after:
        condition = _condition_of(event, "")
    about = hashlib.sha256(f"{event.cluster}\0{event.remote}".encode()).hexdigest()[:12]
    return {
        "version": 1,
        "id": f"{event.cursor}-{about}",
        "at": event.at.isoformat().replace("+00:00", "Z"),
        "kind": event.kind.value,
        "cluster": event.cluster,
        "remote": event.remote,
        "before": event.before,
        "after": event.after,
        "summary": condition.summary if event.after else f"{_place(event)} is gone.",
        "root_causes": [
            {"check": one.check, "severity": one.severity, "summary": one.summary, "fix": one.remedy}
            for one in condition.causes
        ],
        "open_questions": [{"check": check, "because": because} for check, because in condition.because],
        "maintenance": condition.maintenance,
        "page": condition.page(web),
        "runbook_url": condition.runbook(web),
    }


def _place(event: Event) -> str:
    return f"Remote {event.remote} of {event.cluster}" if event.remote else f"The local cluster {event.cluster}"


def _condition_of(event: Event, causes: str) -> Condition:
    status = Status(event.after) if event.after else Status.UNKNOWN
    checks = [one for one in causes.split(", ") if one]
    known = tuple(Cause(check=one, severity="", summary="", remedy="") for one in checks)
    return Condition(cluster=event.cluster, remote=event.remote, status=status, causes=known)


async def send_signed(settings: WebhookReceiver, content: Mapping[str, Any], send: Send) -> Sent:
    """Sign a message with what the secret is now, and send it."""
    body = json.dumps(content, ensure_ascii=False).encode("utf-8", "backslashreplace")
    try:
        secret = (await asyncio.to_thread(settings.secret.resolve)).reveal()
    except SecretError as error:
        return Sent(result=SentResult.FAILED, detail=f"the secret cannot be had: {error.detail}")
    timestamp = str(int(time.time()))
    signature = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    headers = {
        "X-Diag-Id": str(content["id"]),
        "X-Diag-Timestamp": timestamp,
        "X-Diag-Signature": f"sha256={signature}",
    }
    return await send(Message(url=settings.url, body=body, headers=headers, ca=settings.ca))
