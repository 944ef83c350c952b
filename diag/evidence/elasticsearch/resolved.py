"""What comes of asking the remotes through the local cluster (``GET /_resolve/cluster``, from 8.13), which tries to connect."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Final

from diag.evidence.call import Answer, Call, joined
from diag.evidence.piece import Piece, Subject
from diag.evidence.reading import flag, mapping, stated, text, unreadable
from diag.evidence.reads import exceeds, fleeting
from diag.evidence.terms import Unavailable, Version
from diag.lazy_dataclass import dataclass

# Before 8.18 the call wants an index expression.
CALL: Final = Call(
    path="/_resolve/cluster/*:*", privilege="view_index_metadata", on="some index name", since=Version(8, 13, 0)
)
_OF_PATTERNS: Final = dataclasses.replace(CALL, path="/_resolve/cluster", on="what use.search names")


@fleeting("seconds")
@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedCluster:
    """What came of asking one remote.

    ``seconds`` is how long the call took for all remotes together. ``error`` is Elasticsearch's own text, empty for none.
    ``matching`` says whether any index matches the patterns that were asked for, None where that is not known.
    """

    connected: bool
    error: str = ""
    version: str = ""
    matching: bool | None = None
    seconds: float = 0.0

    def took_longer_than(self, limit: float) -> bool:
        """Whether the call took more than ``limit`` seconds."""
        return exceeds(self, "seconds", limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedPatterns(ResolvedCluster):
    """The same for the patterns that are declared to be searched (``use.search``), in the name of the login of diag."""


def of_patterns(patterns: Iterable[str]) -> Call:
    """Whether indices match these patterns, each with its alias before the colon."""
    # Without it, a name that is no pattern and that no index has looks like a missing privilege.
    path = f"{_OF_PATTERNS.path}/{joined(patterns)}?ignore_unavailable=true"
    return dataclasses.replace(_OF_PATTERNS, path=path)


def read(answer: Answer) -> Mapping[str, ResolvedCluster] | Unavailable:
    """Read what came of asking each alias; the local cluster itself stands there as ``(local)``."""
    if isinstance(answer.value, Unavailable):
        return answer.value
    reported = mapping(answer.value)
    if not isinstance(answer.value, Mapping) or not all(isinstance(one, dict) for one in reported.values()):
        return unreadable(CALL)
    return {
        text(alias): _resolved(mapping(one), answer.seconds) for alias, one in reported.items() if alias != "(local)"
    }


def read_patterns(answer: Answer) -> Mapping[str, ResolvedPatterns] | Unavailable:
    """The same of the patterns that are declared to be searched."""
    resolved = read(answer)
    if isinstance(resolved, Unavailable):
        return resolved
    fields = [one.name for one in dataclasses.fields(ResolvedCluster)]
    return {alias: ResolvedPatterns(**{name: getattr(one, name) for name in fields}) for alias, one in resolved.items()}


def _resolved(reported: Mapping[str, object], seconds: float) -> ResolvedCluster:
    return ResolvedCluster(
        connected=flag(reported.get("connected")) is True,
        error=stated(reported.get("error")),
        version=text(mapping(reported.get("version")).get("number")),
        matching=flag(reported.get("matching_indices")),
        seconds=seconds,
    )


PIECE: Final = Piece(name="resolved", noun=ResolvedCluster, subjects=(Subject.LOCAL_VIEW,), calls=(CALL,))
OF_PATTERNS: Final = Piece(
    name="resolved_use", noun=ResolvedPatterns, subjects=(Subject.LOCAL_VIEW,), calls=(_OF_PATTERNS,)
)
