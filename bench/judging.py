"""Judging a remote: what it costs at first, and in the rounds after, of evidence that rounds of the lab gathered one after the other.

Once of the lab as it is, where addresses and files are looked at alone, and once with the APIs of the local cluster and of each remote read.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import io
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from measured import Figure, cpu_of, main, pinned, repeated

from diag.collect import RealNetwork, gather
from diag.config import load_config
from diag.engine import Memory, judge, load_catalogue
from diag.lab.clusters import running_lab
from diag.logs import set_up_logs
from diag.model import ClusterEvidence, Nodes, Unavailable
from diag.observations import past_of_all
from diag.plan import NOTHING, plan_of, round_input

ROUNDS, REPEATED = 6, 15
CHECKS = load_catalogue().checks


async def lab_rounds(count: int, *, apis: bool = False) -> list[ClusterEvidence]:
    """Look at the whole lab again and again, as the daemon does: each round knows what the ones before saw."""
    found: list[ClusterEvidence] = []
    with tempfile.TemporaryDirectory() as folder:
        async with running_lab(Path(folder)) as lab, RealNetwork() as network, contextlib.AsyncExitStack() as servers:
            if apis:
                with _changed(lab.config) as config:
                    await _add_apis(config["clusters"][0], servers)
            plan, past = plan_of(load_config(lab.config), load_catalogue()), NOTHING
            for _ in range(count):
                wanted = round_input(plan.config, plan.config.clusters[0], now=datetime.now(UTC), past=past)
                found.append(await gather(wanted, network))
                past = past_of_all(judge(found[-1], plan.selection.checks))
    if apis and any(isinstance(one.api[Nodes], Unavailable) for one in (found[-1], *found[-1].remotes)):
        sys.exit("an API was not read")
    return found


@contextlib.contextmanager
def _changed(file: Path) -> Iterator[dict[str, Any]]:
    """What a configuration says, to be changed and written again."""
    config = yaml.safe_load(file.read_text())
    yield config
    file.write_text(json.dumps(config))


async def _add_apis(cluster: dict[str, Any], servers: contextlib.AsyncExitStack) -> None:
    """Give the local cluster, and each of its remotes, an API that answers."""
    cluster["url"] = await _serve("local", cluster["remotes"], servers)
    for index, remote in enumerate(cluster["remotes"]):
        remote["url"] = await _serve(f"remote-{index}", [], servers)


async def _serve(name: str, remotes: Sequence[dict[str, Any]], servers: contextlib.AsyncExitStack) -> str:
    answers = _answers(name, remotes)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split(b" ", 2)[1].partition(b"?")[0].decode()
        body, status = answers.get(path, b"{}"), b"200 OK" if path in answers else b"404 Not Found"
        writer.write(b"HTTP/1.1 %s\r\nContent-Type: application/json\r\n" % status)
        writer.write(b"Connection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        await writer.drain()
        writer.close()

    server = await servers.enter_async_context(await asyncio.start_server(answer, "127.0.0.1", 0))
    return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def _answers(name: str, remotes: Sequence[dict[str, Any]]) -> dict[str, bytes]:
    """What the API of a cluster of three nodes says: who it is, its nodes, license, keys, certificates and roles, and its remotes."""
    settings = {
        one["alias"]: {key: str(one[key]) for key in ("mode", "proxy_address", "server_name") if one.get(key)}
        for one in remotes
    }
    nodes = {
        f"n{index}": {
            "name": f"{name}-{index}",
            "version": "8.15.3",
            "roles": ["data", "ingest", "master", "remote_cluster_client"],
            "transport": {"publish_address": f"10.0.0.{index}:9300"},
            "remote_cluster_server": {"publish_address": f"10.0.0.{index}:9443"},
            "jvm": {"start_time_in_millis": 1_795_469_836_502},
        }
        for index in range(1, 4)
    }
    shown = {"connected": True, "mode": "proxy", "num_proxy_sockets_connected": 18, "max_proxy_socket_connections": 18}
    bodies: dict[str, object] = {
        "/": {
            "cluster_name": name,
            "cluster_uuid": f"uuid-of-{name}",
            "version": {"number": "8.15.3", "build_flavor": "default"},
        },
        "/_cluster/settings": {"persistent": {"cluster": {"remote": settings}}},
        "/_remote/info": dict.fromkeys(settings, shown),
        "/_nodes/_all/settings,jvm,transport,remote_cluster_server": {"_nodes": {"failed": 0}, "nodes": nodes},
        "/_license": {"license": {"type": "enterprise", "status": "active"}},
        "/_security/role": {f"role{index}": {"cluster": ["monitor"], "indices": []} for index in range(20)},
        "/_security/api_key": {"api_keys": []},
        "/_resolve/cluster/*:*": {alias: {"connected": True, "version": {"number": "8.15.3"}} for alias in settings},
        "/_ssl/certificates": [
            {"path": "certs/ca.pem", "subject_dn": "CN=ca", "serial_number": "1f", "has_private_key": False}
        ],
        "/_xpack": {"features": {"security": {"enabled": True}}},
    }
    return {path: json.dumps(body).encode() for path, body in bodies.items()}


def fresh(evidence: Sequence[ClusterEvidence]) -> float:
    """Judge one round with nothing remembered, and remember it: seconds a remote."""
    gc.collect()
    return cpu_of(lambda: judge(evidence[0], CHECKS, memory=Memory())) / len(evidence[0].remotes)


def steady(evidence: Sequence[ClusterEvidence]) -> float:
    """Judge the rounds after the first two, each of which knows those before: seconds a remote."""
    memory = Memory()
    for one in evidence[:2]:
        judge(one, CHECKS, memory=memory)
    later = evidence[2:]
    gc.collect()
    took = cpu_of(lambda: [judge(one, CHECKS, memory=memory) for one in later])
    return took / sum(len(one.remotes) for one in later)


def measure(*, quick: bool) -> Iterator[Figure]:
    """A first round and the rounds after, without APIs and with them."""
    set_up_logs(io.StringIO())
    rounds, times = 4 if quick else ROUNDS, 3 if quick else REPEATED
    for apis, prefix, further in ((False, "", ""), (True, "apis-", " whose API is read, as that of its cluster")):
        evidence = asyncio.run(lab_rounds(rounds, apis=apis))
        what = f"judging a remote{further} with {len(CHECKS)} checks"
        with pinned(0):
            at_first = repeated(times, functools.partial(_milliseconds, fresh, evidence))
            after = repeated(times, functools.partial(_milliseconds, steady, evidence))
        most = (None, None) if apis else (0.5, 0.1)
        yield Figure(name=f"{prefix}fresh", what=f"{what}, CPU at first", unit="ms", values=at_first, at_most=most[0])
        yield Figure(
            name=f"{prefix}steady", what=f"{what}, CPU in the rounds after", unit="ms", values=after, at_most=most[1]
        )


def _milliseconds(measured: Callable[[Sequence[ClusterEvidence]], float], evidence: Sequence[ClusterEvidence]) -> float:
    return 1000 * measured(evidence)


if __name__ == "__main__":
    main(measure, __doc__)
