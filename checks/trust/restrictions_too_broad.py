"""The check trust/restrictions-too-broad."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from checks.shared.applies import CERTIFICATE_REMOTES
from checks.shared.presented_names import not_judged
from checks.tables import docs
from checks.trust._restrictions import Place, lines, nowhere
from diag.check import Unknown, Yields, check, missing
from diag.model import (
    Finding,
    Severity,
    TrustFiles,
    TrustRestrictions,
    Unavailable,
    admits,
    shorten,
)

_SUFFIX: Final = ".account"
# Ids of clusters and organizations that nobody has: a pattern that matches one of them matches any.
_UNRELATED_IDS: Final = tuple(f"{digit}3f9b1d7" * 4 for digit in "0123456789abcdef")
_UNRELATED_SCOPES: Final = (*(f"{digit}840617395" for digit in range(10)), *_UNRELATED_IDS)
_ANY_SCOPE: Final = re.compile(r".*\.cluster\.[*?]+(\.account)?")
_SCOPE: Final = re.compile(r".*[*?.]([^*?\\/.]+)")


def _documents(files: TrustFiles) -> Yields:
    for one in files.all:
        yield from _judged(one.restrictions, one.place)


@check(
    "trust/restrictions-too-broad",
    severity=Severity.ERROR,
    severities=(Severity.WARNING,),
    applies=CERTIFICATE_REMOTES,
    docs=(docs.HOSTED_TO_SELF_MANAGED, docs.TRANSPORT_TLS_SETTINGS),
    tags=("trust-restrictions", "exposure", "offline"),
    source="documentation: remote clusters with self-managed clusters, one CA signs all clusters of a Cloud region",
    in_documents=_documents,
)
def restrictions_too_broad(restrictions: TrustRestrictions | Unavailable) -> Yields:
    """The remote's ``trust_restrictions`` file admits clusters of other organizations, or every cluster of one.

    Why it matters: at Elastic Cloud one CA signs the certificates of all clusters of a region, of every customer. The
    file is what keeps the others out: a pattern without the organization lets them all in.

    How to fix: name the organization in each pattern, and the clusters too where not all of them are meant.

    Example: ``*.node.*.cluster.*.account``.
    """
    if isinstance(restrictions, Unavailable):
        yield missing(restrictions)
        return
    if restrictions.problem:
        yield Unknown(f"{shorten(restrictions.path)} can't be used: {shorten(restrictions.problem)}")
    yield from _judged(restrictions, nowhere)


def _judged(restrictions: TrustRestrictions, place: Place) -> Iterator[Finding | Unknown]:
    for pattern in restrictions.patterns:
        match _breadth(pattern):
            case None:
                yield not_judged(restrictions)
            case "organizations":
                yield _too_broad(restrictions, pattern, "clusters of any organization", Severity.ERROR, place)
            case "clusters":
                yield _too_broad(restrictions, pattern, "every cluster of that organization", Severity.WARNING, place)


@lru_cache(maxsize=4096)
def _breadth(pattern: str) -> str | None:
    """Whom a pattern admits beyond what it names: any ``organizations``, any ``clusters`` of one; None if that is not known."""
    unrelated = [f"node.node.{'3f9b1d7a' * 4}.cluster.{scope}" for scope in _UNRELATED_SCOPES]
    answer = admits([pattern], [*unrelated, *(name + _SUFFIX for name in unrelated)])
    if answer or (answer is False and _ANY_SCOPE.fullmatch(pattern)):
        return "organizations"
    if answer is None:
        return None
    found = _SCOPE.fullmatch(pattern.removesuffix(_SUFFIX))
    if found is None or not (".cluster." in pattern or pattern.endswith(_SUFFIX)):
        return ""
    scope = found[1] + (_SUFFIX if pattern.endswith(_SUFFIX) else "")
    return "clusters" if admits([pattern], [f"node.node.{one}.cluster.{scope}" for one in _UNRELATED_IDS]) else ""


def _too_broad(restrictions: TrustRestrictions, pattern: str, whom: str, severity: Severity, place: Place) -> Finding:
    return Finding(
        summary=f"The pattern {shorten(pattern)} in {shorten(restrictions.path)} admits {whom}; expected only the clusters that are meant.",
        remedy="Name the organization and the cluster.",
        fix=lines("*.node.<cluster id>.cluster.<organization id>.account"),
        severity=severity,
        facts={"observed": shorten(pattern), "expected": "organization and cluster by their ids", "admits": whom},
        origin=place(pattern),
    )
