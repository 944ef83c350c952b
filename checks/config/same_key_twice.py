"""The check config/same-key-twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from checks.tables import docs
from diag.check import Yields, check, missing
from diag.model import (
    DocumentKind,
    DocumentProblem,
    DocumentProblems,
    Finding,
    ProblemKind,
    Setting,
    SettingsTexts,
    Severity,
    Unavailable,
    shorten,
)

# Who reads these takes a key twice, as most readers of JSON do.
_OF_CLOUD: Final = frozenset(
    {
        DocumentKind.TRUST_PAYLOAD,
        DocumentKind.REMOTE_CLUSTERS,
        DocumentKind.DEPLOYMENT,
        DocumentKind.TRAFFIC_FILTER,
    }
)


def _is_duplicate(one: DocumentProblem) -> bool:
    return one.kind is ProblemKind.SAME_KEY_TWICE


@check(
    "config/same-key-twice",
    severity=Severity.CRITICAL,
    severities=(Severity.WARNING,),
    docs=(docs.REMOTE_CLUSTER_SETTINGS,),
    tags=("documents",),
    source="Elasticsearch 8.19.0: Settings.loadFromPath and PUT _cluster/settings, asked with a key in two spellings",
)
def same_key_twice(texts: SettingsTexts | Unavailable, problems: DocumentProblems | Unavailable) -> Yields:
    """One setting stands in a document twice.

    Why it matters: a key that is written twice alike is refused: the node does not start, the request does not go through. Written flat once and
    nested once it is the same setting for Elasticsearch, and the later one wins without a word.

    How to fix: keep the one that is meant.

    Example: ``cluster.remote.logs.mode: proxy`` above, and ``mode: sniff`` under ``cluster: remote: logs:`` below.
    """
    twice = [] if isinstance(problems, Unavailable) else [one for one in problems.all if _is_duplicate(one)]
    if isinstance(texts, Unavailable) and not (twice and texts.not_configured):
        yield missing(texts)
    for problem in twice:
        of_cloud = problem.document in _OF_CLOUD
        what = "one of the two is lost" if of_cloud else f"the {problem.document} is refused"
        yield Finding(
            summary=f"{problem.message[0].upper()}{problem.message[1:]}: {what}.",
            remedy="Keep the one that is meant.",
            severity=Severity.WARNING if of_cloud else Severity.CRITICAL,
            origin=problem.origin,
        )
    for text in () if isinstance(texts, Unavailable) else texts.all:
        for first, second in _duplicates(text.all):
            if first.written == second.written:
                continue  # Written alike, it is a problem of the syntax.
            yield Finding(
                summary=f"{shorten(second.key)} stands in line {first.key_origin.line} too, in another spelling: {shorten(second.text)} wins; expected it once.",
                remedy="Keep the one that is meant.",
                severity=Severity.WARNING,
                origin=second.key_origin,
                facts={
                    "setting": shorten(second.key),
                    "lines": (str(first.key_origin.line), str(second.key_origin.line)),
                },
            )


def _duplicates(settings: tuple[Setting, ...]) -> Iterator[tuple[Setting, Setting]]:
    seen: dict[tuple[str, str], Setting] = {}
    for one in settings:
        known = seen.get((one.layer, one.key))
        if known is not None:
            yield known, one
        seen[(one.layer, one.key)] = one
