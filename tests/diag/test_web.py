"""The pages: what they say, what they refuse, and that nothing of a peer becomes markup."""

from __future__ import annotations

import asyncio
import dataclasses
import gzip
import json
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import httpx
import pytest

from diag.board import Board
from diag.config import ConfigError, Problem
from diag.engine import judge
from diag.history import History, MemoryHistory
from diag.model import ClusterReport, Policy
from diag.web import BusyError, Probed, ProbeFailedError, UnknownNameError, build_app
from diag.web.views import duration
from tests import caselib
from tests.diag.daemon.world import healthy, without_name

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>\x1b[31m\u202e{{ 7*7 }}"


def report(
    alias: str = "logs", *, broken: bool = False, cluster: str = "eu", policy: Policy | None = None
) -> ClusterReport:
    """Judge a cluster with one remote."""
    evidence = healthy()
    remote = without_name(evidence.remotes[0]) if broken else evidence.remotes[0]
    remote = dataclasses.replace(remote, remote=dataclasses.replace(remote.remote, alias=alias))
    local = dataclasses.replace(evidence.cluster, name=cluster, remotes=(remote.remote,))
    return judge(
        dataclasses.replace(evidence, cluster=local, taken_at=NOW, remotes=(remote,)),
        caselib.catalogue().checks,
        policy,
    )


class Own:
    """Own metrics that note on which thread they are rendered, and how often."""

    def __init__(self) -> None:
        self.version = 0
        self.threads: list[str] = []

    def render(self) -> tuple[int, bytes]:
        """Render one series."""
        self.threads.append(threading.current_thread().name)
        return self.version, b"diag_up 1\n"


class FakeService:
    """A service that does what the test wants."""

    known_checks = caselib.catalogue().checks

    def __init__(self) -> None:
        self.board = Board(["eu"])
        self.history: History = MemoryHistory()
        self.own = Own()
        self.interval = 60.0
        self.notes: tuple[str, ...] = ()
        self.unready = ""
        self.error: Exception | None = None
        self.hangs = False
        self.hanging = 0
        self.reloads = 0

    def not_ready(self) -> str:
        """Why not."""
        return self.unready

    async def reload(self) -> None:
        """Count, or refuse."""
        if self.error:
            raise self.error
        self.reloads += 1

    async def probe(self, cluster: str, remote: str) -> Probed:
        """Probe."""
        if self.error:
            raise self.error
        if self.hangs:
            self.hanging += 1
            await asyncio.Event().wait()
        return Probed(report=report(remote, broken=remote == "broken", cluster=cluster), took=0.25)

    async def run(self, cluster: str) -> Probed:
        """Look at a whole cluster."""
        return await self.probe(cluster, "logs")


@pytest.fixture
def service() -> FakeService:
    """A service with one healthy cluster on its board."""
    made = FakeService()
    made.board.put(report())
    return made


@pytest.fixture
async def client(service: FakeService) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application."""
    transport = httpx.ASGITransport(app=build_app(service))
    async with httpx.AsyncClient(transport=transport, base_url="http://diag", headers={"accept-encoding": ""}) as made:
        yield made


async def test_metrics_are_the_report_and_the_service(client: httpx.AsyncClient) -> None:
    """One body, in the text format of Prometheus."""
    answer = await client.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert 'diag_remote_status{cluster="eu",remote="logs"} 0\n' in answer.text
    assert answer.text.endswith("diag_up 1\n")


async def test_metrics_are_rendered_on_a_thread_and_once_for_each_change(
    service: FakeService, client: httpx.AsyncClient
) -> None:
    """Many scrapes of one state cost one rendering, and none of it happens on the event loop."""
    await asyncio.gather(*(client.get("/metrics") for _ in range(5)))
    assert len(service.own.threads) == 1
    assert service.own.threads[0] != threading.current_thread().name
    service.own.version += 1
    await client.get("/metrics")
    service.board.put(report(broken=True))
    changed = await client.get("/metrics")
    assert len(service.own.threads) == 3
    assert 'diag_remote_status{cluster="eu",remote="logs"} 2\n' in changed.text


@pytest.mark.parametrize("path", ["/metrics", "/report"])
async def test_gzip_is_sent_to_those_who_take_it(client: httpx.AsyncClient, path: str) -> None:
    """The same content, packed, and only when asked for."""
    plain = await client.get(path)
    assert "content-encoding" not in plain.headers
    async with client.stream("GET", path, headers={"accept-encoding": "deflate, gzip;q=0.8"}) as packed:
        raw = b"".join([part async for part in packed.aiter_raw()])
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "accept-encoding"
    assert gzip.decompress(raw) == plain.content
    refused = await client.get(path, headers={"accept-encoding": "gzip;q=0"})
    assert "content-encoding" not in refused.headers


async def test_a_long_body_is_sent_in_slices_and_is_the_same(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However it is cut, its length is told beforehand and its content is whole."""
    whole = await client.get("/metrics")
    monkeypatch.setattr("diag.web.answers.SLICE", 100)
    sliced = await client.get("/metrics")
    assert sliced.content == whole.content
    assert sliced.headers["content-length"] == whole.headers["content-length"] == str(len(whole.content))
    assert sliced.headers["content-security-policy"]


async def test_the_report_is_json_with_a_tag(service: FakeService, client: httpx.AsyncClient) -> None:
    """A client that has the current report is told so, and gets the next one."""
    answer = await client.get("/report")
    document = json.loads(answer.text)
    assert (document["schema_version"], document["clusters"][0]["remotes"][0]["alias"]) == ("1", "logs")
    tag = answer.headers["etag"]
    again = await client.get("/report", headers={"if-none-match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    service.board.put(report(broken=True))
    assert (await client.get("/report", headers={"if-none-match": tag})).status_code == 200


async def test_a_probe_tells_success_and_time(client: httpx.AsyncClient) -> None:
    """The series of that remote, and the two that every prober has."""
    good = await client.get("/probe", params={"cluster": "eu", "remote": "logs"})
    assert "\nprobe_success 1\n" in good.text
    assert "\nprobe_duration_seconds 0.25" in good.text
    assert 'diag_remote_status{cluster="eu",remote="logs"} 0' in good.text
    assert 'remote=""' not in good.text
    bad = await client.get("/probe", params={"cluster": "eu", "remote": "broken"})
    assert "\nprobe_success 0\n" in bad.text
    assert bad.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"


async def test_a_probe_ends_before_the_scraper_gives_up(service: FakeService, client: httpx.AsyncClient) -> None:
    """What takes longer than the scraper waits is no success."""
    service.hangs = True
    answer = await client.get("/probe?cluster=eu&remote=logs", headers={"x-prometheus-scrape-timeout-seconds": "0.2"})
    assert "probe_success 0" in answer.text


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UnknownNameError("no remote lgs is configured; did you mean logs?"), 404),
        (BusyError("64 probes are running"), 503),
        (ProbeFailedError("the probe failed inside diag"), 500),
    ],
)
async def test_a_probe_that_is_not_run_says_why(
    service: FakeService, client: httpx.AsyncClient, error: Exception, code: int
) -> None:
    """In plain text, with the code that fits."""
    service.error = error
    answer = await client.get("/probe?cluster=eu&remote=lgs")
    assert (answer.status_code, answer.text) == (code, f"{error.args[0]}\n")
    assert answer.headers["content-type"].startswith("text/plain")


async def test_health_and_readiness(service: FakeService, client: httpx.AsyncClient) -> None:
    """Healthy while it answers; ready when every cluster had its first round."""
    assert (await client.get("/-/healthy")).status_code == 200
    assert (await client.get("/-/ready")).status_code == 200
    service.unready = "waiting for the first round of 1 of 2 clusters"
    answer = await client.get("/-/ready")
    assert (answer.status_code, answer.text) == (503, "waiting for the first round of 1 of 2 clusters\n")
    assert (await client.get("/-/healthy")).status_code == 200


async def test_a_refused_reload_is_400_with_every_error(service: FakeService, client: httpx.AsyncClient) -> None:
    """One line for each problem."""
    assert (await client.post("/-/reload")).status_code == 200
    problems = [Problem(file="d.yaml", line=n, column=1, message="expected more") for n in (1, 2)]
    service.error = ConfigError(problems)
    answer = await client.post("/-/reload")
    assert answer.status_code == 400
    assert answer.text.splitlines() == ["d.yaml:1:1: expected more", "d.yaml:2:1: expected more"]


@pytest.mark.parametrize("headers", [{"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}])
async def test_a_page_of_another_site_reloads_nothing(
    service: FakeService, client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    """A browser says where a request comes from."""
    assert (await client.post("/-/reload", headers=headers)).status_code == 403
    assert service.reloads == 0
    own = {"origin": "http://diag", "sec-fetch-site": "same-origin"}
    assert (await client.post("/-/reload", headers=own)).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/nope", 404),
        ("GET", "/metrics/", 404),
        ("GET", "/-/reload", 405),
        ("POST", "/metrics", 405),
        ("DELETE", "/", 405),
        ("PUT", "/report", 405),
        ("HEAD", "/", 200),
        ("HEAD", "/metrics", 200),
        ("HEAD", "/report", 200),
    ],
)
async def test_methods_and_pages(client: httpx.AsyncClient, method: str, path: str, code: int) -> None:
    """HEAD works as GET does; what is not there or not allowed is said in plain text."""
    answer = await client.request(method, path)
    assert answer.status_code == code
    assert answer.headers["x-content-type-options"] == "nosniff"
    if code >= 400:
        kind = "application/problem+json" if path == "/report" else "text/plain"
        assert answer.headers["content-type"].startswith(kind)
    if code == 405:
        assert answer.headers["allow"]


class Page(HTMLParser):
    """Collects the tags and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.raw = text
        self.feed(text)

    @property
    def links(self) -> list[str]:
        """Where it leads to."""
        return [value or "" for name, value in self.attributes if name == "href"]

    @property
    def words(self) -> str:
        """Its text, with single spaces."""
        return " ".join(self.text.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append(tag)
        self.attributes.extend(attrs)

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.text += data


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "0 s"), (45, "45 s"), (720, "12 min"), (18_600, "5 h 10 min"), (17 * 86400, "17 d")],
)
def test_spans_of_time_in_words(seconds: int, words: str) -> None:
    """The largest unit or two."""
    assert duration(timedelta(seconds=seconds)) == words
