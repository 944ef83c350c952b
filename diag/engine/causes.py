"""Which failures are causes and which only follow from them, as the checks themselves declare it. Pure."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from diag.check import Check
from diag.lazy_dataclass import replaced
from diag.model import Outcome, Result, Severity

_ERRORS = frozenset({Severity.ERROR, Severity.CRITICAL})
_NO_GLOBS: tuple[str, ...] = ()


def related(results: Sequence[Result], known: Mapping[str, Check], open_places: Iterable[int]) -> tuple[Result, ...]:
    """Put in what each failure follows from and which errors leave a question open; an acknowledgement covers what follows.

    Covered is what only follows from acknowledged failures, and an open question where one of them leaves it open. ``known`` are the checks
    by their ids, ``open_places`` say where those results are that are no pass and no skip.
    """
    concerned = [(place, results[place]) for place in open_places]
    failures = [one for _, one in concerned if one.outcome is Outcome.FAIL]
    if not failures:
        return tuple(results)
    errors = [one for one in failures if one.severity in _ERRORS]
    done, explained = list(results), False
    for place, one in concerned:
        if one.outcome is Outcome.FAIL:
            causes = _causes(one, failures, known)
        else:
            causes = [other for other in errors if one.outcome is Outcome.UNKNOWN and _opens(other, one, known)]
        if causes:
            by = tuple(cause.check for cause in causes)
            done[place], explained = replaced(one, explained_by=by), True
    # Mostly nothing explains anything: the results are then those that are held already.
    found = tuple(done) if explained else tuple(results)
    silenced = {failure.check: failure for failure in failures if failure.acknowledged is not None}
    return _covered(found, silenced, known) if silenced else found


def _causes(one: Result, failures: Sequence[Result], known: Mapping[str, Check]) -> list[Result]:
    return [
        other
        for other in failures
        if other.check != one.check
        and _is_severe_enough(other, one)
        and _same_place(other, one)
        and _may_explain(other, one)
        and _matches(one.check, _explains(known, other.check))
    ]


def _may_explain(cause: Result, consequence: Result) -> bool:
    """Whether what was observed of the gravest findings leaves room for this cause."""
    gravest = (finding for finding in consequence.findings if finding.severity is consequence.severity)
    return not any(finding.in_group_only for finding in gravest) or _group(cause) == _group(consequence)


def _group(one: Result) -> str:
    return one.check.partition("/")[0]


def _is_severe_enough(cause: Result, consequence: Result) -> bool:
    """What is milder than an error explains no error: a remark on a certificate does not make a remote fail."""
    return cause.severity in _ERRORS or (consequence.severity not in _ERRORS and cause.severity is not Severity.INFO)


def _same_place(cause: Result, consequence: Result) -> bool:
    """Whether a cause reaches every place of the other one; what names no place is about the remote as a whole."""
    return not cause.places or not consequence.places or set(consequence.places) <= set(cause.places)


def _explains(known: Mapping[str, Check], check_id: str) -> tuple[str, ...]:
    return known[check_id].explains if check_id in known else _NO_GLOBS


def _leaves_open(known: Mapping[str, Check], check_id: str) -> tuple[str, ...]:
    return (*known[check_id].explains, *known[check_id].leaves_open) if check_id in known else _NO_GLOBS


def _opens(cause: Result, question: Result, known: Mapping[str, Check]) -> bool:
    """Whether a question can't be answered while a check fails."""
    return _same_place(cause, question) and _matches(question.check, _leaves_open(known, cause.check))


@functools.lru_cache(maxsize=65536)
def _matches(check_id: str, globs: tuple[str, ...]) -> bool:
    return any(fnmatchcase(check_id, glob) for glob in globs)


def _covered(
    results: tuple[Result, ...], silenced: Mapping[str, Result], known: Mapping[str, Check]
) -> tuple[Result, ...]:
    # What is covered may cover something in its turn; each pass covers one more, or is the last.
    while True:
        done = tuple(_cover(one, silenced, known) for one in results)
        more = {one.check: one for one in done if one.acknowledged is not None and one.outcome is Outcome.FAIL}
        if more.keys() == silenced.keys():
            return done
        results, silenced = done, more


def _cover(one: Result, silenced: Mapping[str, Result], known: Mapping[str, Check]) -> Result:
    if one.acknowledged is not None:
        return one
    if one.outcome is Outcome.FAIL:
        by = list(one.explained_by) if all(cause in silenced for cause in one.explained_by) else []
    elif one.outcome is Outcome.UNKNOWN:
        by = [cause.check for cause in silenced.values() if _opens(cause, one, known)]
    else:
        by = []
    return replaced(one, acknowledged=silenced[by[0]].acknowledged) if by else one


def root_causes(results: Iterable[Result]) -> tuple[str, ...]:
    """Every failure that no other one explains: in the order of the layers, then the most severe first, then in table order.

    Where there is an error or a critical finding, only those; else the warnings likewise. Info is never a root cause.
    """
    failures = [result for result in results if result.counts]
    errors = [r for r in failures if r.severity in _ERRORS]
    candidates = sorted(errors or failures, key=_order)
    causes = {
        one.check: {cause for cause in one.explained_by if any(c.check == cause for c in candidates)}
        for one in candidates
    }
    roots = [one.check for one in candidates if not causes[one.check]]
    reached = _reached(roots, causes)
    # Checks that explain each other in a circle would hide each other: the first of them in order is then the cause.
    for one in candidates:
        if one.check not in reached:
            roots.append(one.check)
            reached |= _reached([one.check], causes)
    place = {one.check: number for number, one in enumerate(candidates)}
    return tuple(sorted(roots, key=lambda check: place[check]))


def _order(result: Result) -> tuple[int, int]:
    return result.layer.rank, -(result.severity.rank if result.severity else 0)


def _reached(roots: Iterable[str], causes: Mapping[str, set[str]]) -> set[str]:
    reached = set(roots)
    while new := {one for one, by in causes.items() if one not in reached and by & reached}:
        reached |= new
    return reached
