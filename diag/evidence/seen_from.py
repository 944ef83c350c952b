"""From where a round looked: the name of a vantage point, and who looked in its place."""

from __future__ import annotations

from diag.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFrom:
    """A vantage point that a round was made from. Source: the configuration, and who was there.

    ``by`` is the vantage point that looked in its place, as the configuration allows; empty where it looked itself. ``remotes_only``: it was
    asked about some remotes, and what it saw of the local cluster itself does not count. ``left_out`` are the aliases that it was not asked about.
    """

    name: str
    by: str = ""
    remotes_only: bool = False
    left_out: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Say who looked."""
        return f"{self.by} (in place of {self.name})" if self.by else self.name
