"""What a page shows that no snapshot of the board holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Self

from diag.history import History, MemoryHistory
from diag.lazy_dataclass import dataclass
from diag.web.backend import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """``notes`` are what the reader should know; ``problems`` are the sentences of the checks by their ids; ``history`` is the past."""

    notes: tuple[str, ...] = ()
    problems: Mapping[str, str] = field(default_factory=dict)
    history: History = field(default_factory=MemoryHistory)

    @classmethod
    def of(cls, service: Service) -> Self:
        """What a service knows."""
        return cls(
            notes=(*service.notes, *service.history.notes),
            problems={check.id: check.problem for check in service.known_checks},
            history=service.history,
        )
