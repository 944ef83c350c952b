"""100 local clusters with 20 remotes each, all asked over HTTP: CPU and memory of one round, judging included."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import resource
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from multiprocessing.connection import Connection

from measured import Figure, cpu_of, main, repeated

from diag.cli.standard_streams import loaded
from diag.collect import RealNetwork, RoundInput, gather
from diag.config import Config
from diag.engine import judge, load_catalogue
from diag.event_loop import run_to_end

CLUSTERS, REMOTES, NODES = 100, 20, 100
CHECKS = load_catalogue().checks
_ROLES = ["data", "ingest", "master", "remote_cluster_client"]


def _answers() -> dict[str, bytes]:
    settings = {f"r{i}": {"mode": "proxy", "proxy_address": "127.0.0.1:1", "server_name": "x"} for i in range(REMOTES)}
    shown = {"connected": True, "num_proxy_sockets_connected": 18, "max_proxy_socket_connections": 18}
    nodes = {
        f"n{i}": {
            "name": f"n{i}",
            "version": "9.2.0",
            "roles": _ROLES,
            "transport": {"publish_address": f"10.0.0.{i}:9300"},
            "jvm": {"start_time_in_millis": 1795469836502},
        }
        for i in range(NODES)
    }
    bodies: dict[str, object] = {
        "/": {"cluster_name": "c", "cluster_uuid": "u", "version": {"number": "9.2.0", "build_flavor": "default"}},
        "/_cluster/settings": {"persistent": {"cluster": {"remote": settings}}},
        "/_remote/info": dict.fromkeys(settings, shown),
        "/_nodes/_all/settings,jvm,transport,remote_cluster_server": {"_nodes": {"failed": 0}, "nodes": nodes},
        "/_nodes/_local/stats/os": {"nodes": {"n0": {"timestamp": int(time.time() * 1000)}}},
        "/_license": {"license": {"type": "enterprise", "status": "active"}},
        "/_security/role": {f"role{i}": {"cluster": ["monitor"], "indices": []} for i in range(50)},
        "/_resolve/cluster/*:*": {alias: {"connected": True, "version": {"number": "9.2.0"}} for alias in settings},
        "/_ssl/certificates": [
            {
                "path": f"certs/{i}.pem",
                "subject_dn": f"CN=ca{i}",
                "serial_number": f"{i:040x}",
                "has_private_key": False,
            }
            for i in range(5)
        ],
        "/_transform": {"transforms": []},
        "/_transform/_all/_stats": {"transforms": []},
        "/_ccr/stats": {"follow_stats": {"indices": []}, "auto_follow_stats": {}},
        "/_all/_ccr/info": {"follower_indices": []},
        "/_xpack": {"features": {"security": {"enabled": True}}},
    }
    return {path: json.dumps(body).encode() for path, body in bodies.items()}


def _serve(pipe: Connection) -> None:
    answers = _answers()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split(b" ", 2)[1].partition(b"?")[0].decode()
        body = answers.get(path, b"{}")
        status = b"200 OK" if path in answers else b"404 Not Found"
        writer.write(
            b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)
        )
        await writer.drain()
        writer.close()

    async def serve() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=1024)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


async def _round(config: Config) -> None:
    now = datetime.now(UTC)
    async with RealNetwork() as network:
        evidence = await asyncio.gather(*(gather(RoundInput(cluster=one, now=now), network) for one in config.clusters))
    reports = [judge(one, CHECKS) for one in evidence]
    if [len(one.remotes) for one in reports] != [REMOTES] * len(reports):
        sys.exit(f"expected {REMOTES} remotes of each cluster")


def measure(*, quick: bool) -> Iterator[Figure]:
    """Serve, and run rounds; the first one fills caches."""
    loaded()  # As every command does.
    clusters = 10 if quick else CLUSTERS
    local_side, remote_side = multiprocessing.Pipe()
    server = multiprocessing.Process(target=_serve, args=(remote_side,), daemon=True)
    server.start()
    port = local_side.recv()
    config = Config.model_validate(
        {"clusters": [{"name": f"c{i}", "url": f"http://127.0.0.1:{port}"} for i in range(clusters)]}
    )
    seconds = repeated(1 if quick else 3, lambda: cpu_of(lambda: run_to_end(_round(config))))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    server.terminate()
    what = f"a round of {clusters} local clusters of {NODES} nodes with {REMOTES} remotes each, asked over HTTP"
    yield Figure(name="cpu", what=f"{what}, CPU", unit="s", values=seconds)
    yield Figure(name="peak", what=f"{what}, memory at the peak", unit="MiB", values=(memory,))


if __name__ == "__main__":
    main(measure, __doc__)
