"""One receiver at a time, with a clock and a network of the test."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from diag.board import Board, Snapshot
from diag.config import Daemon
from diag.config.history_file import HistoryFile
from diag.config.notify_section import AlertmanagerReceiver, Notify, WebhookReceiver
from diag.config.secrets import SecretRef
from diag.evidence.maintenance import MaintenanceWindow
from diag.history import Event, EventKind, MemoryHistory
from diag.model import Policy, Status
from diag.notify import Message, Notifier, Sent, SentResult
from diag.notify.alertmanager import VALID, Alertmanager, by_place
from diag.notify.condition import Condition
from diag.notify.delivered import Delivered
from diag.notify.receivers import names_of, pause_after
from diag.notify.webhook import MAX_WAITING, Webhook, is_notable
from tests.patience import PATIENCE

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
WEB = "https://diag.example"


class Counted:
    """What was counted."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    def receivers(self, names: Iterable[str]) -> None:
        """They are of no interest here."""

    def notified(self, receiver: str, result: SentResult) -> None:
        """Count one attempt."""
        self.seen[f"{receiver} {result}"] += 1

    def dropped(self, receiver: str) -> None:
        """Count what was given up."""
        self.seen[f"{receiver} dropped"] += 1


def hook(url: str = "http://hook.example/a", name: str | None = None) -> WebhookReceiver:
    """The settings of a webhook."""
    return WebhookReceiver(url=url, name=name, secret=SecretRef(env="HOME"))


def event(cursor: int, kind: EventKind = EventKind.STATUS, before: str = "ok", after: str = "fail") -> Event:
    """A change."""
    return Event(cursor=cursor, at=NOW, cluster="eu", remote="logs", kind=kind, before=before, after=after)


def condition(status: Status = Status.FAIL, remote: str = "logs", maintenance: str = "") -> Condition:
    """How a remote is."""
    return Condition(cluster="eu", remote=remote, status=status, maintenance=maintenance)


def alerts_posted(
    receiver: Alertmanager, now: datetime, *known: Condition, awaited: tuple[str, ...] = ()
) -> dict[str, str]:
    """What an Alertmanager would be posted now: the end of each alert by its name."""
    posted: list[Message] = []

    async def send(message: Message) -> Sent:
        posted.append(message)
        return Sent(result=SentResult.SENT)

    receiver.prepare(Snapshot(generation=0, at=now, awaited=awaited), by_place(known), now, WEB)
    asyncio.run(receiver.post(send))
    alerts = [one for message in posted for one in json.loads(message.body)]
    # Alertmanager (Alert.Validate): "start time must be before end time".
    assert all(datetime.fromisoformat(one["startsAt"]) <= datetime.fromisoformat(one["endsAt"]) for one in alerts)
    return {one["labels"]["alertname"]: one["endsAt"] for one in alerts}


def iso(moment: datetime) -> str:
    """A time as it is posted."""
    return moment.isoformat().replace("+00:00", "Z")


def receiver() -> Alertmanager:
    """An Alertmanager that wants a fault to last for a minute."""
    settings = AlertmanagerReceiver(url="http://alerts.example", wait=60.0)
    return Alertmanager("alerts", settings, MemoryHistory(), Counted())


def test_an_alert_waits_is_renewed_before_it_runs_out_and_ends_once() -> None:
    """From the first look at a fault to the minute after it is mended."""
    one, minute = receiver(), timedelta(seconds=60)
    assert alerts_posted(one, NOW, condition()) == {}
    assert alerts_posted(one, NOW + minute, condition()) == {"RemoteClusterFailing": iso(NOW + minute + VALID)}
    assert alerts_posted(one, NOW + 2 * minute, condition()) == {"RemoteClusterFailing": iso(NOW + 2 * minute + VALID)}
    assert minute < VALID
    assert alerts_posted(one, NOW + 3 * minute, condition(Status.OK)) == {"RemoteClusterFailing": iso(NOW + 3 * minute)}
    assert alerts_posted(one, NOW + 4 * minute, condition(Status.OK)) == {}


def test_what_goes_from_fail_to_unknown_does_not_wait_anew() -> None:
    """It is broken all the while: whoever changes between the two each minute is told all the same."""
    one, minute = receiver(), timedelta(seconds=60)
    assert alerts_posted(one, NOW, condition()) == {}
    end = iso(NOW + minute + VALID)
    assert alerts_posted(one, NOW + minute, condition(Status.UNKNOWN)) == {"RemoteClusterUnknown": end}
    again = {"RemoteClusterFailing": iso(NOW + 2 * minute + VALID), "RemoteClusterUnknown": iso(NOW + 2 * minute)}
    assert alerts_posted(one, NOW + 2 * minute, condition()) == again


def test_maintenance_ends_an_alert_and_an_awaited_cluster_does_not() -> None:
    """A cluster whose first round is running is not known to be well."""
    one, minute = receiver(), timedelta(seconds=60)
    alerts_posted(one, NOW, condition())
    alerts_posted(one, NOW + minute, condition())
    assert alerts_posted(one, NOW + 2 * minute, awaited=("eu",)) == {}
    assert alerts_posted(one, NOW + 3 * minute, condition(Status.UNKNOWN, maintenance="new firewall")) == {
        "RemoteClusterFailing": iso(NOW + 3 * minute)
    }


def test_a_clock_that_is_put_back_ends_no_alert() -> None:
    """Alertmanager refuses an alert that ends before it begins, and with it all others of the message."""
    one, minute, hour = receiver(), timedelta(seconds=60), timedelta(hours=1)
    alerts_posted(one, NOW, condition())
    alerts_posted(one, NOW + minute, condition())
    back = NOW + 2 * minute - hour
    assert alerts_posted(one, back, condition()) == {"RemoteClusterFailing": iso(back + VALID)}
    assert alerts_posted(one, back + minute, condition(Status.OK)) == {"RemoteClusterFailing": iso(back + minute)}
    again = receiver()
    alerts_posted(again, NOW, condition())
    alerts_posted(again, NOW + minute, condition())
    assert alerts_posted(again, back, condition(Status.OK)) == {"RemoteClusterFailing": iso(back)}


def test_what_waits_is_bounded_and_what_is_given_up_is_counted(tmp_path: Path) -> None:
    """The oldest goes first."""
    counted = Counted()
    sent: list[bytes] = []

    async def send(message: Message) -> Sent:
        sent.append(message.body)
        return Sent(result=SentResult.SENT)

    async def scene() -> None:
        one = Webhook("hook", hook(), MemoryHistory(), Delivered(tmp_path / "history.sqlite"), counted)
        one.notify([event(number) for number in range(1, MAX_WAITING + 6)], {}, WEB)
        task = asyncio.create_task(one.run(send, WEB))
        while len(sent) < MAX_WAITING:  # noqa: ASYNC110 -- as in the world of the daemon's tests.
            await asyncio.sleep(0.01)
        task.cancel()

    asyncio.run(asyncio.wait_for(scene(), PATIENCE))
    assert counted.seen["hook dropped"] == 5
    assert b'"id": "6-' in sent[0]
    assert f'"id": "{MAX_WAITING + 5}-'.encode() in sent[-1]


def test_what_waits_in_the_history_is_bounded_too() -> None:
    """A webhook that was down for long gets the newest of it, and what it does not get is counted."""
    counted, sent = Counted(), list[bytes]()

    class Past(MemoryHistory):
        """A past with more events than may wait, each with its causes."""

        def events(self, *, after: int = 0, limit: int = 1000, **_: object) -> tuple[Event, ...]:
            """Status and causes by turns."""
            last = 2 * (MAX_WAITING + 7)
            return tuple(
                event(n) if n % 2 else dataclasses.replace(event(n), kind=EventKind.ROOT_CAUSE, after="dns/a, tls/b")
                for n in range(after + 1, min(after + limit, last) + 1)
            )

    async def send(message: Message) -> Sent:
        sent.append(message.body)
        return Sent(result=SentResult.SENT)

    async def scene() -> None:
        delivered = Delivered(None)
        await delivered.note(hook().url, 0)
        task = asyncio.create_task(Webhook("hook", hook(), Past(), delivered, counted).run(send, WEB))
        while len(sent) < MAX_WAITING:  # noqa: ASYNC110 -- as above.
            await asyncio.sleep(0.01)
        task.cancel()

    asyncio.run(asyncio.wait_for(scene(), PATIENCE))
    assert counted.seen["hook dropped"] == 7
    first = json.loads(sent[0])
    assert first["id"].startswith("15-")
    assert [one["check"] for one in first["root_causes"]] == ["dns/a", "tls/b"]


async def test_what_broke_under_maintenance_is_no_news_for_the_next_process(tmp_path: Path) -> None:
    """The receiver was down meanwhile: what it would have been spared, it is spared later, too; that all is well again it is told."""
    sent = list[bytes]()

    class Past(MemoryHistory):
        """It broke in the maintenance of one night, was mended, and broke again in the morning."""

        def events(self, *, after: int = 0, **_: object) -> tuple[Event, ...]:
            """All that is later."""
            night, later = event(1, after="unknown"), NOW + timedelta(hours=3)
            all_ = (
                night,
                dataclasses.replace(event(2, before="unknown", after="ok"), at=NOW + timedelta(minutes=30)),
                dataclasses.replace(event(3), at=later),
            )
            return tuple(one for one in all_ if one.cursor > after)

    async def send(message: Message) -> Sent:
        sent.append(message.body)
        return Sent(result=SentResult.SENT)

    window = MaintenanceWindow(
        begin="2026-11-28T11:00", end="2026-11-28T13:00", note="new firewall", cluster="eu", remote="lo*"
    )
    past = HistoryFile(path=tmp_path / "history.sqlite")
    await Delivered(past.path).note(hook().url, 0)  # An earlier process sent nothing yet.
    notifier = Notifier(Board(), Past(), Counted())
    notifier.reach(WEB, send)
    settings = Daemon(history=past, notify=Notify(webhooks=(hook(),)))
    notifier.begin(settings, Policy(maintenance=(window,)))
    async with asyncio.timeout(10):
        while len(sent) < 2:  # noqa: ASYNC110 -- as above.
            await asyncio.sleep(0.01)
    await notifier.stop(0.0)
    assert [json.loads(one)["after"] for one in sent] == ["ok", "fail"]
    assert [json.loads(one)["id"].partition("-")[0] for one in sent] == ["2", "3"]


async def test_a_receiver_that_never_answers_does_not_hold_up_the_end() -> None:
    """Neither what waits nor what is on its way."""
    begun = asyncio.Event()

    async def send(_message: Message) -> Sent:
        begun.set()
        await asyncio.Event().wait()
        return Sent(result=SentResult.SENT)

    notifier = Notifier(Board(), MemoryHistory(), Counted())
    notifier.reach(WEB, send)
    notifier.begin(Daemon(notify=Notify(webhooks=(hook(),))))
    notifier.notify([event(1)])
    async with asyncio.timeout(PATIENCE):
        await begun.wait()
        await notifier.stop(0.05)


def test_news_is_what_is_not_well() -> None:
    """What appears well or goes well is none."""
    appeared, gone = EventKind.APPEARED, EventKind.GONE
    assert is_notable(event(1, appeared, "", "fail"))
    assert is_notable(event(1, appeared, "", "unknown"))
    assert not is_notable(event(1, appeared, "", "ok"))
    assert is_notable(event(1, gone, "fail", ""))
    assert not is_notable(event(1, gone, "ok", ""))
    assert is_notable(event(1, before="fail", after="ok"))
    assert not is_notable(dataclasses.replace(event(1), kind=EventKind.ADDRESS))


def test_receivers_are_told_apart_without_their_paths() -> None:
    """A path may be a secret; two receivers at one host are two series."""
    names = names_of(
        [hook("https://chat.example/T0/secret"), hook("https://chat.example/T1/secret"), hook(name="ours")]
    )
    assert names == ("chat.example", "chat.example (2)", "ours")


def test_pauses_grow_and_are_bounded() -> None:
    """From a second to a minute, less a jitter."""
    for failures, longest in ((1, 1), (2, 2), (4, 8), (7, 60), (10_000, 60)):
        assert all(longest / 2 <= pause_after(failures) <= longest for _ in range(50))
    assert pause_after(1, asked=90.0) == 90.0
    assert 30.0 <= pause_after(7, asked=1.0) <= 60.0
    assert pause_after(1, asked=1e9) == 3600.0


async def test_a_file_that_can_not_be_kept_costs_nothing_else(tmp_path: Path) -> None:
    """A folder that is not there, and a file with nonsense."""
    lost = Delivered(tmp_path / "gone" / "history.sqlite")
    await lost.note("http://hook.example", 7)
    assert lost.of("http://hook.example") == 7
    for nonsense in ("", "[1]", "{", '{"a": "b"}'):
        (tmp_path / "history.sqlite.notified").write_text(nonsense)
        kept = Delivered(tmp_path / "history.sqlite")
        assert kept.of("http://hook.example") is None
    await kept.note("http://hook.example", 8)
    assert Delivered(tmp_path / "history.sqlite").of("http://hook.example") == 8
