"""Whatever a check of a foreign pack does: its outcome is ``error``, and every other check and every format goes on."""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from diag.check import Check, NotApplicable, Unknown, Yields, check
from diag.engine import judge, report, running
from diag.model import Finding, Fix, Outcome, Remote, Request, Severity, Where
from diag.report import FORMATS, render
from tests.diag.engine.test_judge import evidence
from tests.reportlib import NOW

ITSELF: dict[str, Any] = {}
ITSELF["self"] = ITSELF


class Unhashable(str):
    """A text that can't be a key."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]  # the point of it


class Odd(BaseException):
    """No error, and nothing that a system raises."""


class Speechless(Exception):  # noqa: N818 -- as above.
    """An error that fails when it is asked what it is."""

    def __str__(self) -> str:
        raise RuntimeError

    __repr__ = __str__


def finding(**given: Any) -> Finding:
    """A finding of anything."""
    return Finding(**{"summary": "x", "remedy": "y", **given})


def call(body: Any) -> Fix:
    """A call with any body."""
    return Fix(where=Where.LOCAL, requests=(Request(method="PUT", path="x", body=body),))


def foreign(thing: Callable[[], Any]) -> Check:
    """A check that does something odd."""

    @check("house/odd", severity=Severity.WARNING)
    def odd(remote: Remote) -> Yields:
        """Do something odd."""
        del remote
        yield thing()

    return odd


@check("house/fine", severity=Severity.WARNING)
def fine(remote: Remote) -> Yields:
    """Find something."""
    yield Finding(summary=f"{remote.alias} is odd", remedy="", facts={"list": ["a", "b"], "number": 1.5})  # type: ignore[dict-item]  # what people write


def raises(error: BaseException) -> Callable[[], Any]:
    """Something that raises."""

    def thing() -> Any:
        raise error

    return thing


ODD: dict[str, Callable[[], Any]] = {
    "summary is no text": lambda: finding(summary=5),
    "summary is nothing": lambda: finding(summary=None),
    "summary cannot be hashed": lambda: finding(summary=["x"]),
    "summary is an odd text": lambda: finding(summary=Unhashable("x")),
    "remedy is no text": lambda: finding(remedy={"a": 1}),
    "severity is a text": lambda: finding(severity="critical"),
    "severity is a number": lambda: finding(severity=3),
    "facts are no mapping": lambda: finding(facts=[1, 2]),
    "facts hold themselves": lambda: finding(facts=ITSELF),
    "facts hold objects": lambda: finding(facts={"a": object()}),
    "facts are not finite": lambda: finding(facts={"a": float("nan")}),
    "fact without a name": lambda: finding(facts={3: "x"}),
    "docs are no texts": lambda: finding(docs=(1, 2)),
    "docs are a text": lambda: finding(docs="https://example.org"),
    "severity is not declared": lambda: finding(severity=Severity.CRITICAL),
    "fix is no tuple": lambda: finding(fix=Fix(where=Where.HERE)),
    "fix is a text": lambda: finding(fix=("PUT _cluster/settings",)),
    "fix is nowhere": lambda: finding(fix=(Fix(where="local"),)),
    "a call is a text": lambda: finding(fix=(Fix(where=Where.LOCAL, requests=("GET /",)),)),  # type: ignore[arg-type]  # the point of it
    "a body is no JSON": lambda: finding(fix=(call({"a": object()}),)),
    "a body is not finite": lambda: finding(fix=(call({"a": float("nan")}),)),
    "a body never ends": lambda: finding(fix=(call({"a": "b" * 100_000}),)),
    "a command hides another": lambda: finding(fix=(Fix(where=Where.HERE, commands="ls\rrm"),)),
    "because is no text": lambda: Unknown(7),  # type: ignore[arg-type]  # the point of it
    "because is nothing": lambda: NotApplicable(None),  # type: ignore[arg-type]  # the point of it
    "something else": lambda: "a text",
    "a fact is a number that no text can hold": lambda: finding(facts={"a": 10**5000}),
    "facts without end": lambda: finding(facts={str(number): "x" for number in range(10_000)}),
    "a fact without end": lambda: finding(facts={"a": ("x",) * 10_000}),
    "docs without end": lambda: finding(docs=("https://example.org",) * 10_000),
    "steps without end": lambda: finding(fix=(Fix(where=Where.HERE, commands="ls"),) * 10_000),
    "origin is a text": lambda: finding(origin="a.yml:1"),
    "replacement is a number": lambda: finding(replacement=3),
    "is interrupted": raises(KeyboardInterrupt()),
    "raises what is derived from nothing else": raises(Odd()),
    "raises what has no text": raises(Speechless()),
    "raises": raises(ValueError("x")),
    "ends the process": raises(SystemExit(3)),
    "is cancelled": raises(asyncio.CancelledError()),
    "ends its generator": raises(GeneratorExit()),
    "recurs": raises(RecursionError()),
    "is out of memory": raises(MemoryError()),
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_nonsense_stays_with_its_check(odd: Callable[[], Any]) -> None:
    """The other results stand, and every format can be written."""
    cluster = judge(evidence(), (foreign(odd), fine))
    first, second = cluster.remotes[0].results
    assert first.outcome is Outcome.ERROR
    assert "please report it" in first.because
    assert second.outcome is Outcome.FAIL
    for name in FORMATS:
        assert render(report([cluster], NOW), name)


def test_a_check_that_never_ends_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an error, the others go on, and while it still runs it is not started again."""
    monkeypatch.setattr(running, "MAX_CHECK_SECONDS", 0.2)
    gate, started = threading.Event(), list[int]()

    def wait() -> Any:
        started.append(1)
        gate.wait()
        return finding()

    endless = foreign(wait)
    try:
        for words in ("did not end within", "has not ended since"):
            first, second = judge(evidence(), (endless, fine)).remotes[0].results
            assert first.outcome is Outcome.ERROR
            assert words in first.because
            assert second.outcome is Outcome.FAIL
        assert started == [1]
    finally:
        gate.set()
    running._STUCK[endless.id].join(10)
    assert judge(evidence(), (endless,)).remotes[0].results[0].outcome is Outcome.FAIL


def test_a_severity_that_is_not_declared_is_a_defect() -> None:
    """The outcome says which one, so that the author finds it; what is declared is taken."""
    checks = [foreign(functools.partial(finding, severity=level)) for level in (Severity.INFO, Severity.WARNING)]
    first, second = (judge(evidence(), (one,)).remotes[0].results[0] for one in checks)
    assert "raised a severity that it does not declare (info)" in first.because
    assert second.severity is Severity.WARNING


class Growing(str):
    """A text that is another one each time."""

    __slots__ = ()

    def __str__(self) -> str:
        return "another"


def test_what_a_check_does_with_its_finding_later_is_its_own_affair() -> None:
    """The report holds a copy of plain values: nothing grows, nothing changes, nothing holds itself."""
    facts: dict[str, Any] = {"a": "b", "list": ["x"], "odd": Growing("y"), "on": True}
    body: dict[str, Any] = {"persistent": {"x": 1}}

    @check("house/odd", severity=Severity.WARNING)
    def odd(remote: Remote) -> Yields:
        """Change what was said."""
        del remote
        yield finding(facts=facts, docs=(Growing("https://example.org"),), fix=(call(body),))
        facts["self"] = facts
        facts["list"].append(object())
        body["self"] = body

    cluster = judge(evidence(), (odd, fine))
    first = cluster.remotes[0].results[0]
    assert first.outcome is Outcome.FAIL
    (kept,) = first.findings
    assert kept.facts == {"a": "b", "list": ("x",), "odd": "y", "on": True}
    assert {type(value) for value in kept.facts.values()} == {str, tuple, bool}
    assert type(kept.docs[0]) is str
    assert kept.fix[0].requests[0].body == {"persistent": {"x": 1}}
    for name in FORMATS:
        assert render(report([cluster], NOW), name)


def test_a_reason_without_end_is_cut() -> None:
    """Also of what is no finding."""
    for thing in (Unknown("x" * 10_000_000), NotApplicable("y" * 10_000_000)):
        made = foreign(lambda thing=thing: thing)
        assert len(judge(evidence(), (made,)).remotes[0].results[0].because) < 3000


def test_a_slow_check_takes_only_a_part_of_a_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each place alone may be in time, and all of them together make the round late: after some time it is not asked any more."""
    asked = list[int]()

    def slow() -> Any:
        asked.append(1)
        return Unknown("nothing to say")

    (remote,) = evidence().remotes
    other = dataclasses.replace(remote, remote=dataclasses.replace(remote.remote, alias="other"))
    both = dataclasses.replace(evidence(), remotes=(remote, other))
    first, second = (remote.results[0] for remote in judge(both, (foreign(slow),)).remotes)
    assert (first.outcome, second.outcome, len(asked)) == (Outcome.UNKNOWN, Outcome.UNKNOWN, 2)
    monkeypatch.setattr(running, "MAX_ROUND_SECONDS", 1e-9)
    later = dataclasses.replace(both, taken_at=NOW + timedelta(days=1))
    first, second = (remote.results[0] for remote in judge(later, (foreign(slow), fine)).remotes)
    assert (first.outcome, second.outcome, len(asked)) == (Outcome.UNKNOWN, Outcome.ERROR, 3)
    assert "of this round" in second.because
    again = dataclasses.replace(both, taken_at=NOW + timedelta(days=2))
    assert judge(again, (foreign(slow),)).remotes[0].results[0].outcome is Outcome.UNKNOWN
