"""How far the operator of ECK is with one Elasticsearch resource, as the resource itself shows it at the API server."""

from __future__ import annotations

from datetime import datetime

from diag.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class EckCondition:
    """One of ``status.conditions``: ``status`` is True, False or Unknown, ``since`` when it or its message changed last."""

    type: str
    status: str
    since: datetime | None
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EckStatus:
    """What an operator did with a resource that an API server holds.

    ``generation`` counts the changes of its specification, ``observed`` is the one that the operator looked at last; None where it says none.
    ``touched``: an operator wrote a status at all. ``registered`` are the aliases of remotes that it took up, by its own annotation.
    ``changed`` is when the specification was changed last, as far as the API server tells.
    """

    generation: int
    observed: int | None
    touched: bool
    phase: str
    conditions: tuple[EckCondition, ...]
    registered: tuple[str, ...]
    changed: datetime | None

    @property
    def is_behind(self) -> bool:
        """Whether the operator has not looked at the specification of now."""
        return not self.touched or (self.observed is not None and self.observed < self.generation)
