"""The keystore of the local cluster, by the names of its entries."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Final

from diag.lazy_dataclass import dataclass

_KEY: Final = re.compile(r"cluster\.remote\.[-\w]+\.credentials")


@dataclass(frozen=True, kw_only=True)
class Keystore:
    """The names of the entries in the local cluster's keystore; values are never read.

    Each remote asks for its own entries: what follows from all names is worked out once, or many remotes would cost their number squared.
    """

    names: tuple[str, ...]

    @cached_property
    def aliases(self) -> tuple[str, ...]:
        """The aliases that have a cross-cluster key: ``cluster.remote.<alias>.credentials``."""
        found = (re.fullmatch(r"cluster\.remote\.(.+)\.credentials", name) for name in self.names)
        return tuple(match[1] for match in found if match)

    def has_key(self, alias: str) -> bool:
        """Whether there is a key for exactly this alias."""
        return alias in self._keyed

    @cached_property
    def further(self) -> tuple[str, ...]:
        """The entries that begin as those for remotes do, and are not the key of one: passwords for signing, and what Elasticsearch does not know."""
        return tuple(name for name in self.names if name.startswith("cluster.remote") and not _KEY.fullmatch(name))

    @cached_property
    def _keyed(self) -> frozenset[str]:
        return frozenset(self.aliases)
