"""diag run against an API server, as the account that its own command prints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from tests.clilib import diag
from tests.e2e.kubernetes.apiserver import ApiServer
from tests.patience import unhurried


def role(server: ApiServer, account: str, *namespaces: str) -> list[dict[str, Any]]:
    """Apply what the command prints, and give it."""
    options = [one for name in namespaces for one in ("--namespace", name)]
    printed = diag("setup", "kubernetes-role", "--account", account, *options).stdout
    objects = list(yaml.safe_load_all(printed))
    server.kubectl("apply", "-f", "-", stdin=printed)
    return objects


def token(server: ApiServer, account: str) -> str:
    """A token of the account, as the command says that it is made."""
    return str(server.kubectl("create", "token", account, "-n", "default").stdout).strip()


def configuration(folder: Path, platform: dict[str, Any], here: str, there: str) -> Path:
    """A diag.yaml with two clusters there, each namespace/name."""
    whole = {
        "platforms": [{"name": "house", "kind": "kubernetes", **platform}],
        "clusters": [
            {
                "name": "search",
                "kind": "eck",
                "deployment": here,
                "remotes": [{"alias": "logs", "kind": "eck", "proxy_address": "127.0.0.1:1", "deployment": there}],
            }
        ],
    }
    file = folder / "diag.yaml"
    file.write_text(yaml.safe_dump(unhurried(whole)))
    return file


def with_token(server: ApiServer, folder: Path, account: str) -> dict[str, Any]:
    """A platform that is asked with the token of an account."""
    (folder / "token").write_text(token(server, account))
    return {"url": server.url, "ca": str(server.ca), "token": {"file": "token"}}


def judged(file: Path) -> tuple[dict[str, Any], str]:
    """A run: the results of local checks by check, and everything that it writes."""
    done = diag("run", "-c", file, "--format", "json")
    assert done.stdout, done.output
    results = json.loads(done.stdout)["clusters"][0]["results"]
    return {one["check"]: one for one in results}, done.output
