"""A configuration whose remotes all lead to a port at which nobody listens."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def port() -> Iterator[int]:
    """A port of this machine at which nobody listens, kept from others."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@pytest.fixture
def config(tmp_path: Path, port: int) -> Path:
    """A configuration with two local clusters; every remote leads to the refused port."""
    path = tmp_path / "diag.yaml"
    path.write_text(
        f"""
timeouts: {{connect: 20s, handshake: 20s}}
clusters:
  - name: search-eu
    version: 8.15.3
    keystore: [cluster.remote.logs.credentials]
    remotes:
      - {{alias: logs, security_model: api_key, mode: proxy, proxy_address: "127.0.0.1:{port}", version: 8.15.3}}
      - {{alias: audit, security_model: certificate, mode: proxy, proxy_address: "127.0.0.1:{port}"}}
  - name: search-us
    version: 8.15.3
    remotes:
      - {{alias: metrics, security_model: api_key, mode: proxy, proxy_address: "127.0.0.1:{port}"}}
"""
    )
    return path
