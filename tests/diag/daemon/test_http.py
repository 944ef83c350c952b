"""The whole service over real connections: rounds fill the pages while they are read."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from diag.daemon import Running, running_daemon
from tests.diag.collect import peers
from tests.diag.daemon.world import World, until, until_ready, write_config


@contextlib.asynccontextmanager
async def served(world: World, path: Path) -> AsyncIterator[tuple[Running, httpx.AsyncClient]]:
    """Run the daemon, and a client of it."""
    async with (
        running_daemon(path, open_collector=world.open) as made,
        httpx.AsyncClient(base_url=made.url, trust_env=False) as client,
    ):
        yield made, client


async def test_the_pages_of_a_running_daemon(tmp_path: Path) -> None:
    """From not ready to a full report, over HTTP."""
    world, gate = World(broken={"audit"}), asyncio.Event()

    async def wait(_name: str) -> None:
        await gate.wait()

    world.before = wait
    async with served(world, write_config(tmp_path, {"eu": ["logs", "audit"]})) as (_, client):
        assert (await client.get("/-/ready")).status_code == 503
        assert (await client.get("/-/healthy")).text == "healthy\n"
        assert "Waiting for the first round of eu" in (await client.get("/")).text
        gate.set()
        await until_ready(client)
        metrics = (await client.get("/metrics")).text
        series = {
            (sample.name, sample.labels.get("remote")): sample.value
            for family in text_string_to_metric_families(metrics)
            for sample in family.samples
        }
        assert series["diag_remote_status", "logs"] == 0
        assert series["diag_remote_status", "audit"] == 2
        report = await client.get("/report")
        assert report.json()["status"] == "fail"
        tag = report.headers["etag"]
        assert (await client.get("/report", headers={"if-none-match": tag})).status_code == 304
        probe = await client.get("/probe", params={"cluster": "eu", "remote": "audit"})
        assert "\nprobe_success 0\n" in probe.text
        nearest = await client.get("/probe", params={"cluster": "eu", "remote": "adit"})
        assert (nearest.status_code, "audit" in nearest.text) == (404, True)
        assert "network/dns-nxdomain" in (await client.get("/")).text
        head = await client.head("/metrics")
        assert (head.status_code, head.content) == (200, b"")


async def test_every_series_stands_once_and_families_are_whole(tmp_path: Path) -> None:
    """What Prometheus refuses in a text: the same labels twice, or a family in two places."""
    world = World(broken={"audit"})
    path = write_config(tmp_path, {"eu": ["logs", "audit"], "us": ["logs"]})
    async with served(world, path) as (_, client):
        await until_ready(client)
        lines = (await client.get("/metrics")).text.splitlines()
    names = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(names) == len(set(names))
    labels = [line.rpartition(" ")[0] for line in lines if not line.startswith("#")]
    assert len(labels) == len(set(labels))


async def test_a_reload_over_http(tmp_path: Path) -> None:
    """A good file is taken; a bad one is answered with its errors, and the old one stays."""
    world = World()
    path = write_config(tmp_path, {"eu": ["logs"]})
    async with served(world, path) as (made, client):
        await until_ready(client)
        write_config(tmp_path, {"us": ["logs"]})
        assert (await client.post("/-/reload")).status_code == 200
        await until_ready(client)
        report = (await client.get("/report")).json()
        assert [cluster["name"] for cluster in report["clusters"]] == ["us"]
        assert 'cluster="eu"' not in (await client.get("/metrics")).text
        path.write_text("interval: soon\nclusters: []\n")
        refused = await client.post("/-/reload")
        assert refused.status_code == 400
        assert f"{path}:1:11: interval: value 'soon'" in refused.text
        assert [one.name for one in made.daemon.board.snapshot().report.clusters] == ["us"]
        assert "diag_config_last_reload_successful 0.0" in (await client.get("/metrics")).text
        assert "refused" in (await client.get("/")).text


async def test_a_slow_reader_delays_no_round(tmp_path: Path) -> None:
    """A scraper that does not read its answer costs nothing but its connection."""
    world = World()
    path = write_config(tmp_path, {"eu": ["logs"]}, interval="1s")
    async with served(world, path) as (made, client):
        await until_ready(client)
        url = httpx.URL(made.url)
        with socket.create_connection((url.host, url.port or 0)) as reader:
            reader.sendall(b"GET /metrics HTTP/1.1\r\nhost: diag\r\n\r\n" * 50)
            seen = len(world.looks)
            await until(lambda: len(world.looks) >= seen + 2)
            assert (await client.get("/-/healthy")).status_code == 200


async def test_ipv6_and_the_address_that_was_chosen(tmp_path: Path) -> None:
    """Port 0 lets the system choose, and the address that is told is the one that answers."""
    path = write_config(tmp_path, {"eu": ["logs"]}, daemon={"listen": "[::1]:0"})
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return  # This machine has no IPv6.
    async with served(World(), path) as (made, client):
        assert made.url.startswith("http://[::1]:")
        assert (await client.get("/-/healthy")).status_code == 200
        json.loads((await client.get("/report")).text)


async def test_the_real_network_is_the_default(tmp_path: Path) -> None:
    """Without a stand-in the daemon looks at the real world: a port where nothing listens fails."""
    path = write_config(tmp_path, {"eu": ["logs"]}, timeouts={"connect": "20s", "handshake": "20s"})
    with peers.nobody() as port:
        path.write_text(path.read_text().replace("logs.example:9443", f"127.0.0.1:{port}"))
        await _looks_at_nobody(path)


async def _looks_at_nobody(path: Path) -> None:
    async with running_daemon(path) as made, httpx.AsyncClient(base_url=made.url, trust_env=False) as client:
        await until_ready(client)
        assert (await client.get("/report")).json()["status"] == "fail"
        assert "\nprobe_success 0\n" in (await client.get("/probe?cluster=eu&remote=logs")).text
