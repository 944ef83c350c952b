"""Who may ask for what: names, logins, tokens, bodies, numbers; and that nothing tells more than it has to."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import bcrypt
import httpx
import pytest

from diag.config import SecretRef
from diag.web import build_app, guard, logins
from diag.web.guard import Guards, Rules, is_known_host
from diag.web.logins import Logins
from tests.diag.test_web import FakeService, report
from tests.patience import until_async

PASSWORD, OTHER = "correct horse", "battery staple"
HASHES = {"prometheus": bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()}


def client_of(service: FakeService, **guards: object) -> httpx.AsyncClient:
    """A client of the application behind these guards."""
    service.board.put(report())
    transport = httpx.ASGITransport(app=build_app(service, Guards(**guards)))  # type: ignore[arg-type]  # as each test says
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:9643")


@contextlib.asynccontextmanager
async def guarded(service: FakeService | None = None, **guards: object) -> AsyncIterator[httpx.AsyncClient]:
    """The same, closed at the end."""
    async with client_of(service or FakeService(), **guards) as client:
        yield client


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("127.0.0.1:9643", True),
        ("[::1]:9643", True),
        ("10.0.0.7", True),
        ("localhost:9643", True),
        ("diag", True),
        ("diag:9643", True),
        ("x.localhost", True),
        ("node1.example", True),
        ("NODE1.example.:9643", True),
        ("diag.monitoring.svc:9643", True),
        ("evil.example", False),
        ("node1.example.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("diag.evil.example:9643", False),
        ("localhost.evil.example", False),
        ("", False),
        (".", False),
        ("[::1].evil.example", True),  # No browser takes it for a name, and what stands in brackets is an address.
        (None, True),
    ],
)
def test_the_name_that_is_asked_for(host: str | None, known: bool) -> None:  # noqa: FBT001 -- what is expected.
    """An address, a name without a dot, the names of the machine and those that are configured; a name of somebody else is not."""
    rules = Rules(names=frozenset({"node1.example"}), hosts=("*.monitoring.svc",))
    assert is_known_host(host, rules) is known


async def test_another_name_reads_nothing_and_is_told_what_to_do() -> None:
    """A page that leads its own name here (DNS rebinding) gets no answer of any kind; health is nothing to read."""
    async with guarded() as client:
        headers = {"host": "evil.example"}
        for path in ("/", "/metrics", "/report", "/findings", "/openapi.json", "/nope"):
            answer = await client.get(path, headers=headers)
            assert answer.status_code == 421
            assert "daemon: {hosts: [evil.example]}" in answer.text
        assert (await client.get("/-/healthy", headers=headers)).status_code == 200
    async with guarded(rules=lambda: Rules(hosts=("*",))) as client:
        assert (await client.get("/report", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    ("headers", "content"),
    [
        ({}, b"x"),
        ({"content-length": "5"}, None),
        ({"transfer-encoding": "chunked"}, None),
        ({"content-length": "x"}, None),
    ],
)
async def test_a_body_is_refused(headers: dict[str, str], content: bytes | None) -> None:
    """Everything is in the address of a request; nobody waits for what nobody reads."""
    async with guarded() as client:
        for method, path in (("POST", "/run?cluster=eu"), ("POST", "/-/reload"), ("GET", "/report")):
            answer = await client.request(method, path, headers=headers, content=content)
            assert (answer.status_code, answer.headers["connection"]) == (413, "close")
        assert (await client.post("/-/reload")).status_code == 200


async def test_a_head_of_any_size_is_refused_before_anything_else() -> None:
    """Also one that comes at once: neither a host of a thousand labels nor a long query is worked on."""
    async with guarded() as client:
        for path, headers in (("/report?cluster=" + "x" * 20_000, {}), ("/report", {"x": "y" * 20_000})):
            answer = await client.get(path, headers=headers)
            assert (answer.status_code, answer.headers["connection"]) == (431, "close")


async def test_a_login_is_asked_for_everywhere_but_health() -> None:
    """The right user with the right password is let in; anything else gets nothing but how to log in."""
    async with guarded(users=lambda: HASHES) as client:
        for path in ("/", "/metrics", "/report", "/nope", "/openapi.json"):
            answer = await client.get(path)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"].startswith('Basic realm="diag"')
            assert "eu" not in answer.text
        for path in ("/-/healthy", "/-/ready"):
            assert (await client.get(path)).status_code == 200
        good = await client.get("/report", auth=("prometheus", PASSWORD))
        assert good.status_code == 200
        for wrong in (
            ("prometheus", OTHER),
            ("prometheus", ""),
            ("nobody", PASSWORD),
            ("", ""),
            ("prometheus", "x" * 200),
        ):
            assert (await client.get("/report", auth=wrong)).status_code == 401


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic",
        "Basic !",
        "Basic cHJvbWV0aGV1cw==",
        "Basic /w==",
        "Bearer x",
        "Digest y",
        "basic " + "A" * 9000,
        "Basic AHg6AA==",
    ],
)
async def test_odd_headers_log_nobody_in(authorization: str) -> None:
    """No crash, no way in."""
    async with guarded(users=lambda: HASHES) as client:
        assert (await client.get("/report", headers={"authorization": authorization})).status_code == 401


async def test_the_slow_hash_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Right and wrong answers are kept, a bounded number of them; a new password makes the kept answers of the old one worthless."""
    asked: list[str] = []
    real = logins._is_right
    monkeypatch.setattr(logins, "_is_right", lambda given, known: asked.append(given) or real(given, known))
    monkeypatch.setattr(logins, "MAX_KEPT", 5)
    users = dict(HASHES)
    async with guarded(users=lambda: users) as client:
        for _ in range(4):
            assert (await client.get("/metrics", auth=("prometheus", PASSWORD))).status_code == 200
            assert (await client.get("/metrics", auth=("prometheus", OTHER))).status_code == 401
        assert asked == [PASSWORD, OTHER]
        for number in range(20):
            assert (await client.get("/metrics", auth=("prometheus", f"guess {number}"))).status_code == 401
        asked.clear()
        assert (await client.get("/metrics", auth=("prometheus", PASSWORD))).status_code == 200
        assert asked == []  # Who guesses does not push out who knows.
        users["prometheus"] = bcrypt.hashpw(OTHER.encode(), bcrypt.gensalt(4)).decode()
        assert (await client.get("/metrics", auth=("prometheus", PASSWORD))).status_code == 401
        assert (await client.get("/metrics", auth=("prometheus", OTHER))).status_code == 200


async def test_nothing_that_is_kept_is_a_password() -> None:
    """Neither as text nor as a hash that could be guessed without the key of this process."""
    made = Logins(lambda: HASHES)
    header = "Basic cHJvbWV0aGV1czpjb3JyZWN0IGhvcnNl"
    assert await made.allows(header)
    (kept,) = made._kept
    assert len(kept) == 32
    again = Logins(lambda: HASHES)
    assert await again.allows(header)
    assert set(again._kept) != {kept}


async def test_who_is_no_user_costs_as_much_time_as_a_wrong_password(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same work is done, so that the time does not tell which users there are."""
    hashes: list[str] = []
    monkeypatch.setattr(logins, "_is_right", lambda _, known: hashes.append(known) or True)
    async with guarded(users=lambda: HASHES) as client:
        assert (await client.get("/report", auth=("nobody", PASSWORD))).status_code == 401
    (known,) = hashes
    assert bcrypt.checkpw(b"", known.encode()) is False
    assert known.startswith("$2b$10$")


async def test_guessing_does_not_take_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    """One hash at a time, few that wait, and further ones are turned away; who is known already is let in meanwhile."""
    monkeypatch.setattr(logins, "MAX_WAITING", 3)
    made, running, gate = Logins(lambda: HASHES), 0, asyncio.Event()
    highest = 0

    async def compare(_function: object, given: str, _known: str) -> bool:
        nonlocal running, highest
        running += 1
        highest = max(highest, running)
        await gate.wait()
        running -= 1
        return given == PASSWORD

    gate.set()
    monkeypatch.setattr(asyncio, "to_thread", compare)
    assert await made.allows("Basic cHJvbWV0aGV1czpjb3JyZWN0IGhvcnNl")
    gate.clear()
    guesses = [asyncio.create_task(made.allows(httpx.BasicAuth("a", str(n))._auth_header)) for n in range(5)]
    await asyncio.sleep(0)
    assert await made.allows("Basic cHJvbWV0aGV1czpjb3JyZWN0IGhvcnNl")
    gate.set()
    answers = await asyncio.gather(*guesses, return_exceptions=True)
    assert [type(answer).__name__ for answer in answers].count("BusyError") == 2
    assert highest == 1


def token(folder: Path, text: str = "t0ken-of-the-team") -> tuple[SecretRef, ...]:
    """A reference to a token in a file."""
    (folder / "token").write_text(text + "\n")
    return (SecretRef(file=folder / "token"),)


CHANGING = ("/-/reload", "/run?cluster=eu")


@pytest.mark.parametrize("path", CHANGING)
async def test_where_others_can_connect_a_token_is_needed(path: str, tmp_path: Path) -> None:
    """Without one configured nothing can be changed, and the answer says how to allow it; with one, who shows it may."""
    async with guarded(rules=lambda: Rules(beyond_loopback=True)) as client:
        refused = await client.post(path)
        assert refused.status_code == 403
        assert "daemon: {tokens: [{file: path/to/token}]}" in refused.text
        assert (await client.post(path, headers={"authorization": "Bearer x"})).status_code == 403
    rules = Rules(beyond_loopback=True, tokens=token(tmp_path))
    async with guarded(rules=lambda: rules) as client:
        for wrong in (
            {},
            {"authorization": "Bearer "},
            {"authorization": "Bearer t0ken"},
            {"authorization": "Basic t0ken-of-the-team"},
        ):
            refused = await client.post(path, headers=wrong)
            assert refused.status_code == 401
            assert "Bearer" in refused.headers["www-authenticate"]
            assert "t0ken-of-the-team" not in refused.text
        assert (await client.post(path, headers={"authorization": "Bearer t0ken-of-the-team"})).status_code == 200
        token(tmp_path, "changed")
        assert (await client.post(path, headers={"authorization": "Bearer t0ken-of-the-team"})).status_code == 401
        assert (await client.post(path, headers={"authorization": "bearer changed"})).status_code == 200


@pytest.mark.parametrize("path", CHANGING)
async def test_on_loopback(path: str, tmp_path: Path) -> None:
    """Who can reach it is on this machine: no token is needed, unless one is configured, or a proxy brings others here."""
    async with guarded() as client:
        assert (await client.post(path)).status_code == 200
        for header in ("x-forwarded-for", "forwarded", "via"):
            assert (await client.post(path, headers={header: "192.0.2.1"})).status_code == 403
    rules = Rules(tokens=token(tmp_path))
    async with guarded(rules=lambda: rules) as client:
        assert (await client.post(path)).status_code == 401


async def test_a_token_that_cannot_be_read_opens_nothing(tmp_path: Path) -> None:
    """A file that is gone, and one that is empty: nothing is as good as an empty token."""
    rules = Rules(tokens=token(tmp_path))
    async with guarded(rules=lambda: rules) as client:
        for spoil in (lambda: (tmp_path / "token").write_text(" \n"), (tmp_path / "token").unlink):
            spoil()
            for shown in ("Bearer ", "Bearer", "Bearer t0ken-of-the-team"):
                assert (await client.post("/-/reload", headers={"authorization": shown})).status_code == 401


async def test_a_token_opens_what_a_login_opens(tmp_path: Path) -> None:
    """One header carries one of them; a login alone changes nothing where others can connect."""
    rules = Rules(beyond_loopback=True, tokens=token(tmp_path))
    async with guarded(rules=lambda: rules, users=lambda: HASHES) as client:
        shown = {"authorization": "Bearer t0ken-of-the-team"}
        assert (await client.get("/report", headers=shown)).status_code == 200
        assert (await client.post("/run?cluster=eu", headers=shown)).status_code == 200
        assert (await client.post("/run?cluster=eu", auth=("prometheus", PASSWORD))).status_code == 401
        assert (await client.get("/report", headers={"authorization": "Bearer x"})).status_code == 401


async def test_looks_on_the_page_need_no_token() -> None:
    """They change nothing that others see, as /probe."""
    async with guarded(rules=lambda: Rules(beyond_loopback=True)) as client:
        assert (await client.post("/remote/eu/logs")).status_code == 200
        assert (await client.get("/probe?cluster=eu&remote=logs")).status_code == 200


async def test_only_so_many_requests_are_answered_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Further ones are told to come back; what watches diag is always answered."""
    monkeypatch.setattr(guard, "MAX_REQUESTS", 3)
    service = FakeService()
    service.hangs = True
    async with guarded(service) as client:
        waiting = [asyncio.create_task(client.get("/probe?cluster=eu&remote=logs")) for _ in range(3)]
        await until_async(lambda: service.hanging == 3)
        refused = await client.get("/report")
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
        for path in ("/metrics", "/-/healthy", "/-/ready"):
            assert (await client.get(path)).status_code == 200
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        assert (await client.get("/report")).status_code == 200


async def test_headers_of_the_configuration() -> None:
    """In place of the usual ones; an empty one is not sent; also with a refusal."""
    headers = {"Strict-Transport-Security": "max-age=1", "X-Frame-Options": "sameorigin", "Content-Security-Policy": ""}
    async with guarded(headers=lambda: headers) as client:
        for path in ("/report", "/nope"):
            answer = await client.get(path)
            assert answer.headers["strict-transport-security"] == "max-age=1"
            assert answer.headers.get_list("x-frame-options") == ["sameorigin"]
            assert "content-security-policy" not in answer.headers
            assert answer.headers["x-content-type-options"] == "nosniff"
