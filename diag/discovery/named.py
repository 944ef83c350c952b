"""What a source of any kind names at one look, before it is a cluster of the configuration."""

from __future__ import annotations

from collections.abc import Mapping

from diag.lazy_dataclass import dataclass


class SourceError(Exception):
    """A source could not be read; the text says where, what was found and what was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The clusters, each in the words of ``clusters`` in the configuration.

    ``unsure`` are names of which this look could not tell whether they are still right, ``whole`` says whether who is not named is
    gone; ``problem`` is what could not be read, empty where all could.
    """

    clusters: tuple[Mapping[str, object], ...]
    unsure: frozenset[str] = frozenset()
    whole: bool = True
    problem: str = ""
