"""The state of a remote and of a cluster: by its results, and the worst of several. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Final

from diag.model import Outcome, Result, Severity, Status

_OUTCOME: Final = attrgetter("outcome")
_WORST_FIRST: Final = (Status.FAIL, Status.UNKNOWN, Status.WARN, Status.OK)


def worst(statuses: Iterable[Status]) -> Status:
    """The worst of several: fail, unknown, warn, ok. Of nothing at all it is ok."""
    return min(statuses, key=_WORST_FIRST.index, default=Status.OK)


def open_places(results: Iterable[Result]) -> list[int]:
    """Where the results are that say more than a pass or a skip: few of many, and all that a state follows from."""
    quiet, other_quiet = Outcome.PASS, Outcome.SKIP
    return [
        place
        for place, outcome in enumerate(map(_OUTCOME, results))
        if outcome is not quiet and outcome is not other_quiet
    ]


def status_of(results: Iterable[Result]) -> Status:
    """The state that follows from results.

    An error or critical finding that counts means ``fail``; else an essential question without any answer (or a check
    that crashed) means ``unknown``; else a warning means ``warn``; else an essential question that some addresses left
    open means ``unknown``; else ``ok``. Of no result at all nothing is known.
    """
    results = tuple(results)
    return status_of_notable([results[place] for place in open_places(results)]) if results else Status.UNKNOWN


def status_of_notable(results: Sequence[Result]) -> Status:
    """The state that follows from results of which those are left out that say no more than a pass or a skip."""
    severities = {result.severity for result in results if result.counts}
    if severities & {Severity.ERROR, Severity.CRITICAL}:
        return Status.FAIL
    open_ones = [r for r in results if r.is_open]
    if any(not r.partial for r in open_ones):
        return Status.UNKNOWN
    if severities:
        return Status.WARN
    return Status.UNKNOWN if open_ones else Status.OK
