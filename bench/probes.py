"""CPU and throughput of one verified TLS probe with all findings, beside blackbox_exporter, which finds nothing, and beside bare OpenSSL in C.

All probe the same haproxy (P-256, TLS 1.3, full handshakes). Ratios are what counts: the rounds take turns.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import peers

from diag.cli.standard_streams import loaded
from diag.collect import RealNetwork, RoundInput, gather
from diag.config import load_config
from diag.engine import judge, load_catalogue
from diag.event_loop import run_to_end
from diag.model import Chain, ClusterEvidence, Probe, Reply, TransportHello, Unavailable
from diag.wire import (
    HANDSHAKE_VERSIONS,
    REMOTE_CLUSTER_HANDSHAKE,
    handshake_request,
    node_request,
    node_version_for,
)

ROUNDS = 5
CHECKS = load_catalogue().choose(skip=["config/duplicate-remote"])  # All remotes share one address here.
PROBES = 400


async def _blackbox_round(port: int, target: str, at_once: int) -> None:
    """Ask blackbox_exporter for all probes, over connections that stay open, so many at once."""
    left = iter(range(PROBES))
    request = f"GET /probe?module=tls&target={target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in left:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            body = await reader.readexactly(length)
            if b"\nprobe_success 1" not in body:
                sys.exit("blackbox_exporter did not succeed")
        writer.close()

    await asyncio.gather(*(one() for _ in range(at_once)))


async def _our_round(work: RoundInput, at_once: int) -> ClusterEvidence:
    async with RealNetwork(connections=at_once) as network:
        return await gather(work, network)


def _judged(evidence: ClusterEvidence) -> None:
    """Judge the round. No key is configured, so that each remote is unknown in this alone: nothing may be found, and every node has answered."""
    report = judge(evidence, CHECKS)
    for judged, seen in zip(report.remotes, evidence.remotes, strict=True):
        probes = () if isinstance(seen.endpoints, Unavailable) else seen.endpoints.probes
        match probes:
            case (Probe(chain=Chain(trusted=True), transport=TransportHello(reply=Reply.ANSWERED)),) if (
                not judged.root_causes
            ):
                continue
        sys.exit(f"diag did not succeed: {judged.root_causes} {probes}")


def _configuration(directory: Path, port: int) -> RoundInput:
    remotes = "".join(
        f"      - {{alias: r{i}, security_model: api_key, mode: proxy, proxy_address: '127.0.0.1:{port}',"
        f" server_name: {peers.NAME}, ca: [ca.pem], version: 8.15.3}}\n"
        for i in range(PROBES)
    )
    names = ", ".join(f"cluster.remote.r{i}.credentials" for i in range(PROBES))
    path = directory / "diag.yaml"
    path.write_text(
        f"clusters:\n  - name: bench\n    version: 8.15.3\n    keystore: [{names}]\n    remotes:\n{remotes}"
    )
    config = load_config(path)
    return RoundInput(
        cluster=config.clusters[0], timeouts=config.timeouts, thresholds=config.thresholds(), now=datetime.now(UTC)
    )


def _frames() -> list[str]:
    """What diag sends inside TLS to a node of 8.15, in hexadecimal digits: the handshake, and the question without a key."""
    return [
        handshake_request(HANDSHAKE_VERSIONS[0], request_id=1).hex(),
        node_request(REMOTE_CLUSTER_HANDSHAKE, node_version_for(8_512_000), request_id=2).hex(),
    ]


def _in_c(program: Path, directory: Path, port: int) -> float:
    """The CPU milliseconds of one connection in C, with the frames that diag sends."""
    command = [str(program), str(port), str(directory / "ca.pem"), peers.NAME, str(PROBES), *_frames()]
    return float(subprocess.run(command, capture_output=True, check=True).stdout) / 1000


def _shown(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def measure(at_once: int) -> None:
    """Take turns, and print CPU milliseconds and probes a second of both, with their spread, and what the same costs in C."""
    ours, theirs, bare, judging, rates = [], [], [], [], []
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        program = peers.compiled("bare_openssl.c", directory)
        with peers.haproxy(directory) as port, peers.blackbox(directory) as (exporter, pid):
            work = _configuration(directory, port)
            for turn in range(ROUNDS + 1):
                wall, cpu = time.perf_counter(), time.process_time()
                evidence = run_to_end(_our_round(work, at_once))
                our, our_wall = time.process_time() - cpu, time.perf_counter() - wall
                cpu = time.process_time()
                _judged(evidence)
                judged = time.process_time() - cpu
                wall, cpu = time.perf_counter(), peers.cpu_seconds(pid)
                asyncio.run(_blackbox_round(exporter, f"127.0.0.1:{port}", at_once))
                their, their_wall = peers.cpu_seconds(pid) - cpu, time.perf_counter() - wall
                in_c = _in_c(program, directory, port)
                if turn:
                    ours.append(our / PROBES * 1000)
                    theirs.append(their / PROBES * 1000)
                    judging.append(judged / PROBES * 1000)
                    rates.append((PROBES / our_wall, PROBES / their_wall))
                    bare.append(in_c)
    ratio = statistics.median(ours) / statistics.median(theirs)
    print(
        f"{at_once:3} at once  CPU ms a probe: diag {_shown(ours)}, blackbox_exporter {_shown(theirs)}, ratio {ratio:.2f}"
    )
    print(f"             the same connection in C, one after the other, OpenSSL of the system: {_shown(bare)}")
    rate_ours, rate_theirs = (statistics.median(one[side] for one in rates) for side in (0, 1))
    print(
        f"             probes a second: diag {rate_ours:.0f}, blackbox_exporter {rate_theirs:.0f}, ratio {rate_ours / rate_theirs:.2f}"
    )
    print(f"             judging one remote with {len(CHECKS)} checks: {_shown(judging)} ms CPU")


if __name__ == "__main__":
    loaded()  # As every command does.
    measure(16)
    measure(64)
