"""What a check of a foreign pack yields, looked at before anything relies on it, and copied: what the check does with it later is its own affair."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Final

from diag.evidence.documents.origin import Origin
from diag.model import Fact, Finding, Fix, Request, Severity, Where

MAX_TYPED: Final = (
    10_000  # Characters of one thing to type; nobody types more, and a peer chooses how long its names are.
)
MAX_FACTS: Final = 100  # Of one finding, and items in a list of one fact; docs and steps of a fix likewise.
MAX_INTEGER: Final = 2**63  # What every reader of JSON can hold; a text of a longer one is refused even by Python.


def checked(finding: Finding, *, copied: bool) -> Finding:
    """Give a finding that is of the types that it says, ``copied`` where it comes from a foreign pack. Raises TypeError for nonsense."""
    stated: dict[str, object] = {one.name: getattr(finding, one.name) for one in fields(finding)}
    for nonsense in _nonsense(stated):
        raise TypeError(nonsense)
    return _copy(stated) if copied else finding


def _nonsense(stated: Mapping[str, object]) -> Iterator[str]:
    """What of a finding is not of the type that it says; formats rely on it, and a foreign pack need not be type-checked."""
    # A subclass of str may do anything when it is compared or hashed.
    if type(stated["summary"]) is not str or type(stated["remedy"]) is not str:
        yield "summary and remedy of a finding are texts"
    if not (stated["severity"] is None or isinstance(stated["severity"], Severity)):
        yield "the severity of a finding is a Severity"
    docs, facts = stated["docs"], stated["facts"]
    if not (isinstance(docs, tuple) and len(docs) <= MAX_FACTS and all(isinstance(link, str) for link in docs)):
        yield "docs of a finding are a tuple of texts"
    if not (isinstance(facts, Mapping) and len(facts) <= MAX_FACTS and all(_is_fact(*item) for item in facts.items())):
        yield "facts of a finding are texts, numbers, truth values or tuples of texts, by name"
    if not (stated["origin"] is None or isinstance(stated["origin"], Origin)):
        yield "the origin of a finding is an Origin"
    if not (stated["replacement"] is None or isinstance(stated["replacement"], str)):
        yield "the replacement of a finding is a text"
    fix = stated["fix"]
    steps = fix if isinstance(fix, tuple) and len(fix) <= MAX_FACTS else (None,)
    if not all(isinstance(one, Fix) and _can_be_typed(one) for one in steps):
        yield "fix of a finding is a tuple of Fix: calls with a body of JSON, and printable lines"


def _can_be_typed(fix: Fix) -> bool:
    """Whether what is typed is what it says: a line break in a command would be a second command."""
    stated: dict[str, object] = {one.name: getattr(fix, one.name) for one in fields(fix)}
    requests, texts = stated["requests"], [stated[name] for name in ("commands", "yml", "file", "when")]
    if not isinstance(stated["where"], Where) or not isinstance(requests, tuple):
        return False
    if not all(isinstance(one, Request) and _is_request(one) for one in requests):
        return False
    return all(isinstance(text, str) and _is_printable(text) for text in texts)


def _is_printable(text: str) -> bool:
    return len(text) <= MAX_TYPED and all(map(str.isprintable, str.split(text, "\n")))


def _is_request(request: Request) -> bool:
    body = json.dumps(request.body, allow_nan=False)
    return len(body) <= MAX_TYPED and _is_printable(request.line) and "\n" not in request.line


def _is_fact(name: object, value: object) -> bool:
    if isinstance(value, (tuple, list)):
        fine = len(value) <= MAX_FACTS and all(isinstance(item, str) for item in value)
    elif isinstance(value, float):
        fine = math.isfinite(value)
    elif isinstance(value, int):
        fine = -MAX_INTEGER <= value < MAX_INTEGER
    else:
        fine = isinstance(value, str)
    return fine and isinstance(name, str)


def _copy(stated: Mapping[str, object]) -> Finding:
    """The same of plain values alone: no subclass that answers differently the next time, no mapping that grows later."""
    match stated:
        case {
            "summary": str(summary),
            "remedy": str(remedy),
            "severity": Severity() | None as severity,
            "facts": Mapping() as facts,
            "docs": tuple(docs),
            "fix": tuple(fix),
            "origin": Origin() | None as origin,
            "replacement": str() | None as replacement,
        }:
            return Finding(
                summary=summary,
                remedy=remedy,
                severity=severity,
                facts={str.__str__(name): _plain(value) for name, value in facts.items()},
                docs=tuple(map(str.__str__, docs)),
                fix=tuple(map(_plain_fix, fix)),
                origin=origin,
                in_group_only=stated["in_group_only"] is True,
                replacement=None if replacement is None else str.__str__(replacement),
            )
    msg = "a finding is of the types that it says"
    raise TypeError(msg)


def _plain(value: Fact | list[str]) -> Fact:
    match value:
        case bool():
            return value
        case str():
            return str.__str__(value)
        case int():
            return int.__int__(value)
        case float():
            return float.__float__(value)
    return tuple(map(str.__str__, value))


def _plain_fix(fix: Fix) -> Fix:
    return Fix(
        where=fix.where,
        requests=tuple(
            Request(method=str(one.method), path=str(one.path), body=json.loads(json.dumps(one.body)))
            for one in fix.requests
        ),
        commands=str.__str__(fix.commands),
        yml=str.__str__(fix.yml),
        file=str.__str__(fix.file),
        when=str.__str__(fix.when),
    )
