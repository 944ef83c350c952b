"""Replication on a real pair of 6.8.23, the only distribution here that has it: followed, and then broken in one way after the other."""

from __future__ import annotations

import json
import secrets
import subprocess

import pytest

from tests.e2e.elastic.replicating import HARD, SOFT, Replicating, outcomes, told
from tests.e2e.elastic.seen import DIAG


def test_healthy(ccr: Replicating) -> None:
    """Nothing is found, nothing is refused to the documented roles, and the lag is a metric."""
    seen = ccr.until(lambda seen: outcomes(seen)["ccr/follower-lag"] == "pass", replicate=["orig"])
    assert seen.aliases == {"logs"}, seen.report["clusters"][0]
    assert {check for check, outcome in outcomes(seen).items() if outcome in {"fail", "unknown"}} == set()
    assert {check for check, outcome in outcomes(seen).items() if outcome == "pass"} >= {
        "ccr/fatal-exception",
        "ccr/retention-lease-expired",
        "ccr/follower-lag",
        "ccr/read-exceptions",
        "ccr/paused",
        "ccr/follower-red",
        "ccr/leader-deleted",
        "ccr/soft-deletes-off",
        "ccr/autofollow-silent",
        "ccr/not-replicated-parts",
    }
    assert seen.results("")["auth/diag-user-insufficient"]["outcome"] == "pass"
    metrics = subprocess.run(
        (DIAG, "run", "-c", str(ccr.pair.folder / "ccr.yaml"), "--format", "prometheus"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert 'diag_ccr_lag_operations{cluster="local",remote="logs",follower="copy"} 0' in metrics.stdout


def test_indices_that_are_to_be_followed(ccr: Replicating) -> None:
    """One can't be followed, one was never followed; both fit the declared use."""
    ccr.leader("want-hard", HARD)
    ccr.leader("want-late", SOFT)
    names = {"ccr/soft-deletes-off", "ccr/autofollow-silent"}
    failing = ccr.until(lambda seen: names <= set(seen.failing("logs")), replicate=["want-*"]).failing("logs")
    assert failing["ccr/soft-deletes-off"] == "error"
    assert failing["ccr/autofollow-silent"] == "warning"
    ccr.follow("want-late", "want-late")
    told(ccr.pair.remote, "DELETE", "/want-hard")
    seen = ccr.until(lambda seen: not seen.failing("logs"), replicate=["want-*"])
    assert {outcomes(seen)[name] for name in names} == {"pass"}


def test_parts_that_are_not_replicated(ccr: Replicating) -> None:
    """The leader has an ILM policy that the local cluster lacks."""
    policy = {"policy": {"phases": {"hot": {"actions": {}}}}}
    told(ccr.pair.remote, "PUT", "/_ilm/policy/keep", policy)
    ccr.leader("kept", SOFT, **{"lifecycle.name": "keep"})
    ccr.follow("kept", "kept")
    ccr.until(lambda seen: outcomes(seen)["ccr/not-replicated-parts"] == "fail")
    told(ccr.pair.local, "PUT", "/_ilm/policy/keep", policy)
    ccr.until(lambda seen: outcomes(seen)["ccr/not-replicated-parts"] == "pass")


def test_a_first_copy_that_runs(ccr: Replicating) -> None:
    """While a follower is copied, Elasticsearch calls it paused: it is not, and how long it will take is told."""
    slow = {"ccr.indices.recovery.max_bytes_per_sec": "100kb"}
    told(ccr.pair.local, "PUT", "/_cluster/settings", {"persistent": slow})
    ccr.leader("big", SOFT)
    for number in range(30):
        told(ccr.pair.remote, "PUT", f"/big/doc/{number}", {"text": secrets.token_hex(150_000)})
    told(ccr.pair.remote, "POST", "/big/_flush")
    ccr.follow("big", "bigcopy")
    seen = ccr.until(lambda seen: outcomes(seen)["ccr/recovery-bandwidth"] == "fail")
    assert seen.results("logs")["ccr/recovery-bandwidth"]["severity"] == "info"
    assert outcomes(seen)["ccr/paused"] == "pass", seen.results("logs")["ccr/paused"]
    assert seen.results("logs")["ccr/follower-red"]["severity"] == "info"
    told(ccr.pair.local, "PUT", "/_cluster/settings", {"persistent": dict.fromkeys(slow)})
    ccr.until(lambda seen: outcomes(seen)["ccr/follower-red"] == "pass")


def test_a_leader_that_is_deleted(ccr: Replicating) -> None:
    """The follower has stopped for good, and what it followed is gone."""
    ccr.leader("gone", SOFT)
    ccr.follow("gone", "gonecopy")
    ccr.until(lambda seen: outcomes(seen)["ccr/follower-lag"] == "pass")
    told(ccr.pair.remote, "DELETE", "/gone")
    seen = ccr.until(lambda seen: "ccr/leader-deleted" in seen.failing("logs"))
    assert seen.failing("logs")["ccr/leader-deleted"] == "error"
    assert "ccr/fatal-exception" not in seen.failing("logs")
    for path in ("_ccr/pause_follow", "_close"):
        told(ccr.pair.local, "POST", f"/gonecopy/{path}")
    # The answer is an error, for there is no leader that could forget the follower; the index is an ordinary one all the same.
    unfollowed = ccr.pair.local.ask("POST", "/gonecopy/_ccr/unfollow")
    assert "failed_to_remove_retention_leases" in unfollowed.text
    settings = ccr.pair.local.ask("GET", "/gonecopy/_settings").json()["gonecopy"]["settings"]["index"]
    assert "following_index" not in json.dumps(settings)
    assert "ccr/leader-deleted" not in ccr.look().failing("logs")


@pytest.mark.irreversible
def test_paused_unlicensed_and_then_without_its_remote(ccr: Replicating) -> None:
    """A follower that somebody paused; then the license ends, which is no missing privilege; then the remote is taken away."""
    told(ccr.pair.local, "POST", "/copy/_ccr/pause_follow")
    ccr.until(lambda seen: seen.failing("logs").get("ccr/paused") == "warning")
    told(ccr.pair.local, "POST", "/_xpack/license/start_basic?acknowledge=true")
    seen = ccr.until(lambda seen: seen.failing("logs").get("license/ccr") == "critical")
    assert seen.results("")["auth/diag-user-insufficient"]["outcome"] == "pass"
    assert {check for check in seen.unknown("logs") if check.startswith("ccr/")} == set()
    gone = {"cluster.remote.logs.seeds": None}
    told(ccr.pair.local, "PUT", "/_cluster/settings", {"persistent": gone})
    ccr.until(lambda seen: seen.failing("").get("ccr/remote-removed") == "error")
