"""Followers of a real pair of 6.8.23 that stop or stand still: one that can't be written to, and leaders that were restored or closed."""

from __future__ import annotations

from typing import Any

from tests.e2e.elastic.replicating import SOFT, Replicating, outcomes, told
from tests.e2e.elastic.seen import Seen
from tests.patience import until

BLOCK = "index.blocks.read_only_allow_delete"


def write(ccr: Replicating, leader: str, number: int) -> None:
    """Write one document to a leader."""
    told(ccr.pair.remote, "PUT", f"/{leader}/doc/{number}", {"number": number})


def has(ccr: Replicating, follower: str, documents: int) -> None:
    """Wait until a follower has that many documents."""

    def counted() -> object:
        # A follower that was made a moment ago has no shard yet that could be asked.
        ccr.pair.local.ask("POST", f"/{follower}/_refresh")
        answer = ccr.pair.local.ask("GET", f"/{follower}/_count")
        return answer.json().get("count", answer.text)

    until(counted, lambda count: count == documents, what=f"{documents} documents in {follower}", pause=0.5)


def shard(ccr: Replicating, follower: str) -> dict[str, Any]:
    """What Elasticsearch counts for the one shard of a follower."""
    answer = ccr.pair.local.ask("GET", f"/{follower}/_ccr/stats")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["indices"][0]["shards"][0]
    return found


def until_it_says(ccr: Replicating, follower: str, field: str) -> Any:
    """Wait until Elasticsearch itself counts or names a trouble of a follower, and give that."""
    return until(lambda: shard(ccr, follower), lambda found: found.get(field), what=field, pause=0.5)[field]


def typed(found: dict[str, Any]) -> str:
    """The remedy of a finding, and after it what is typed for it, on one line."""
    return " ".join(" ".join((found["remedy"], *(step["console"] for step in found["fix"]))).split())


def finding(seen: Seen, check: str) -> dict[str, Any]:
    """The only finding of a check that failed."""
    (found,) = seen.results("logs")[check]["findings"]
    return dict(found)


def test_a_follower_that_cannot_be_written_to(ccr: Replicating) -> None:
    """Elasticsearch tries again for ever and shows no error; diag names the block, and what is over is no error."""
    ccr.leader("filling", SOFT)
    ccr.follow("filling", "fullcopy")
    write(ccr, "filling", 1)
    has(ccr, "fullcopy", 1)
    healthy = ccr.until(lambda seen: not seen.failing("logs"))
    assert healthy.status("logs") == "ok", healthy.unknown("logs")
    told(ccr.pair.local, "PUT", "/fullcopy/_settings", {BLOCK: True})
    write(ccr, "filling", 2)
    assert until_it_says(ccr, "fullcopy", "failed_write_requests") > 0
    stands = shard(ccr, "fullcopy")
    assert "fatal_exception" not in stands
    assert stands["read_exceptions"] == []
    seen = ccr.until(lambda seen: "ccr/write-failures" in seen.failing("logs"))
    assert seen.failing("logs")["ccr/write-failures"] == "error"
    assert seen.causes("logs") == ("ccr/write-failures",)
    assert seen.status("logs") == "fail"
    found = finding(seen, "ccr/write-failures")
    assert BLOCK in found["summary"]
    assert f'PUT fullcopy/_settings {{"{BLOCK}": null}}' in typed(found)
    told(ccr.pair.local, "PUT", "/fullcopy/_settings", {BLOCK: None})
    has(ccr, "fullcopy", 2)
    over = ccr.until(lambda seen: not seen.failing("logs"))
    assert over.failing("logs") == {}
    assert over.status("logs") == "ok"
    # Elasticsearch keeps its count until the task begins anew: it is told, and is no trouble.
    assert shard(ccr, "fullcopy")["failed_write_requests"] > 0
    assert over.results("logs")["ccr/write-failures"]["severity"] == "info"


def test_a_leader_that_was_restored(ccr: Replicating) -> None:
    """It has another history: Elasticsearch refuses to resume the follower, and following anew, as diag says, helps."""
    local, remote = ccr.pair.local, ccr.pair.remote
    ccr.leader("restored", SOFT)
    write(ccr, "restored", 1)
    ccr.follow("restored", "restoredcopy")
    has(ccr, "restoredcopy", 1)
    told(remote, "PUT", "/_snapshot/kept", {"type": "fs", "settings": {"location": str(remote.repository / "kept")}})
    only = {"indices": "restored", "include_global_state": False}
    told(remote, "PUT", "/_snapshot/kept/one?wait_for_completion=true", only)
    told(remote, "POST", "/restored/_close")
    told(remote, "POST", "/_snapshot/kept/one/_restore?wait_for_completion=true", only)
    write(ccr, "restored", 2)
    assert "history uuid" in until_it_says(ccr, "restoredcopy", "fatal_exception")["reason"]
    seen = ccr.until(lambda seen: "ccr/fatal-exception" in seen.failing("logs"))
    assert seen.failing("logs")["ccr/fatal-exception"] == "critical"
    assert seen.causes("logs") == ("ccr/fatal-exception",)
    assert seen.status("logs") == "fail"
    remedy = typed(finding(seen, "ccr/fatal-exception"))
    anew = ("_ccr/pause_follow", "_close", "_ccr/unfollow")
    for call in anew:
        assert f"POST restoredcopy/{call}" in remedy
    assert "PUT restoredcopy/_ccr/follow" in remedy
    assert "POST restoredcopy/_ccr/resume_follow" not in remedy
    told(local, "POST", "/restoredcopy/_ccr/pause_follow")
    resumed = local.ask("POST", "/restoredcopy/_ccr/resume_follow")
    assert resumed.status_code == 400, resumed.text
    assert "history uuid" in resumed.text
    for call in anew[1:]:
        told(local, "POST", f"/restoredcopy/{call}")
    told(local, "DELETE", "/restoredcopy")
    ccr.follow("restored", "restoredcopy")
    has(ccr, "restoredcopy", 2)
    mended = ccr.until(lambda seen: not seen.failing("logs"))
    assert mended.failing("logs") == {}
    assert mended.status("logs") == "ok"


def test_a_leader_that_is_closed(ccr: Replicating) -> None:
    """Elasticsearch tries again; diag names the leader and its state, and once that is open nothing is left."""
    ccr.leader("shut", SOFT)
    ccr.follow("shut", "shutcopy")
    write(ccr, "shut", 1)
    has(ccr, "shutcopy", 1)
    told(ccr.pair.remote, "POST", "/shut/_close")
    seen = ccr.until(lambda seen: bool(seen.results("logs")["ccr/read-exceptions"]["findings"]))
    assert seen.failing("logs")["ccr/read-exceptions"] == "error"
    assert seen.causes("logs") == ("ccr/read-exceptions",)
    assert seen.status("logs") == "fail"
    assert outcomes(seen)["ccr/leader-deleted"] == "pass"
    found = finding(seen, "ccr/read-exceptions")
    assert "shut is closed on the remote cluster" in found["summary"]
    assert "POST shut/_open" in typed(found)
    assert "index closed" in str(until_it_says(ccr, "shutcopy", "read_exceptions"))
    told(ccr.pair.remote, "POST", "/shut/_open")
    write(ccr, "shut", 2)
    has(ccr, "shutcopy", 2)
    mended = ccr.until(lambda seen: not seen.failing("logs"))
    assert mended.failing("logs") == {}
    assert mended.status("logs") == "ok"
