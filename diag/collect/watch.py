"""Who wants to know how far a round is, while it runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Watch(Protocol):
    """Hears which remotes are looked at, and of each when that is done."""

    def begins(self, aliases: Sequence[str], /) -> None:
        """Hear that these remotes are looked at from now on."""

    def ends(self, alias: str, /) -> None:
        """Hear that a remote has been looked at."""


class Nobody:
    """A watch that nobody keeps."""

    def begins(self, aliases: Sequence[str], /) -> None:
        """Hear nothing."""

    def ends(self, alias: str, /) -> None:
        """Hear nothing."""
