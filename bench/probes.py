"""CPU and throughput of one verified TLS probe with all findings, beside blackbox_exporter, which finds nothing.

Both probe the same haproxy (P-256, TLS 1.3, full handshakes). Ratios are what counts: the rounds take turns.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import peers

from diag.collect import RealNetwork, RoundInput, gather
from diag.config import load_config
from diag.engine import judge, load_catalogue
from diag.model import ClusterEvidence

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
    report = judge(evidence, CHECKS)
    if {str(remote.status) for remote in report.remotes} != {"ok"}:
        sys.exit(f"diag did not succeed: {report.remotes[0].root_causes} {report.remotes[0].status}")


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


def measure(at_once: int) -> None:
    """Take turns, and print CPU milliseconds and probes a second of both."""
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        with peers.haproxy(directory) as port, peers.blackbox(directory) as (exporter, pid):
            work = _configuration(directory, port)
            local_side, remote_side, judging = [], [], []
            for turn in range(ROUNDS + 1):
                wall, cpu = time.perf_counter(), time.process_time()
                evidence = asyncio.run(_our_round(work, at_once))
                our = (time.process_time() - cpu, time.perf_counter() - wall)
                cpu = time.process_time()
                _judged(evidence)
                judging.append(time.process_time() - cpu)
                wall, cpu = time.perf_counter(), peers.cpu_seconds(pid)
                asyncio.run(_blackbox_round(exporter, f"127.0.0.1:{port}", at_once))
                their = (peers.cpu_seconds(pid) - cpu, time.perf_counter() - wall)
                if turn:
                    local_side.append(our)
                    remote_side.append(their)
    cpu_ours, cpu_theirs = (statistics.median(c for c, _ in x) / PROBES * 1000 for x in (local_side, remote_side))
    rate_ours, rate_theirs = (PROBES / statistics.median(w for _, w in x) for x in (local_side, remote_side))
    print(
        f"{at_once:3} at once  CPU ms a probe: diag {cpu_ours:.2f}, blackbox_exporter {cpu_theirs:.2f}, ratio {cpu_ours / cpu_theirs:.2f}"
    )
    print(
        f"             probes a second: diag {rate_ours:.0f}, blackbox_exporter {rate_theirs:.0f}, ratio {rate_ours / rate_theirs:.2f}"
    )

    print(
        f"             judging one remote with {len(CHECKS)} checks: {statistics.median(judging) / PROBES * 1000:.2f} ms CPU"
    )


if __name__ == "__main__":
    measure(16)
    measure(64)
