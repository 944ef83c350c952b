"""A small world in worker processes: what a cluster does is told by its name, and by the files in a folder."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from pathlib import Path

from diag.collect import Partly
from diag.config import ClusterConfig, Config
from diag.model import ClusterEvidence, History
from diag.plan import NOTHING
from diag.rounds import CollectRound
from tests.diag.daemon.world import SECRET, World

COLLECTOR = "tests.diag.workers.far_world:open_world"


class FarWorld(World):
    """Notes in the folder which process looks at which cluster. ``slow`` ones wait until there is a file ``go``."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    async def __call__(
        self,
        config: Config,
        cluster: ClusterConfig,
        now: datetime,
        remotes: tuple[str, ...] = (),
        past: Mapping[str, History] = NOTHING,
        partly: Partly | None = None,
    ) -> ClusterEvidence:
        """Look at a cluster."""
        self._note(f"{cluster.name} {os.getpid()} {len(past)}")
        if cluster.name.startswith("early") and partly:
            partly(self._evidence(cluster, now, (cluster.remotes[0].alias,)))
        if cluster.name.startswith(("slow", "early")):
            while not (self.folder / "go").exists():  # noqa: ASYNC110 -- the test is another process.
                await asyncio.sleep(0.01)
        if cluster.name.startswith("stuck") and not (self.folder / "free").exists():
            re.match(r"(a|a)*b", "a" * 60)  # Never ends, and lets no other thread run meanwhile.
        if cluster.name.startswith("crash"):
            msg = f"it failed with {SECRET} in its hands"
            raise RuntimeError(msg)
        return await super().__call__(config, cluster, now, remotes, past, None)

    def _note(self, line: str) -> None:
        with (self.folder / "looks").open("a") as file:
            file.write(f"{line}\n")


@contextlib.asynccontextmanager
async def open_world(folder: str) -> AsyncIterator[CollectRound]:
    """Open it as a worker process does."""
    yield FarWorld(Path(folder))
