"""JSON over HTTP: which part of the report is given, findings as rows, looks on demand, and how a refusal reads."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from datetime import timedelta
from typing import Any

import httpx
import jsonschema
import pytest

from diag.model import Acknowledgement, ClusterReport, Outcome, Severity
from diag.report.json import to_json
from diag.report.json_schema import report_schema
from diag.web import BusyError, ProbeFailedError, UnknownNameError
from diag.web.report_body import FIELDS
from tests.diag.test_web import NOW, FakeService, client, report, service

__all__ = ["client", "service"]


async def get(client: httpx.AsyncClient, path: str) -> Any:
    """The JSON of a path."""
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    return json.loads(answer.content)


def outcomes(place: dict[str, Any]) -> Counter[str]:
    """How many results of each outcome are listed."""
    return Counter(result["outcome"] for result in place["results"])


async def test_the_report_leaves_out_what_asks_nothing_of_anybody_and_counts_it(
    service: FakeService, client: httpx.AsyncClient
) -> None:
    """Without passes and skips, which are counted at every place where they would stand; whole where it is asked for."""
    service.board.put(report("audit", broken=True, cluster="us"))
    short, whole = await get(client, "/report"), await get(client, "/report?full=1")
    jsonschema.validate(short, report_schema())
    jsonschema.validate(whole, report_schema())
    everything = [place for c in whole["clusters"] for place in (c, *c["remotes"])]
    shortened = [place for c in short["clusters"] for place in (c, *c["remotes"])]
    for full, part in zip(everything, shortened, strict=True):
        counted = outcomes(full)
        assert part["left_out"] == {"pass": counted["pass"], "skip": counted["skip"]}
        assert full["left_out"] == {"pass": 0, "skip": 0}
        assert part["results"] == [one for one in full["results"] if one["outcome"] not in {"pass", "skip"}]
    assert short["left_out"] == {name: sum(place["left_out"][name] for place in shortened) for name in ("pass", "skip")}
    assert short["left_out"]["pass"] > 50
    assert short["counts"] == whole["counts"]
    assert any(place["results"] for place in shortened)


async def test_the_whole_report_is_that_of_the_command_line(service: FakeService, client: httpx.AsyncClient) -> None:
    """Field by field, but for the number of what is left out: none."""
    whole = await get(client, "/report?full=true")
    for place in (whole, *whole["clusters"], *(remote for c in whole["clusters"] for remote in c["remotes"])):
        del place["left_out"]
    assert whole == json.loads(json.dumps(to_json(service.board.snapshot().report)))


async def test_fields(service: FakeService, client: httpx.AsyncClient) -> None:
    """These alone, and the names by which they are found; an unknown one is refused with the nearest."""
    service.board.put(report("audit", broken=True, cluster="us"))
    short = await get(client, "/report?fields=status,root_causes&status=fail")
    assert short["clusters"] == [
        {
            "name": "us",
            "status": "fail",
            "remotes": [{"alias": "audit", "status": "fail", "root_causes": ["network/dns-nxdomain"]}],
        }
    ]
    every = await get(client, "/report?fields=" + ",".join(FIELDS))
    assert every == await get(client, "/report")
    refused = await client.get("/report?fields=statsu")
    assert (refused.status_code, "status" in refused.json()["detail"]) == (400, True)


@pytest.mark.parametrize(
    ("path", "code", "word"),
    [
        ("/report?clustr=eu", 400, "did you mean cluster?"),
        ("/report?cluster=eu&cluster=us", 400, "2 times"),
        ("/report?cluster=eus", 404, "eu?"),
        ("/report?remote=lgos", 404, "did you mean logs?"),
        ("/report?cluster=eu&remote=audit", 404, "no remote audit"),
        ("/report?cause=tls/expird", 400, "did you mean tls/expired"),
        ("/report?full=yes", 400, "1 or 0"),
        ("/report?status=bad", 400, "expected one of"),
        ("/findings?severity=eror", 400, "did you mean error?"),
        ("/findings?fields=status", 400, "unknown parameter"),
        ("/findings?check=tls/expird", 400, "did you mean tls/expired"),
        ("/findings?check=tsl/*", 400, "no check of that id"),
        ("/probe?format=jsn&cluster=eu&remote=logs", 400, "did you mean json?"),
        ("/probe?debug=2&cluster=eu&remote=logs", 400, "debug"),
    ],
)
async def test_what_is_mistyped_is_refused(
    service: FakeService, client: httpx.AsyncClient, path: str, code: int, word: str
) -> None:
    """An empty answer would look like good news."""
    service.board.expect(["eu", "us"])
    service.board.put(report("audit", broken=True, cluster="us"))
    answer = await client.get(path, headers={"accept": "application/json"})
    assert answer.status_code == code
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == code
    assert word in problem["detail"]


async def test_a_remote_of_a_cluster_that_is_awaited_may_be_there(
    service: FakeService, client: httpx.AsyncClient
) -> None:
    """Its remotes are not known yet; the head says that nothing is known of all."""
    service.board.expect(["eu", "us"])
    whole = await get(client, "/report?cluster=us&remote=audit")
    assert (whole["clusters"], whole["status"]) == ([], "unknown")


@pytest.mark.parametrize(
    "path", ["/report", "/report?full=1", "/report?fields=status", "/findings", "/findings?check=tls/*"]
)
async def test_every_answer_has_a_tag(service: FakeService, client: httpx.AsyncClient, path: str) -> None:
    """Who has it is told so, until the board changes; a packed answer holds the same."""
    answer = await client.get(path)
    again = await client.get(path, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    packed = await client.get(path, headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == answer.content
    service.board.put(report(broken=True))
    changed = await client.get(path, headers={"if-none-match": answer.headers["etag"]})
    assert (changed.status_code, changed.headers["etag"] == answer.headers["etag"]) == (200, False)


def with_results(made: ClusterReport) -> ClusterReport:
    """The report, with an acknowledged failure, a consequence, an open question and a finding about the cluster itself."""
    (remote,) = made.remotes
    root = next(result for result in remote.results if result.outcome is Outcome.FAIL)
    known = Acknowledgement(check="*", until="2026-12-31", note="ticket 7")
    passing = (result for result in remote.results if result.outcome is Outcome.PASS and not result.essential)
    follows = dataclasses.replace(
        root, check="tls/expired", severity=Severity.WARNING, explained_by=(root.check,), findings=root.findings
    )
    acknowledged = dataclasses.replace(root, check="tls/expiring-soon", acknowledged=known)
    crashed = dataclasses.replace(next(passing), outcome=Outcome.ERROR, because="the check itself failed")
    results = (*remote.results, follows, acknowledged, crashed)
    milder = tuple(dataclasses.replace(finding, severity=Severity.WARNING) for finding in root.findings)
    own = dataclasses.replace(root, check="config/orphan-credential", severity=Severity.WARNING, findings=milder)
    return dataclasses.replace(made, results=(own,), remotes=(dataclasses.replace(remote, results=results),))


async def test_findings_are_rows(service: FakeService, client: httpx.AsyncClient) -> None:
    """Where, what, how bad, what to do, since when, root cause or consequence; and what stayed open."""
    seen = with_results(report("audit", broken=True, cluster="us"))
    service.board.put(seen)
    service.history.record(seen, NOW, timedelta(minutes=3))
    found = await get(client, "/findings?cluster=us")
    assert found["status"] == "fail"
    rows = {(row["remote"], row["check"]): row for row in found["findings"]}
    root = rows["audit", "network/dns-nxdomain"]
    assert (root["cluster"], root["severity"], root["root_cause"]) == ("us", "critical", True)
    assert "does not resolve" in root["summary"]
    assert root["remedy"]
    assert root["since"] == "2026-01-15T12:00:00Z"
    follows = rows["audit", "tls/expired"]
    assert (follows["root_cause"], follows["explained_by"]) == (False, ["network/dns-nxdomain"])
    assert rows["audit", "tls/expiring-soon"]["acknowledged"] == {"until": "2026-12-31", "note": "ticket 7"}
    own = rows[None, "config/orphan-credential"]
    assert (own["root_cause"], own["since"]) == (True, "2026-01-15T12:00:00Z")
    (crashed,) = [row for row in found["open"] if row["outcome"] == "error"]
    assert (crashed["cluster"], crashed["remote"], crashed["because"]) == ("us", "audit", "the check itself failed")


async def test_findings_can_be_chosen(service: FakeService, client: httpx.AsyncClient) -> None:
    """By remote, check and severity; a choice of remotes leaves out what is about the cluster itself."""
    service.board.put(with_results(report("audit", broken=True, cluster="us")))

    async def checks(query: str) -> set[str]:
        return {row["check"] for row in (await get(client, f"/findings?{query}"))["findings"]}

    assert "network/dns-nxdomain" not in await checks("remote=logs")
    assert await checks("check=tls/*") == {"tls/expired", "tls/expiring-soon"}
    assert "config/orphan-credential" in await checks("cluster=us&severity=warning")
    assert "config/orphan-credential" not in await checks("cluster=us&severity=error")
    assert "config/orphan-credential" not in await checks("cause=network/dns-nxdomain")
    assert "network/dns-nxdomain" in await checks("cause=network/dns-nxdomain")
    assert await checks("status=unknown") == set()


async def test_nothing_found_of_what_is_awaited_is_not_ok(service: FakeService, client: httpx.AsyncClient) -> None:
    """A list without findings says what it does not cover."""
    service.board.expect(["us"])
    found = await get(client, "/findings")
    assert (found["status"], found["awaited"], found["findings"]) == ("unknown", ["us"], [])


@pytest.mark.parametrize(("remote", "success", "status"), [("logs", True, "ok"), ("broken", False, "fail")])
async def test_a_probe_as_json(client: httpx.AsyncClient, remote: str, success: bool, status: str) -> None:  # noqa: FBT001 -- what is expected.
    """The look and its report, in the schema of the report; with debug, everything."""
    look = await get(client, f"/probe?cluster=eu&remote={remote}&format=json")
    assert (look["cluster"], look["remote"], look["seconds"]) == ("eu", remote, 0.25)
    assert (look["success"], look["status"]) == (success, status)
    jsonschema.validate(look["report"], report_schema())
    (cluster,) = look["report"]["clusters"]
    assert (cluster["status"], [one["alias"] for one in cluster["remotes"]]) == (status, [remote])
    full = await get(client, f"/probe?cluster=eu&remote={remote}&format=json&debug=true")
    assert (
        outcomes(full["report"]["clusters"][0]["remotes"][0])["pass"] == cluster["remotes"][0]["left_out"]["pass"] > 0
    )


async def test_a_probe_as_text(client: httpx.AsyncClient) -> None:
    """For a person; debug spells it out, and of series it shows both, as exporters do."""
    plain = await client.get("/probe?cluster=eu&remote=broken&format=text")
    assert plain.headers["content-type"].startswith("text/plain")
    assert "network/dns-nxdomain" in plain.text
    debug = await client.get("/probe?cluster=eu&remote=broken&format=text&debug=1")
    seen = debug.text.partition("What was seen:\n")[2]
    assert json.loads(seen)["remote"]["alias"] == "broken"
    both = await client.get("/probe?cluster=eu&remote=broken&debug=true")
    text, _, series = both.text.partition("Metrics that would have been returned:\n")
    assert text.strip() == debug.text.strip()
    scraped = await client.get("/probe?cluster=eu&remote=broken")
    assert "version=0.0.4" in scraped.headers["content-type"]
    assert series == scraped.text


async def test_a_probe_that_takes_too_long_is_said_to_who_reads_json(
    service: FakeService, client: httpx.AsyncClient
) -> None:
    """A scraper gets its series; a program a refusal."""
    service.hangs = True
    headers = {"x-prometheus-scrape-timeout-seconds": "0.6"}
    answer = await client.get("/probe?cluster=eu&remote=logs&format=json", headers=headers)
    assert (answer.status_code, answer.json()["status"]) == (504, 504)


async def test_run_a_cluster_or_a_remote(client: httpx.AsyncClient) -> None:
    """With the report of what was asked for."""
    whole = await client.post("/run?cluster=eu")
    assert (whole.status_code, whole.json()["remote"], whole.json()["finished"]) == (200, None, True)
    assert whole.json()["report"]["clusters"][0]["name"] == "eu"
    one = await client.post("/run?cluster=eu&remote=broken&full=1")
    assert (one.json()["remote"], one.json()["success"]) == ("broken", False)
    assert one.json()["report"]["left_out"] == {"pass": 0, "skip": 0}


async def test_run_does_not_wait_for_ever(service: FakeService, client: httpx.AsyncClient) -> None:
    """The answer says where the report will be."""
    service.hangs = True
    answer = await client.post("/run?cluster=eu&wait=0")
    assert (answer.status_code, answer.json()["finished"]) == (202, False)
    assert answer.headers["location"] == answer.json()["report_at"] == "/report?cluster=eu"
    assert (await client.get(answer.headers["location"])).status_code == 200


@pytest.mark.parametrize(
    ("query", "error", "code"),
    [
        ("cluster=eu", BusyError("64 rounds are asked for"), 503),
        ("cluster=eu", UnknownNameError("no cluster eu"), 404),
        ("cluster=eu&remote=logs", ProbeFailedError("a fault of diag"), 500),
        ("cluster=eu&remote=logs&wait=5", None, 400),
        ("cluster=eu&wait=601", None, 400),
        ("cluster=eu&wait=-1", None, 400),
        ("cluter=eu", None, 400),
    ],
)
async def test_run_is_refused(
    service: FakeService, client: httpx.AsyncClient, query: str, error: Exception | None, code: int
) -> None:
    """As a problem document; who is too early is told when to come back."""
    service.error = error
    answer = await client.post(f"/run?{query}")
    assert (answer.status_code, answer.json()["status"]) == (code, code)
    assert ("retry-after" in answer.headers) == (code == 503)


async def test_a_page_of_another_site_runs_nothing(client: httpx.AsyncClient) -> None:
    """As with a reload."""
    answer = await client.post("/run?cluster=eu", headers={"origin": "https://evil.example"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("path", "accept", "problem"),
    [
        ("/report?x=1", None, True),
        ("/report?x=1", "*/*", True),
        ("/report?x=1", "text/html,application/xhtml+xml,*/*;q=0.8", True),
        ("/report?x=1", "text/plain", False),
        ("/nope", None, False),
        ("/nope", "application/json", True),
        ("/probe?cluster=x&remote=y&format=nope", None, False),
    ],
)
async def test_who_reads_json_is_refused_in_json(
    client: httpx.AsyncClient,
    path: str,
    accept: str | None,
    problem: bool,  # noqa: FBT001 -- what is expected.
) -> None:
    """By what the request accepts, and where it accepts anything, by what the route answers."""
    headers = {} if accept is None else {"accept": accept}
    answer = await client.get(path, headers=headers)
    assert answer.status_code in {400, 404}
    kind = "application/problem+json" if problem else "text/plain; charset=utf-8"
    assert answer.headers["content-type"] == kind
    assert "accept" in answer.headers["vary"]


def test_now_is_when_the_evidence_was_taken() -> None:
    """The time that the rows above expect."""
    assert report().evidence.taken_at == NOW
