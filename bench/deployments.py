"""300 deployments of a platform: what one look at all of them costs, and what the file of `diag discover` costs, against the API of the lab."""

from __future__ import annotations

import asyncio
import multiprocessing
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

from diag.collect import RealNetwork
from diag.collect.platforms.inventory import Inventory, inventory
from diag.config import Config
from diag.lab.organization import LabDeployment, LabOrganization
from diag.lab.platform_api import PlatformApi

DEPLOYMENTS = 300
KEY = "essu_YmVuY2g="
ANSWER_SECONDS = 0.2  # What a call takes that crosses the internet to a service that computes.


def _deployments() -> list[LabDeployment]:
    ids = [f"{index:032x}" for index in range(1, DEPLOYMENTS + 1)]
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


def _serve(pipe: Connection) -> None:
    api = PlatformApi(organization=LabOrganization(id="1", deployments=_deployments()), key=KEY, seconds=ANSWER_SECONDS)

    async def serve() -> None:
        await api.start()
        pipe.send(api.url)
        while await asyncio.to_thread(pipe.recv):
            pipe.send((len(api.asked), api.max_open, {one.method for one in api.asked}))
            api.asked.clear()
            api.limited = ["1", *[""] * 59] * 10

    asyncio.run(serve())


async def _look(config: Config, *, with_remotes: bool) -> int:
    async with RealNetwork() as network:
        found = await inventory(config.platforms[0], network, config.timeouts.api, with_remotes=with_remotes)
    assert isinstance(found, Inventory), found  # noqa: S101 -- a figure of nothing would be none.
    return len(found.all)


def main() -> None:
    """Serve, look twice, and print what each look cost; before the last one the platform limits calls."""
    here, there = multiprocessing.Pipe()
    server = multiprocessing.Process(target=_serve, args=(there,), daemon=True)
    server.start()
    with tempfile.TemporaryDirectory() as folder:
        key = Path(folder, "key")
        key.write_text(KEY)
        platform = {"name": "bench", "url": here.recv(), "api_key": {"file": key}}
        config = Config.model_validate({"platforms": [platform]})
        for title, with_remotes in (("source", False), ("file, 10 calls turned away", True)):
            before, started = time.process_time(), time.perf_counter()
            number = asyncio.run(_look(config, with_remotes=with_remotes))
            cpu, took = time.process_time() - before, time.perf_counter() - started
            here.send("next")
            calls, most, methods = here.recv()
            print(
                f"{title}: {number} deployments, {calls} calls {sorted(methods)}, at most {most} at once, {took:.1f} s, CPU {cpu:.1f} s"
            )
    server.terminate()


if __name__ == "__main__":
    main()
