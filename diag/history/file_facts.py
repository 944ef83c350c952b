"""How the file of the past does, for pages and metrics."""

from __future__ import annotations

from diag.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """How the file does. ``problem`` says why it can't be used now; ``set_aside`` are the names that broken ones got.

    ``events`` and ``size`` (bytes) are what it holds. ``dropped`` counts events that were never written, ``failures`` attempts to write or
    read that failed.
    """

    problem: str = ""
    set_aside: tuple[str, ...] = ()
    events: int = 0
    size: int = 0
    dropped: int = 0
    failures: int = 0
