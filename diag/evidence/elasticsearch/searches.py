"""A search of a remote through the local cluster, without asking for a single document. What it refuses is an answer too."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Final

from diag.evidence.call import Call, joined
from diag.evidence.elasticsearch.errors import ErrorKind
from diag.evidence.piece import Piece, Subject
from diag.evidence.reading import items, mapping, number, stated, text, unreadable
from diag.evidence.terms import Reason, Step, Unavailable
from diag.lazy_dataclass import dataclass

_CALL: Final = Call(
    path="/_search",
    privilege="read",
    on="what use.search names",
    missing=(400, 401, 403, 404, 500, 502, 503),
)
NO_SEARCH: Final = Unavailable(
    step=Step.API, reason=Reason.NOT_REQUESTED, detail="no search is tried: that wants probe.search and use.search"
)
_UNAUTHENTICATED: Final = 401


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchTrial:
    """What became of a search of the declared patterns, tried only where ``probe.search`` allows it.

    ``status`` is that of the remote in ``_clusters.details`` (successful, partial, skipped, failed, running; empty where the release does
    not tell). ``skipped`` says that the answer left the remote out; ``error`` is Elasticsearch's own text of the first failure.
    """

    status: str = ""
    skipped: bool = False
    error: str = ""


def of_patterns(alias: str, patterns: Iterable[str]) -> Call:
    """Search these patterns of one remote."""
    names = joined(f"{alias}:{pattern}" for pattern in patterns)
    wide = "ignore_unavailable=true&allow_no_indices=true&ccs_minimize_roundtrips=true"
    path = f"/{names}/_search?size=0&track_total_hits=false&timeout=5s&{wide}&filter_path=_clusters,_shards.failures,error,status"
    return dataclasses.replace(_CALL, path=path)


def read(answer: object, alias: str) -> SearchTrial | Unavailable:
    """Read what came of it: from ``_clusters``, or from the refusal."""
    reported = mapping(answer)
    if "error" in reported:
        error = _innermost(mapping(reported["error"]))
        if not error:
            return unreadable(_CALL)
        # The credentials of the remote are refused with the same status, and then it names an action in place of the request.
        if reported.get("status") == _UNAUTHENTICATED and ErrorKind.LOGIN_REFUSED.fits(error):
            refused = f"{_CALL.name}: the login is refused (401)"
            return Unavailable(step=Step.API, reason=Reason.UNAUTHENTICATED, detail=refused, call=_CALL.name)
        return SearchTrial(status="failed", error=error)
    clusters = mapping(reported.get("_clusters"))
    if not clusters:
        return unreadable(_CALL)
    detail = mapping(mapping(clusters.get("details")).get(alias))
    failures = [*items(detail.get("failures", [])), *items(mapping(reported.get("_shards")).get("failures", []))]
    status = text(detail.get("status"))
    return SearchTrial(
        status=status,
        skipped=status == "skipped" if status else number(clusters.get("skipped")) > 0,
        error=next((found for one in failures if (found := _innermost(mapping(one.get("reason"))))), ""),
    )


def _innermost(error: Mapping[str, object]) -> str:
    """Elasticsearch's own text of the first cause; where none has a text, its type."""
    found = ""
    while error:
        found = stated(error.get("reason")) or text(error.get("type")) or found
        error = mapping(error.get("caused_by"))
    return found


PIECE: Final = Piece(name="search", noun=SearchTrial, subjects=(Subject.LOCAL_VIEW,), calls=(_CALL,), absent=NO_SEARCH)
