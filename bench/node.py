"""A node of the lab without TLS that knows one key, for haproxy to stand before: python node.py PORT."""

from __future__ import annotations

import asyncio
import sys

from diag.lab.peer import Manner, Peer
from diag.lab.transport_node import KeyState, Node

KEY = "key-of-no-worth:secret-of-no-worth-22c"


async def main() -> None:
    """Serve until the process is ended."""
    node = Node(keys={KEY: KeyState.GOOD})
    await Peer(manner=Manner.CLEAR, node=node, port=int(sys.argv[1])).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
