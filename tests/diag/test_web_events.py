"""What changed, over HTTP: nothing twice, nothing left out in silence, and an answer that waits for the next event."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from diag.history import MemoryHistory, memory
from diag.web import event_routes
from tests.diag.test_web import NOW, FakeService, client, report, service
from tests.patience import PATIENCE

__all__ = ["client", "service"]
PAUSE = timedelta(minutes=2)


def happen(service: FakeService, *, broken: bool, minute: int, cluster: str = "eu") -> None:
    """A round found the remote so, as history and board have it."""
    made = report(broken=broken, cluster=cluster)
    service.history.record(made, NOW + timedelta(minutes=minute), PAUSE)
    service.board.put(made)


async def get(client: httpx.AsyncClient, query: str = "") -> Any:
    """What is answered."""
    answer = await client.get(f"/events?{query}")
    assert answer.status_code == 200, answer.text
    return json.loads(answer.content)


async def test_a_change_is_told_with_what_was_before_and_after(service: FakeService, client: httpx.AsyncClient) -> None:
    """Of the remote, with its time; of the cluster itself without a remote."""
    happen(service, broken=False, minute=0)
    start = (await get(client))["after"]
    happen(service, broken=True, minute=1)
    found = await get(client, f"after={start}")
    of_remote = {event["kind"]: event for event in found["events"] if event["remote"] == "logs"}
    assert (of_remote["status"]["before"], of_remote["status"]["after"]) == ("ok", "fail")
    assert of_remote["root_cause"]["after"] == "network/dns-nxdomain"
    assert of_remote["status"]["at"] == "2026-01-15T12:01:00Z"
    assert {event["remote"] for event in found["events"]} <= {"logs", None}


async def test_page_after_page_gives_each_event_once(service: FakeService, client: httpx.AsyncClient) -> None:
    """With the cursor of the answer before, until there are no more."""
    for minute in range(12):
        happen(service, broken=minute % 2 == 1, minute=minute)
    everything = [event["cursor"] for event in (await get(client, "limit=1000"))["events"]]
    cursors, after, more = [], 0, True
    while more:
        page = await get(client, f"after={after}&limit=3")
        assert len(page["events"]) <= 3
        cursors += [event["cursor"] for event in page["events"]]
        after, more = page["after"], page["more"]
    assert cursors == everything == sorted(set(everything))
    assert len(cursors) > 12
    end = await get(client, f"after={after}")
    assert (end["events"], end["after"], end["missed"]) == ([], after, False)


async def test_what_is_chosen(service: FakeService, client: httpx.AsyncClient) -> None:
    """By cluster, remote and kind; a cluster that is gone still has its past."""
    happen(service, broken=False, minute=0)
    happen(service, broken=False, minute=0, cluster="old")
    happen(service, broken=True, minute=1)
    service.history.expect(["eu"], NOW + timedelta(minutes=2))
    service.board.expect(["eu"])
    statuses = await get(client, "cluster=eu&remote=logs&kind=status")
    assert [(event["before"], event["after"]) for event in statuses["events"]] == [("ok", "fail")]
    gone = await get(client, "cluster=old&kind=gone,appeared")
    assert {event["kind"] for event in gone["events"]} == {"appeared", "gone"}
    after_all = await get(client, f"cluster=old&after={gone['after']}")
    assert after_all["events"] == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("cluster=ue", 404),
        ("remote=lgos", 404),
        ("kind=statsu", 400),
        ("after=x", 400),
        ("limit=1001", 400),
        ("wait=61", 400),
    ],
)
async def test_what_is_mistyped_is_refused(
    service: FakeService, client: httpx.AsyncClient, query: str, code: int
) -> None:
    """No change of what does not exist would look like peace."""
    happen(service, broken=False, minute=0)
    assert (await client.get(f"/events?{query}")).status_code == code


async def test_a_cursor_that_is_ahead_of_everything_is_said(service: FakeService, client: httpx.AsyncClient) -> None:
    """A past that is gone may have ended later than the clock of today: whoever waited for its next event would miss all of today's."""
    service.history = MemoryHistory()
    assert not (await get(client, f"after={10**17}"))["missed"]  # Nothing happened yet, so that nothing was missed.
    happen(service, broken=False, minute=0)
    newest = (await get(client, "limit=1000"))["after"]
    ahead = await get(client, f"after={newest + 1}&wait=60")
    assert (ahead["events"], ahead["after"], ahead["missed"]) == ([], newest, True)
    happen(service, broken=True, minute=1)
    after = await get(client, f"after={ahead['after']}")
    assert after["events"]
    assert not after["missed"]


async def test_what_is_no_longer_kept_is_said(
    service: FakeService, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who asks with a cursor that is older than everything may have missed something."""
    monkeypatch.setattr(memory, "MAX_RECENT", 4)
    service.history = MemoryHistory()
    happen(service, broken=False, minute=0)
    early = (await get(client, "limit=1"))["after"]
    assert not (await get(client, f"after={early}"))["missed"]
    for minute in range(1, 9):
        happen(service, broken=minute % 2 == 1, minute=minute)
    assert (await get(client, f"after={early}"))["missed"]
    assert not (await get(client))["missed"]


async def test_an_answer_waits_for_the_next_event(
    service: FakeService, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long as it was asked to, and no longer than until it comes."""
    monkeypatch.setattr(event_routes, "LOOK_EVERY", 0.01)
    happen(service, broken=False, minute=0)
    after = (await get(client))["after"]
    waiting = asyncio.create_task(get(client, f"after={after}&wait=60"))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    happen(service, broken=True, minute=1)
    found = await asyncio.wait_for(waiting, PATIENCE)
    assert "status" in {event["kind"] for event in found["events"]}
    nothing = await asyncio.wait_for(get(client, f"after={found['after']}&wait=1"), PATIENCE)
    assert (nothing["events"], nothing["after"]) == ([], found["after"])
