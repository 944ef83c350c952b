"""300 deployments of a platform: what one look at all of them costs, and what the file of `diag discover` costs, against the API of the lab."""

from __future__ import annotations

import asyncio
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

from measured import Figure, main

from diag.collect import RealNetwork
from diag.collect.platforms.inventory import Inventory, inventory
from diag.config import Config
from diag.lab.organization import LabDeployment, LabOrganization
from diag.lab.platform_api import PlatformApi

DEPLOYMENTS = 300
KEY = "essu_YmVuY2g="
TURNED_AWAY, EACH = 10, 60  # Calls: each of so many first ones, so often.
ANSWER_SECONDS = 0.2  # What a call takes that crosses the internet to a service that computes.


def _deployments(number: int) -> list[LabDeployment]:
    ids = [f"{index:032x}" for index in range(1, number + 1)]
    remote = {"elasticsearch_ref_id": "main-elasticsearch", "alias": "next"}
    return [
        LabDeployment(
            id=one,
            name=f"deployment-{index:03}",
            cluster_id=f"c{one[1:]}",
            endpoint=f"deployment-{index:03}.example",
            remotes=[{**remote, "deployment_id": ids[index - 1]}],
        )
        for index, one in enumerate(ids)
    ]


def _serve(pipe: Connection, number: int) -> None:
    api = PlatformApi(
        organization=LabOrganization(id="1", deployments=_deployments(number)), key=KEY, seconds=ANSWER_SECONDS
    )

    async def serve() -> None:
        await api.start()
        pipe.send(api.url)
        while await asyncio.to_thread(pipe.recv):
            pipe.send((len(api.asked), api.max_open, {one.method for one in api.asked}))
            api.asked.clear()
            api.limited = ["1", *[""] * (EACH - 1)] * TURNED_AWAY

    asyncio.run(serve())


async def _look(config: Config, *, with_remotes: bool) -> int:
    async with RealNetwork() as network:
        found = await inventory(config.platforms[0], network, config.timeouts.api, with_remotes=with_remotes)
    assert isinstance(found, Inventory), found  # noqa: S101 -- a figure of nothing would be none.
    return len(found.all)


def measure(*, quick: bool) -> Iterator[Figure]:
    """Serve, and look: at the source that the daemon follows, and for the file, where the platform turns calls away."""
    number = 50 if quick else DEPLOYMENTS
    here, there = multiprocessing.Pipe()
    server = multiprocessing.Process(target=_serve, args=(there, number), daemon=True)
    server.start()
    with tempfile.TemporaryDirectory() as folder:
        key = Path(folder, "key")
        key.write_text(KEY)
        platform = {"name": "bench", "url": here.recv(), "api_key": {"file": key}}
        config = Config.model_validate({"platforms": [platform]})
        for name, title, with_remotes in (
            ("source", f"{number} deployments of a platform, followed", False),
            ("file", f"{number} deployments of a platform, their file", True),
        ):
            before, started = time.process_time(), time.perf_counter()
            found = asyncio.run(_look(config, with_remotes=with_remotes))
            cpu, took = time.process_time() - before, time.perf_counter() - started
            here.send("next")
            calls, at_once, methods = here.recv()
            if found != number or methods != {"GET"}:
                sys.exit(f"expected {number} deployments by GET alone, found {found} by {methods}")
            minute = 60 if with_remotes else None
            yield Figure(name=f"{name}-time", what=title, unit="s", values=(took,), at_most=minute)
            yield Figure(name=f"{name}-cpu", what=f"{title}, CPU", unit="s", values=(cpu,))
            most = 1 + number * (2 if with_remotes else 1) + (TURNED_AWAY if with_remotes else 0)
            yield Figure(name=f"{name}-calls", what=title, unit="calls", values=(calls,), at_most=most)
            yield Figure(name=f"{name}-at-once", what=f"{title}, at once", unit="calls", values=(at_once,), at_most=8)
    server.terminate()


if __name__ == "__main__":
    main(measure, __doc__)
