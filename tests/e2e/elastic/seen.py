"""Asking diag by its command line what it sees of a real pair, over the APIs of both sides."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.e2e.elastic.node import Node
from tests.e2e.elastic.pair import NAME, Pair
from tests.patience import ENDS_WITHIN, unhurried

DIAG = str(Path(sys.executable).parent / "diag")
# The keys of the local keystore, by alias.
KEYS = {"logs": "good", "soon": "soon", "doomed": "doomed", "repl": "replicating"}


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

    def causes(self, alias: str) -> tuple[str, ...]:
        """The root causes of one remote."""
        return tuple(self._remote(alias)["root_causes"])

    def status(self, alias: str) -> str:
        """The state of one remote."""
        return str(self._remote(alias)["status"])

    def _remote(self, alias: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = next(one for one in self.report["clusters"][0]["remotes"] if one["alias"] == alias)
        return found

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
    done = subprocess.run(command, capture_output=True, text=True, timeout=ENDS_WITHIN, check=False)
    assert done.stdout, done.stderr
    return Seen(json.loads(done.stdout))


def look_at(file: Path, *clusters: Mapping[str, Any], **more: Any) -> Seen:
    """Run diag on clusters, whose configuration is written to a file first."""
    file.write_text(yaml.safe_dump(unhurried({"clusters": list(clusters), **more})))
    return ask("run", "-c", file)


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

    @contextmanager
    def registering(self, alias: str, settings: Mapping[str, Any]) -> Iterator[None]:
        """Register a remote until the block ends, however it ends: the pair is that of other tests, too."""
        self.registered(alias, settings)
        try:
            yield
        finally:
            self.registered(alias, dict.fromkeys(settings))

    def by_key(self, **more: Any) -> dict[str, Any]:
        """The settings of a healthy remote of the API key model."""
        address = f"{NAME}:{self.pair.remote.server}"
        return {"mode": "proxy", "proxy_address": address, "server_name": NAME, "skip_unavailable": False, **more}

    def by_certificate(self) -> dict[str, Any]:
        """What to declare for a remote of the certificate model."""
        address = f"{NAME}:{self.pair.remote.transport}"
        return {"security_model": "certificate", "proxy_address": address, "credential": None, "skip_unavailable": None}

    def look(
        self,
        alias: str,
        key: str,
        local: Path,
        remote: Path,
        *,
        around: Mapping[str, Any] | None = None,
        search: bool = False,
        **more: Any,
    ) -> Seen:
        """Look at one remote, with the APIs of both sides. ``around`` stands beside ``remotes``; None takes a key away."""
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
        remotes = [{name: value for name, value in declared.items() if value is not None}]
        login = {"api_key": {"file": str(local)}}
        cluster = {"name": "local", "url": self.url, "auth": login, **(around or {}), "remotes": remotes}
        return look_at(self.pair.folder / "api.yaml", cluster, probe={"search": search})
