"""CPU and rate of verified TLS probes with all findings, beside blackbox_exporter, which finds nothing, and beside bare OpenSSL in C.

All probe the same haproxy (P-256, TLS 1.3, full handshakes) in turns. For the CPU the prober has one core and the servers the other one; for the
rate everybody has the whole machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import peers
import remotes
from measured import Figure, main, pin, pinned

from diag.cli.standard_streams import loaded
from diag.collect import RealNetwork, RoundInput, gather
from diag.config import load_config
from diag.engine import judge, load_catalogue
from diag.event_loop import run_to_end
from diag.model import Chain, ClusterEvidence, Probe, Reply, TransportHello, Unavailable
from diag.plan import Plan, plan_of
from diag.rounds import CollectRound, RoundFailure, Rounds
from diag.rounds.collecting import through
from diag.wire import (
    HANDSHAKE_VERSIONS,
    REMOTE_CLUSTER_HANDSHAKE,
    handshake_request,
    node_request,
    node_version_for,
)
from diag.workers import WorkerPool, usable_cores

CHECKS = load_catalogue().choose(skip=["config/duplicate-remote"])  # All remotes share one address here.
PROBES, CLUSTERS, AT_ONCE = 400, 8, 64
PROBER, SERVERS = 0, 1  # Cores.


@dataclasses.dataclass(frozen=True)
class Cost:
    """What a turn took, in seconds."""

    cpu: float
    wall: float


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


def _blackbox(exporter: int, process: int, target: str, at_once: int) -> Cost:
    wall, cpu = time.perf_counter(), peers.cpu_seconds(process)
    asyncio.run(_blackbox_round(exporter, target, at_once))
    return Cost(cpu=peers.cpu_seconds(process) - cpu, wall=time.perf_counter() - wall)


def _diag(work: RoundInput, at_once: int) -> tuple[ClusterEvidence, Cost]:
    async def once() -> ClusterEvidence:
        async with RealNetwork(connections=at_once) as network:
            return await gather(work, network)

    wall, cpu = time.perf_counter(), time.process_time()
    evidence = run_to_end(once())
    return evidence, Cost(cpu=time.process_time() - cpu, wall=time.perf_counter() - wall)


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


def _work(folder: Path, port: int) -> RoundInput:
    config = load_config(remotes.written(folder, port, 1, PROBES))
    return RoundInput(
        cluster=config.clusters[0], timeouts=config.timeouts, thresholds=config.thresholds(), now=datetime.now(UTC)
    )


def _frames() -> list[str]:
    """What diag sends inside TLS to a node of 8.15, in hexadecimal digits: the handshake, and the question without a key."""
    return [
        handshake_request(HANDSHAKE_VERSIONS[0], request_id=1).hex(),
        node_request(REMOTE_CLUSTER_HANDSHAKE, node_version_for(8_512_000), request_id=2).hex(),
    ]


def _in_c(program: Path, directory: Path, port: int) -> Cost:
    """As many connections in C, one after the other, with the frames that diag sends."""
    command = [str(program), str(port), str(directory / "ca.pem"), peers.NAME, str(PROBES), *_frames()]
    wall = time.perf_counter()
    microseconds = float(subprocess.run(command, capture_output=True, check=True).stdout)
    return Cost(cpu=microseconds / 1_000_000 * PROBES, wall=time.perf_counter() - wall)


def turns(at_once: int, number: int, *, alone: bool) -> list[dict[str, Cost]]:
    """What each turn cost each prober; ``alone``: the prober on a core of its own."""
    costs = []
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        program = peers.compiled("bare_openssl.c", folder)
        with pinned(SERVERS) if alone else contextlib.nullcontext():
            port = stack.enter_context(peers.haproxy(folder))
        exporter, process = stack.enter_context(peers.blackbox(folder))
        work = _work(folder, port)
        if alone:
            stack.enter_context(pinned(PROBER))
        for turn in range(number + 1):
            evidence, local = _diag(work, at_once)
            _judged(evidence)
            if alone:
                pin(process, {PROBER})
            other = _blackbox(exporter, process, f"127.0.0.1:{port}", at_once)
            if turn:
                costs.append({"diag": local, "blackbox_exporter": other, "C": _in_c(program, folder, port)})
    return costs


def measure(*, quick: bool) -> Iterator[Figure]:
    """CPU at 16 and 64 at once, the rate at 64."""
    loaded()  # As every command does.
    number = 2 if quick else 7
    for at_once in (16, AT_ONCE):
        costs = turns(at_once, number, alone=True)
        yield Figure(
            name=f"cpu-{at_once}",
            what=f"client CPU of a verified TLS probe with all findings, {at_once} at once, beside blackbox_exporter, which finds nothing",
            unit="times",
            values=tuple(turn["diag"].cpu / turn["blackbox_exporter"].cpu for turn in costs),
            at_most=1.0,
        )
        for name, what in (
            ("diag", "diag"),
            ("blackbox_exporter", "blackbox_exporter"),
            ("C", "bare OpenSSL in C with the frames of diag, which is the limit"),
        ):
            yield Figure(
                name=f"cpu-{at_once}-{name}",
                what=f"client CPU of a probe, {at_once} at once, {what}",
                unit="ms",
                values=tuple(1000 * turn[name].cpu / PROBES for turn in costs),
            )
    yield from rates(number)


def rates(number: int) -> Iterator[Figure]:
    """Probes a second on the whole machine: of blackbox_exporter, of diag in worker processes, which judge and report too, and in one process."""
    costs = asyncio.run(_by_workers(number))
    others = turns(AT_ONCE, number, alone=False)
    both = list(zip(costs, others, strict=True))
    yield Figure(
        name="rate-64",
        what="probes a second, 64 at once, on the whole machine, judged and reported, beside blackbox_exporter",
        unit="times",
        values=tuple(turn["blackbox_exporter"].wall / seconds for seconds, turn in both),
        at_least=1.0,
    )
    for name, what, values in (
        ("workers", f"diag in {usable_cores()} worker processes, judged and reported", costs),
        ("diag", "diag in one process", [turn["diag"].wall for turn in others]),
        ("blackbox_exporter", "blackbox_exporter", [turn["blackbox_exporter"].wall for turn in others]),
    ):
        yield Figure(
            name=f"rate-64-{name}",
            what=f"probes, 64 at once, on the whole machine, {what}",
            unit="a second",
            values=tuple(PROBES / seconds for seconds in values),
            more_is_better=True,
        )


@contextlib.asynccontextmanager
async def collector(connections: int) -> AsyncIterator[CollectRound]:
    """How a worker looks: over so many connections at once."""
    async with RealNetwork(connections=connections) as network:
        yield through(network)


async def _by_workers(number: int) -> list[float]:
    """The seconds of each turn of as many probes, shared out among worker processes as the daemon and ``diag run`` do."""
    each = AT_ONCE // usable_cores()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with peers.haproxy(folder) as port:
            config = load_config(remotes.written(folder, port, CLUSTERS, PROBES // CLUSTERS))
            plan = plan_of(config, load_catalogue(), skip=["config/duplicate-remote"])
            async with collector(each) as here:
                pool = WorkerPool(
                    Rounds(here),
                    lambda _plan: usable_cores(),
                    collector="probes:collector",
                    arguments=(each,),
                    logs=False,
                )
                pool.begin(plan)
                try:
                    return [await _turn(pool, plan) for _ in range(number + 1)][1:]
                finally:
                    await pool.stop()


async def _turn(pool: WorkerPool, plan: Plan) -> float:
    started = time.perf_counter()
    done = await asyncio.gather(*(pool.run(plan, cluster) for cluster in plan.in_shard))
    took = time.perf_counter() - started
    for one in done:
        if isinstance(one, RoundFailure) or any(remote.root_causes for remote in one[0].remotes):
            sys.exit(f"diag did not succeed: {one}")
    return took


if __name__ == "__main__":
    main(measure, __doc__)
