"""The awkward endpoints of the lab: how many that are broken diag calls well, beside blackbox_exporter, which has the CA, the name and the certificate."""

from __future__ import annotations

import asyncio
import json
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import peers
from measured import Figure, main

from diag.collect import RealNetwork, gather
from diag.config import load_config
from diag.engine import judge, load_catalogue
from diag.lab.clusters import Lab, host_name, running_lab
from diag.lab.scenarios import SCENARIOS, Scenario
from diag.model import Status
from diag.plan import round_input

BEST_FIRST = (Status.OK, Status.WARN, Status.UNKNOWN, Status.FAIL)
BROKEN = tuple(one for one in SCENARIOS if one.status is Status.FAIL)


async def judged(lab: Lab) -> Mapping[str, Status]:
    """What diag says of each remote."""
    config = load_config(lab.config)
    async with RealNetwork() as network:
        evidence = await gather(round_input(config, config.clusters[0], datetime.now(UTC)), network)
    report = judge(evidence, load_catalogue().checks, config.policy())
    return {one.alias: one.status for one in report.remotes}


def better(stated: Status, truth: Status) -> bool:
    """Whether a remote is called better than it is."""
    return BEST_FIRST.index(stated) < BEST_FIRST.index(truth)


def modules(folder: Path) -> str:
    """A module of blackbox_exporter for each broken remote: it verifies, and shows the certificate where there is one."""
    described = {}
    for one in BROKEN:
        by_key = one.model == "api_key"
        tls = {"ca_file": str(folder / ("remote-server-ca.pem" if by_key else "transport-ca.pem"))}
        tls |= {"server_name": host_name(one.alias)}
        tls |= {} if by_key else {"cert_file": str(folder / "node.pem"), "key_file": str(folder / "node.key")}
        described[one.alias] = {"prober": "tcp", "timeout": "3s", "tcp": {"tls": True, "tls_config": tls}}
    return json.dumps({"modules": described})


def succeeded(exporter: int, one: Scenario, port: int) -> bool:
    """Whether blackbox_exporter calls a remote well."""
    url = f"http://127.0.0.1:{exporter}/probe?module={one.alias}&target=127.0.0.1:{port}"
    with urllib.request.urlopen(url, timeout=10) as answer:
        return b"\nprobe_success 1" in answer.read()


async def compared() -> tuple[int, int]:
    """How many remotes diag calls better than they are, and how many broken ones blackbox_exporter calls well."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with running_lab(folder) as lab:
            stated = await judged(lab)
            with peers.blackbox(folder, modules(folder)) as (exporter, _):
                wells = await asyncio.gather(
                    *(asyncio.to_thread(succeeded, exporter, one, lab.peers[one.alias].port) for one in BROKEN)
                )
    return sum(better(stated[one.alias], one.status) for one in SCENARIOS), sum(wells)


def measure(*, quick: bool) -> Iterator[Figure]:  # noqa: ARG001 -- one run says it all.
    """Look at all remotes of the lab once with each."""
    local, other = asyncio.run(compared())
    yield Figure(
        name="diag",
        what=f"remotes of the {len(SCENARIOS)} of the lab that diag calls better than they are",
        unit="false ok",
        values=(local,),
        at_most=0,
    )
    yield Figure(
        name="blackbox_exporter",
        what=f"of its {len(BROKEN)} broken ones, those that blackbox_exporter calls a success",
        unit="false ok",
        values=(other,),
    )


if __name__ == "__main__":
    main(measure, __doc__)
