"""Rounds that went down with their process: they are repeated soon, and only so often."""

from __future__ import annotations

from collections import Counter
from typing import Final

import structlog

LOST_AGAIN: Final = 1.0  # Seconds until a round that went down with its process is repeated.
MAX_REPEATS: Final = 2  # In a row: with the others of its process, then alone.

log = structlog.stdlib.get_logger("diag.daemon")


class LostRounds:
    """The clusters whose last round went down with its process. That says nothing of the cluster, so what is shown stays."""

    def __init__(self) -> None:
        self._lost = Counter[str]()
        self._logged: dict[str, str] = {}

    def __contains__(self, name: str) -> bool:
        """Whether the last round of a cluster was lost, and is repeated."""
        return name in self._lost

    def again(self, name: str) -> bool:
        """Note that a round was lost, and say whether it is repeated soon."""
        self._lost[name] += 1
        return self._lost[name] <= MAX_REPEATS

    def left_alone(self, name: str, because: str) -> None:
        """Note that no round of a cluster is run for a while. It is logged once for each while, and not with each round that is due in it."""
        if self._logged.get(name) != because:
            log.error("round.quarantined", cluster=name, because=because)
        self._logged[name] = because

    def over(self, name: str) -> None:
        """Note that one ended in another way, or is not repeated."""
        self._lost.pop(name, None)
