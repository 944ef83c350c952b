"""What a round asks the API of a cluster, whatever the number of its remotes. ``tests/diag/collect/test_costs.py`` counts what each remote takes."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from datetime import UTC, datetime

import pytest

from diag.collect import RealNetwork, RoundInput, gather
from diag.config import ClusterConfig
from diag.model import ClusterEvidence

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
MAX_CALLS = 18  # Of the local cluster's API in a round, whatever the number of its remotes.
NODE = {
    "name": "n", "version": "9.2.0", "roles": ["data", "remote_cluster_client"],
    "transport": {"publish_address": "10.0.0.1:9300"}, "jvm": {"start_time_in_millis": 1},
}  # fmt: skip


class CountingApi:
    """The API of a local cluster that answers, and notes which paths it was asked for."""

    def __init__(self, number: int) -> None:
        settings = {
            f"r{index}": {"mode": "proxy", "proxy_address": "127.0.0.1:1", "server_name": "x"}
            for index in range(number)
        }
        self._bodies = {
            "/": {"cluster_name": "c", "cluster_uuid": "u", "version": {"number": "9.2.0", "build_flavor": "default"}},
            "/_cluster/settings": {"persistent": {"cluster": {"remote": settings}}},
            "/_remote/info": {alias: {"connected": True} for alias in settings},
            "/_nodes/_all/settings,jvm,transport,remote_cluster_server": {
                "_nodes": {"failed": 0},
                "nodes": {"n": NODE},
            },
        }
        self.asked = Counter[str]()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request, and close."""
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split(b" ", 2)[1].partition(b"?")[0].decode()
        self.asked[path] += 1
        known = path in self._bodies
        body = json.dumps(self._bodies.get(path, {})).encode()
        status = b"200 OK" if known else b"404 Not Found"
        writer.write(b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n" % (status, len(body)))
        writer.write(b"Connection: close\r\n\r\n" + body)
        await writer.drain()
        writer.close()


async def asked_of(number: int) -> tuple[Counter[str], ClusterEvidence]:
    """What a round asks the API of a cluster with so many remotes, and what it finds."""
    api = CountingApi(number)
    server = await asyncio.start_server(api.answer, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        cluster = ClusterConfig.model_validate({"name": "search", "url": url})
        async with RealNetwork() as network:
            evidence = await gather(RoundInput(cluster=cluster, now=NOW), network)
    return api.asked, evidence


@pytest.mark.parametrize("number", [1, 20])
async def test_the_api_gets_a_fixed_number_of_calls(number: int) -> None:
    """Each path once, and no more of them with more remotes."""
    asked, evidence = await asked_of(number)
    assert len(evidence.remotes) == number
    assert max(asked.values()) == 1, asked
    assert 4 < len(asked) <= MAX_CALLS, asked
