"""What the APIs of real pairs tell, with the very role that ``diag setup role`` prints, and what becomes of it when something breaks."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from diag.cli.permissions import local_role, remote_role
from diag.model import Version
from tests.e2e.elastic.node import Node
from tests.e2e.elastic.pair import NAME, Pair, running

KEYS = {"logs": "good", "soon": "soon", "doomed": "doomed", "repl": "replicating"}
DIAG = str(Path(sys.executable).parent / "diag")
# The releases that the parametrised tests run on; 6.8 is the only distribution here that has replication.
RELEASES = ("8.19.0", "9.2.0")


@dataclass(frozen=True)
class Seen:
    """A report: outcomes and severities by check, of the cluster (alias "") and of each remote."""

    report: Mapping[str, Any]

    def results(self, alias: str) -> dict[str, Mapping[str, Any]]:
        """The results of one remote, or of the cluster itself."""
        cluster = self.report["clusters"][0]
        owner = cluster if not alias else next(one for one in cluster["remotes"] if one["alias"] == alias)
        return {one["check"]: one for one in owner["results"]}

    def failing(self, alias: str) -> dict[str, str]:
        """What failed, with its severity; what is only information is left out."""
        found = self.results(alias).items()
        return {check: r["severity"] for check, r in found if r["outcome"] == "fail" and r["severity"] != "info"}

    def unknown(self, alias: str) -> set[str]:
        """What could not be told."""
        return {check for check, result in self.results(alias).items() if result["outcome"] == "unknown"}

    @property
    def aliases(self) -> set[str]:
        """The remotes."""
        return {one["alias"] for one in self.report["clusters"][0]["remotes"]}


def ask(*arguments: str | Path) -> Seen:
    """Run diag."""
    command = (DIAG, *map(str, arguments), "--format", "json")
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout, done.stderr
    return Seen(json.loads(done.stdout))


@dataclass
class Asked:
    """A pair with three remotes, registered in three ways, and logins of diag."""

    pair: Pair

    def login(self, node: Node, label: str, privileges: Mapping[str, Any]) -> Path:
        """Make an API key with these privileges, and write it to a file."""
        body = {"name": label, "role_descriptors": {"diag": privileges}}
        answer = node.ask("POST", "/_security/api_key", body)
        assert answer.status_code == 200, answer.text
        path = self.pair.folder / f"{label}.key"
        path.write_text(answer.json()["encoded"])
        return path

    @property
    def url(self) -> str:
        """The API of the local cluster."""
        return f"http://127.0.0.1:{self.pair.local.http}"

    def registered(self, alias: str, settings: Mapping[str, Any], how: str = "persistent") -> None:
        """Register a remote."""
        body = {how: {f"cluster.remote.{alias}.{key}": value for key, value in settings.items()}}
        answer = self.pair.local.ask("PUT", "/_cluster/settings", body)
        assert answer.status_code == 200, answer.text

    def by_key(self, **more: Any) -> dict[str, Any]:
        """The settings of a healthy remote of the API key model."""
        address = f"{NAME}:{self.pair.remote.server}"
        return {"mode": "proxy", "proxy_address": address, "server_name": NAME, "skip_unavailable": False, **more}

    def look(self, alias: str, key: str, local: Path, remote: Path, **more: Any) -> Seen:
        """Look at one remote, with the APIs of both sides."""
        declared = {
            "alias": alias,
            "security_model": "api_key",
            **self.by_key(),
            "ca": ["server-ca.pem", "http-ca.pem"],
            "credential": {"file": f"{key}.key"},
            "url": f"https://{NAME}:{self.pair.remote.http}",
            "auth": {"api_key": {"file": str(remote)}},
            **more,
        }
        cluster = {"name": "local", "url": self.url, "auth": {"api_key": {"file": str(local)}}, "remotes": [declared]}
        file = self.pair.folder / "api.yaml"
        file.write_text(yaml.safe_dump({"clusters": [cluster]}))
        return ask("run", "-c", file)


@pytest.fixture(scope="module", params=RELEASES)
def asked(request: pytest.FixtureRequest) -> Iterator[Asked]:
    """Start a pair and register its remotes: persistent, transient, and (by the pair itself) in the file."""
    release = Version.parse(request.param)
    with running(release, release, KEYS) as pair:
        made = Asked(pair)
        for alias in KEYS:
            made.registered(alias, made.by_key())
        address = f"{NAME}:{pair.remote.transport}"
        made.registered("audit", {"mode": "proxy", "proxy_address": address, "server_name": NAME}, "transient")
        for alias in (*KEYS, "audit", "filed"):
            assert pair.connects(alias, 60, wanted=True) or alias == "repl", (alias, pair.search(alias))
        made.login(pair.local, "local-diag", local_role(release))
        made.login(pair.remote, "remote-diag", remote_role(release))
        yield made


@pytest.fixture
def logins(asked: Asked) -> tuple[Path, Path]:
    """The files of the two keys that have the documented privileges."""
    return asked.pair.folder / "local-diag.key", asked.pair.folder / "remote-diag.key"


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
        "license/not-included",
        "runtime/connected-not-proof",
        "runtime/not-connected",
        "runtime/remote-health",
        "auth/key-on-wrong-cluster",
        "auth/key-no-search-access",
        "auth/key-missing",
        "version/mixed-nodes",
    }
    assert seen.results("")["runtime/clock-skew"]["outcome"] == "pass"
    assert seen.results("")["config/client-role-missing"]["outcome"] == "pass"


def test_a_missing_privilege(asked: Asked, logins: tuple[Path, Path]) -> None:
    """Without read_security exactly the checks of keys and roles become unknown, and one check says why."""
    whole = asked.look("logs", "good", *logins)
    poor = asked.login(asked.pair.remote, "poor", {"cluster": ["monitor"]})
    less = asked.look("logs", "good", logins[0], poor)
    lost = less.unknown("logs") - whole.unknown("logs")
    assert lost == {"auth/remote-role-useless", *(one for one in lost if one.startswith("auth/key-"))}, lost
    assert "auth/key-expiring" in lost
    said = less.results("")["auth/diag-user-insufficient"]
    assert said["outcome"] == "fail"
    assert "read_security" in said["findings"][0]["remedy"]


def test_keys_by_their_record(asked: Asked, logins: tuple[Path, Path]) -> None:
    """A key that ends in five days, and one that allows no search."""
    assert asked.look("soon", "soon", *logins).failing("soon")["auth/key-expiring"] == "error"
    # These distributions have no replication, so whether anything is replicated is not known: information only.
    assert asked.look("repl", "replicating", *logins).results("repl")["auth/key-no-search-access"]["outcome"] == "fail"


def test_settings_by_the_cluster(asked: Asked, logins: tuple[Path, Path]) -> None:
    """Not registered, registered otherwise, and left over."""
    assert asked.look("nobody", "good", *logins).failing("nobody")["config/not-added"] == "error"
    assert "config/drift" in asked.look("logs", "good", *logins, skip_unavailable=True).failing("logs")
    asked.registered("rest", {"mode": "proxy"})
    assert "config/leftover-settings" in asked.look("rest", "good", *logins).failing("rest")
    asked.registered("rest", {"mode": None})


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
def test_a_basic_licence(asked: Asked, logins: tuple[Path, Path]) -> None:
    """The remote falls to basic, and there is no way back."""
    answer = asked.pair.remote.ask("POST", "/_license/start_basic?acknowledge=true")
    assert answer.status_code == 200, answer.text
    failing = asked.look("logs", "good", *logins).failing("logs")
    assert failing["license/not-included"] == "critical"
    assert failing["license/level-differs"] == "warning"


def test_replication() -> None:
    """On 6.8.23, the only distribution here with replication: following, paused, and its remote taken away."""
    release = Version.parse("6.8.23")
    with running(release, release, {}) as pair:
        seeds = {"cluster.remote.logs.seeds": [f"{NAME}:{pair.remote.transport}"]}
        assert pair.local.ask("PUT", "/_cluster/settings", {"persistent": seeds}).status_code == 200
        assert pair.connects("logs", 60, wanted=True), pair.search("logs")
        soft = {"settings": {"index": {"number_of_shards": 1, "number_of_replicas": 0, "soft_deletes.enabled": True}}}
        assert pair.remote.ask("PUT", "/orig", soft).status_code == 200
        follow = pair.local.ask("PUT", "/copy/_ccr/follow", {"remote_cluster": "logs", "leader_index": "orig"})
        assert follow.status_code == 200, follow.text
        role = local_role(release)
        for node in (
            pair.local,
            pair.remote,
        ):  # In 6.8 the list of remotes is asked in the name of the login, there too.
            assert node.ask("PUT", "/_security/role/diag", role).status_code == 200
        user = {"password": "diag-password", "roles": ["diag"]}
        assert pair.local.ask("PUT", "/_security/user/diag", user).status_code == 200
        (pair.folder / "password").write_text("diag-password")
        auth = {"username": "diag", "password": {"file": "password"}}
        cluster = {"name": "local", "url": f"http://127.0.0.1:{pair.local.http}", "auth": auth}
        file = pair.folder / "ccr.yaml"
        file.write_text(yaml.safe_dump({"clusters": [cluster]}))
        seen = ask("run", "-c", file)
        assert seen.aliases == {"logs"}, seen.report["clusters"][0]
        healthy = {check: one["outcome"] for check, one in seen.results("logs").items() if check.startswith("ccr/")}
        assert healthy == {
            "ccr/fatal-exception": "pass",
            "ccr/retention-lease-expired": "pass",
            "ccr/follower-lag": "pass",
            "ccr/read-exceptions": "pass",
            "ccr/paused": "pass",
            "ccr/autofollow-errors": "skip",
        }, seen.results("logs")["ccr/paused"]
        metrics = subprocess.run(
            (DIAG, "run", "-c", str(file), "--format", "prometheus"), capture_output=True, text=True, check=False
        )
        assert 'diag_ccr_lag_operations{cluster="local",remote="logs",follower="copy"} 0' in metrics.stdout
        assert pair.local.ask("POST", "/copy/_ccr/pause_follow").status_code == 200
        assert ask("run", "-c", file).failing("logs")["ccr/paused"] == "warning"
        gone = dict.fromkeys(seeds)
        assert pair.local.ask("PUT", "/_cluster/settings", {"persistent": gone}).status_code == 200
        assert ask("run", "-c", file).failing("")["ccr/remote-removed"] == "error"
