"""The report as JSON over HTTP: which of it somebody asks for, and the body, written in pieces."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, Final

from diag.lazy_dataclass import dataclass
from diag.model import ClusterReport, Outcome, RemoteReport, Report, Result
from diag.report.json import CLUSTER_FIELDS, REMOTE_FIELDS, head_to_json
from diag.web.query import a_flag, known_word
from diag.web.wanted import EVERYTHING, Wanted

# What asks nothing of anybody: left out, and counted, unless the whole report is asked for.
QUIET: Final = (Outcome.PASS, Outcome.SKIP)
# By these everything else is found; they are there whatever is chosen.
ALWAYS: Final = frozenset({"name", "alias", "remotes"})
FIELDS: Final = tuple(dict.fromkeys((*CLUSTER_FIELDS, *REMOTE_FIELDS)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportChoice:
    """What of the report is asked for: which remotes, with or without passes and skips, and which fields (None: all)."""

    wanted: Wanted = EVERYTHING
    full: bool = False
    fields: frozenset[str] | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> ReportChoice:
        """Read the query of an address. Raises BadQueryError for what there is not."""
        names = [name.strip() for name in query.get("fields", "").split(",") if name.strip()]
        fields = frozenset(known_word("fields", name, FIELDS) for name in names) | ALWAYS if names else None
        return cls(wanted=Wanted.of(query), full=a_flag(query, "full"), fields=fields)


def report_body(report: Report, choice: ReportChoice) -> bytes:
    """Write the part of a report that is asked for. Status and counts at its head are those of the whole."""
    return b"".join(report_chunks(report, choice))


def report_chunks(report: Report, choice: ReportChoice) -> Iterator[bytes]:
    """Write it in pieces, a remote each: one call for all of it would hold up the whole program.

    No remote is twice in memory as plain values: each is written before the next one is made.
    """
    report = choice.wanted.of_report(report)
    of_remotes = (remote.results for cluster in report.clusters for remote in cluster.remotes)
    results = chain.from_iterable(chain((cluster.results for cluster in report.clusters), of_remotes))
    head = {**head_to_json(report), **_left_out(results, choice)}
    yield as_json(head)[:-1] + b',"clusters":['
    for number, cluster in enumerate(report.clusters):
        yield (b"," if number else b"") + as_json(_cluster(cluster, choice))[:-1] + b',"remotes":['
        for index, remote in enumerate(cluster.remotes):
            yield (b"," if index else b"") + as_json(_remote(remote, choice))
        yield b"]}"
    yield b"]}\n"


def _cluster(cluster: ClusterReport, choice: ReportChoice) -> dict[str, Any]:
    kept = dataclasses.replace(cluster, results=_kept(cluster.results, choice), remotes=())
    fields = {name: read(kept) for name, read in CLUSTER_FIELDS.items() if name != "remotes" and _takes(choice, name)}
    return {**fields, **(_left_out(cluster.results, choice) if "results" in fields else {})}


def _remote(remote: RemoteReport, choice: ReportChoice) -> dict[str, Any]:
    kept = dataclasses.replace(remote, results=_kept(remote.results, choice))
    fields = {name: read(kept) for name, read in REMOTE_FIELDS.items() if _takes(choice, name)}
    return {**fields, **(_left_out(remote.results, choice) if "results" in fields else {})}


def _takes(choice: ReportChoice, name: str) -> bool:
    return choice.fields is None or name in choice.fields


def _kept(results: tuple[Result, ...], choice: ReportChoice) -> tuple[Result, ...]:
    return results if choice.full else tuple(result for result in results if result.outcome not in QUIET)


def _left_out(results: Iterable[Result], choice: ReportChoice) -> dict[str, dict[str, int]]:
    counted = Counter[Outcome]() if choice.full else Counter(result.outcome for result in results)
    return {"left_out": {outcome.value: counted[outcome] for outcome in QUIET}}


def as_json(value: object) -> bytes:
    """Write plain values as JSON, in the characters of ASCII alone: a terminal that shows it is safe."""
    return json.dumps(value, separators=(",", ":")).encode()
