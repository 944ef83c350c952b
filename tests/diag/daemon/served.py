"""Run the daemon on a small world, as a process of its own: ``python -m tests.diag.daemon.served CONFIG [SECONDS]``.

Each look takes SECONDS, so that a round can be in flight when a signal comes.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from diag.daemon import run_daemon
from tests.diag.daemon.world import World


def main() -> int:
    """Run until a signal."""
    world = World()
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 0.0

    async def wait(_name: str) -> None:
        await asyncio.sleep(seconds)

    world.before = wait
    return run_daemon(Path(sys.argv[1]), open_collector=world.open)


if __name__ == "__main__":
    sys.exit(main())
