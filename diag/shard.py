"""A part of the local clusters, for several daemons that share them out among themselves: the same part at each start, on each machine."""

from __future__ import annotations

import hashlib
import re
from typing import Final, Self

from diag.lazy_dataclass import dataclass

MAX_SHARDS: Final = 1000


@dataclass(frozen=True, slots=True)
class Shard:
    """The ``number``-th of ``of`` parts, counted from 1."""

    number: int = 1
    of: int = 1

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``2/5``. Raises ValueError with what was expected."""
        found = re.fullmatch(r"([0-9]{1,4})/([0-9]{1,4})", text)
        number, of = (int(part) for part in found.groups()) if found else (0, 0)
        if not 1 <= number <= of <= MAX_SHARDS:
            msg = f"expected K/N such as 2/5, with K from 1 to N and N up to {MAX_SHARDS}"
            raise ValueError(msg)
        return cls(number, of)

    def holds(self, cluster: str) -> bool:
        """Whether a local cluster is in this part, by a hash of its name alone: one that comes or goes moves no other."""
        digest = hashlib.sha256(cluster.encode("utf-8", "surrogatepass")).digest()
        return int.from_bytes(digest[:8], "big") % self.of == self.number - 1

    def __str__(self) -> str:
        """Write it as it is read."""
        return f"{self.number}/{self.of}"


WHOLE: Final = Shard()
