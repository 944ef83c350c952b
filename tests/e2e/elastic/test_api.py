"""What the APIs of real pairs tell, with the very role that ``diag setup role`` prints, and what becomes of it when something breaks."""

from __future__ import annotations

from pathlib import Path

import pytest

from diag.cli.permissions import local_role, remote_role
from tests.e2e.elastic.seen import KEYS, Asked, ask


def test_discovery_finds_all_three_ways(asked: Asked, logins: tuple[Path, Path]) -> None:
    """One URL and one key are enough; nothing is refused to the documented role; the transient one is told."""
    seen = ask("run", "--cluster-url", asked.url, "--api-key-file", logins[0])
    assert seen.aliases == {*KEYS, "audit", "filed"}
    assert seen.failing("audit")["config/transient-remote"] == "warning"
    assert "config/transient-remote" not in seen.failing("filed")
    assert seen.results("")["auth/diag-user-insufficient"]["outcome"] == "pass"
    assert all(
        "403" not in one.get("because", "") for alias in ("", *seen.aliases) for one in seen.results(alias).values()
    )
    # The CAs of the cluster are not known to diag: that is no false alarm about a remote that is connected.
    assert seen.results("logs")["tls/untrusted-issuer"]["outcome"] == "unknown"


def test_a_healthy_remote(asked: Asked, logins: tuple[Path, Path]) -> None:
    """Both APIs agree with the wire: nothing fails, and the checks of both sides pass."""
    seen = asked.look("logs", "good", *logins)
    assert set(seen.failing("logs")) <= {"config/duplicate-remote"}, seen.failing("logs")
    passing = {check for check, result in seen.results("logs").items() if result["outcome"] == "pass"}
    assert passing >= {
        "config/drift",
        "config/leftover-settings",
        "config/not-added",
        "config/transient-remote",
        "license/expired",
        "license/level-differs",
        "license/apikey-noncompliant",
        "runtime/connected-not-proof",
        "runtime/not-connected",
        "runtime/remote-health",
        "auth/key-on-wrong-cluster",
        "auth/key-no-search-access",
        "auth/key-missing",
        "version/mixed-nodes",
    }
    assert seen.results("")["runtime/clock-skew"]["outcome"] == "pass"
    assert seen.results("logs")["config/client-role-missing"]["outcome"] == "pass"


@pytest.mark.parametrize("left", ["monitor", "read_security"])
@pytest.mark.parametrize("side", ["local", "remote"])
def test_a_missing_privilege(asked: Asked, logins: tuple[Path, Path], side: str, left: str) -> None:
    """With one privilege alone exactly the checks that need the other one become unknown, and one check names them and it."""
    release, nodes = asked.pair.local.version, {"local": asked.pair.local, "remote": asked.pair.remote}
    role = {"local": local_role, "remote": remote_role}[side](release)
    poor = asked.login(nodes[side], f"{side}-{left}", {**role, "cluster": [left]})
    whole = asked.look("logs", "good", *logins)
    less = asked.look("logs", "good", *((poor, logins[1]) if side == "local" else (logins[0], poor)))
    said = less.results("")["auth/diag-user-insufficient"]
    assert said["outcome"] == "fail"
    missing = "read_security" if left == "monitor" else "monitor"
    assert said["findings"][0]["facts"]["missing"] == [missing]
    assert missing in said["findings"][0]["remedy"]
    lost = {check for alias in ("", "logs") for check in less.unknown(alias) - whole.unknown(alias)}
    named = set(said["findings"][0]["facts"]["unknown"])
    # What was not fine before either is named too.
    before = {
        check for alias in ("", "logs") for check, one in whole.results(alias).items() if one["outcome"] != "pass"
    }
    assert lost <= named, lost - named
    assert named - lost <= before, named - lost - before


def test_keys_by_their_record(asked: Asked, logins: tuple[Path, Path]) -> None:
    """A key that ends in five days, and one that allows no search."""
    assert asked.look("soon", "soon", *logins).failing("soon")["auth/key-expiring"] == "error"
    # These distributions have no replication, so whether anything is replicated is not known: information only.
    assert asked.look("repl", "replicating", *logins).results("repl")["auth/key-no-search-access"]["outcome"] == "fail"


def test_settings_by_the_cluster(asked: Asked, logins: tuple[Path, Path]) -> None:
    """Not registered, registered otherwise, and left over."""
    assert asked.look("nobody", "good", *logins).failing("nobody")["config/not-added"] == "error"
    assert "config/drift" in asked.look("logs", "good", *logins, skip_unavailable=True).failing("logs")
    with asked.registering("rest", {"mode": "proxy"}):
        assert "config/leftover-settings" in asked.look("rest", "good", *logins).failing("rest")


def test_an_invalidated_key(asked: Asked, logins: tuple[Path, Path]) -> None:
    """The wire names the cause; that the cluster is no longer connected, or its requests fail, is the consequence."""
    pair = asked.pair
    found = pair.remote.ask("GET", "/_security/api_key?name=doomed").json()["api_keys"]
    pair.remote.ask("DELETE", "/_security/api_key", {"ids": [found[0]["id"]]})
    asked.registered("doomed", {"proxy_address": f"127.0.0.1:{pair.remote.server}"})
    seen = asked.look("doomed", "doomed", *logins, proxy_address=f"127.0.0.1:{pair.remote.server}")
    failing = seen.failing("doomed")
    assert failing["auth/key-invalid"] == "critical"
    assert {"runtime/not-connected", "runtime/connected-not-proof"} & set(failing), failing


@pytest.mark.irreversible
def test_a_basic_license(asked: Asked, logins: tuple[Path, Path]) -> None:
    """The remote falls to basic, and then the local cluster: there is no way back."""
    answer = asked.pair.remote.ask("POST", "/_license/start_basic?acknowledge=true")
    assert answer.status_code == 200, answer.text
    failing = asked.look("logs", "good", *logins, use={"esql": True}).failing("logs")
    assert failing["license/apikey-noncompliant"] == "critical"
    assert failing["license/level-differs"] == "warning"
    assert "license/esql-ccs" not in failing
    answer = asked.pair.local.ask("POST", "/_license/start_basic?acknowledge=true")
    assert answer.status_code == 200, answer.text
    failing = asked.look("logs", "good", *logins, use={"esql": True}).failing("logs")
    assert failing["license/esql-ccs"] == "error"
    assert "license/level-differs" not in failing
