"""The check trust/restrictions-file-invalid."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from checks.shared.applies import CERTIFICATE_REMOTES
from checks.shared.causes import NO_CONNECTION, NOT_ADMITTED
from checks.shared.fixes import Remedy, at
from checks.tables import docs
from checks.trust._restrictions import Place, is_misnamed, lines, nowhere
from diag.check import NotApplicable, Yields, check, missing
from diag.model import (
    Finding,
    Layer,
    Severity,
    TrustFiles,
    TrustRestrictions,
    Unavailable,
    Where,
    parse_pattern,
    quoted,
    shorten,
)

_MAX_REMARKS: Final = 5
_AROUND: Final = re.compile(r"^(?:\s+|CN=)+|\s+$", re.IGNORECASE)
_FORM: Final = at(
    Where.REMOTE_NODE,
    yml=["trust.subject_name:", "  - '*.node.<cluster id>.cluster.<organization id>.account'"],
    file="the trust_restrictions file",
)


def _documents(files: TrustFiles) -> Yields:
    for one in files.all:
        if not one.unquoted:
            yield from _judged(one.restrictions, one.place)
        for value, origin in one.unquoted:
            where = replace(one.restrictions, line=origin.line)
            found = _unusable(where, shorten(where.path), nowhere)
            yield replace(found, origin=origin, replacement=f'"{value}"')


@check(
    "trust/restrictions-file-invalid",
    severity=Severity.CRITICAL,
    severities=(Severity.ERROR, Severity.WARNING),
    layer=Layer.TLS,  # It shows as a handshake that is refused.
    applies=CERTIFICATE_REMOTES,
    docs=(docs.HOSTED_TO_SELF_MANAGED, docs.HOSTED_TO_ECK),
    tags=("trust-restrictions", "offline"),
    source="Elasticsearch RestrictedTrustConfig, Automatons; YAML 1.1: a plain scalar can't begin with *",
    explains=("trust/restrictions-*", "trust/cn-scope-suffix", *NOT_ADMITTED, *NO_CONNECTION),
    leaves_open=("trust/restrictions-*",),
    in_documents=_documents,
)
def restrictions_file_invalid(restrictions: TrustRestrictions | Unavailable) -> Yields:
    """The remote's ``trust_restrictions`` file can't be used.

    Why it matters: a node does not start with a file that it can't read, and a running one keeps what it had. A file
    without the key ``trust.subject_name``, or with an empty list, admits no certificate at all.

    How to fix: write the key ``trust.subject_name`` with a list of patterns, each in quotes.

    Example: ``- *.node.search.cluster.1053523734.account``, where YAML reads the star as a reference.
    """
    if isinstance(restrictions, Unavailable):
        yield missing(restrictions)
        return
    if is_misnamed(restrictions) and restrictions.problem:
        yield NotApplicable("the name of the file keeps it from being read; trust/file-extension is about that")
        return
    yield from _judged(restrictions, nowhere)


def _judged(restrictions: TrustRestrictions, place: Place) -> Iterator[Finding]:
    path = shorten(restrictions.path)
    if restrictions.problem:
        yield _unusable(restrictions, path, place)
    for pattern in [text for text in restrictions.patterns if parse_pattern(text).problem][:5]:
        yield Finding(
            summary=f"{path} holds the pattern {shorten(pattern)}, which Elasticsearch refuses: {parse_pattern(pattern).problem}.",
            remedy=_remedy(pattern).sentence,
            fix=_remedy(pattern).fix,
            facts={"path": path, "observed": shorten(pattern), "expected": "/…/"},
            origin=place(pattern),
        )
    yield from _matching_nothing(restrictions, place)
    for remark in restrictions.remarks[:_MAX_REMARKS]:
        yield Finding(
            summary=f"{path}: {shorten(remark)}.",
            remedy="Put every pattern in quotes, and write the key trust.subject_name once.",
            fix=_FORM,
            severity=Severity.WARNING,
            facts={
                "path": path,
                "observed": shorten(remark),
                "expected": "quoted patterns under one trust.subject_name",
            },
            origin=place(remark),
        )


def _matching_nothing(restrictions: TrustRestrictions, place: Place) -> Iterator[Finding]:
    """Patterns with something around the name that no name has: a blank, which a list keeps, and the CN= of a subject."""
    dead = [(one, meant) for one in restrictions.patterns if (meant := _AROUND.sub("", one)) != one and meant]
    none_left = len(dead) == len(restrictions.patterns)
    for pattern, meant in dead[:_MAX_REMARKS]:
        yield Finding(
            summary=f"{shorten(restrictions.path)}: no name matches the pattern {quoted(pattern)}: what stands before or behind it is part of it; expected {shorten(meant)}.",
            remedy="Take away what stands around it.",
            fix=lines(meant),
            severity=Severity.ERROR if none_left else Severity.WARNING,
            facts={"path": shorten(restrictions.path), "observed": shorten(pattern), "expected": shorten(meant)},
            origin=place(pattern),
        )


def _remedy(pattern: str) -> Remedy:
    literally = lines(chr(92) + pattern, when="if it is no regular expression")
    correct = (
        "Correct the regular expression between the slashes (a backslash before a sign makes it a character)"
        if len(pattern) > 1 and pattern.endswith("/")
        else "Put a slash at both ends of a regular expression"
    )
    return Remedy(f"{correct}, or put a backslash before the first slash.", literally)


def _unusable(restrictions: TrustRestrictions, path: str, place: Place) -> Finding:
    line = f", line {restrictions.line}" if restrictions.line else ""
    remedy = (
        "Put every pattern in quotes."
        if restrictions.unquoted_star
        else "Write the key trust.subject_name with a list of patterns."
    )
    return Finding(
        summary=f"{path}{line}: {shorten(restrictions.problem)}; expected the key trust.subject_name with a list of quoted patterns.",
        remedy=remedy,
        fix=_FORM,
        facts={
            "path": path,
            "line": restrictions.line,
            "observed": shorten(restrictions.problem),
            "expected": "trust.subject_name with a list of patterns",
        },
        origin=place(""),
    )
