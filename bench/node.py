"""A node of the lab without TLS, for haproxy to stand before: python node.py PORT."""

from __future__ import annotations

import asyncio
import sys

from diag.lab.peer import Manner, Peer


async def main() -> None:
    """Serve until the process is ended."""
    await Peer(manner=Manner.CLEAR, port=int(sys.argv[1])).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
