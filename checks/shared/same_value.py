"""A value of a round as the key of a cache: what all remotes of a cluster ask of it is worked out once, not again for each of them."""

from __future__ import annotations

from typing import Final, Generic, TypeVar

from diag.model import dataclass

CLUSTERS_KEPT: Final = 16

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Same(Generic[T]):
    """A value, and names that belong to it: equal to itself only, so that a thousand remotes need not be compared."""

    value: T
    names: tuple[str, ...] = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.value is other.value and self.names is other.names

    def __hash__(self) -> int:
        return hash((id(self.value), id(self.names)))
