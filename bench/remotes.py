"""Configurations with so many healthy remotes, all of which lead to one node behind haproxy."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path

from node import KEY
from peers import NAME

RELEASE = "8.15.3"


def address(number: int) -> str:
    """An address of loopback for each remote, as each has one in life."""
    return f"127.{1 + number // 62500}.{number // 250 % 250}.{1 + number % 250}"


def remote(folder: Path, number: int, host: str, port: int, *, key: Path | None = None) -> dict[str, object]:
    """One healthy remote by API key. Without its ``key`` all is looked at but the login."""
    return {
        "alias": f"r{number}",
        "security_model": "api_key",
        "mode": "proxy",
        "proxy_address": f"{host}:{port}",
        "server_name": NAME,
        "ca": [str(folder / "ca.pem")],
        "version": RELEASE,
        **({"credential": {"file": str(key)}} if key else {}),
    }


def written(folder: Path, port: int, clusters: int, each: int, *, apart: bool = False, with_key: bool = False) -> Path:
    """Write a configuration of so many local clusters with so many remotes each.

    ``apart``: every remote has an address of its own. ``with_key``: the key is tried, and only so a remote can be ok.
    """
    key = folder / "key" if with_key else None
    if key:
        key.touch(mode=0o600)
        key.write_bytes(base64.b64encode(KEY.encode()))
    described = []
    for number in range(clusters):
        numbers = range(number * each, (number + 1) * each)
        described.append(
            {
                "name": f"c{number}",
                "version": RELEASE,
                "keystore": [f"cluster.remote.r{one}.credentials" for one in numbers],
                "remotes": [
                    remote(folder, one, address(one) if apart else "127.0.0.1", port, key=key) for one in numbers
                ],
            }
        )
    return configuration(folder / f"diag-{clusters}-{each}.yaml", {"clusters": described})


def configuration(path: Path, described: Mapping[str, object]) -> Path:
    """Write a configuration as JSON, which is YAML, and quick to write."""
    path.write_text(json.dumps(described), encoding="utf-8")
    return path
