"""What follows from what, and what an acknowledgement covers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

import pytest

from diag.check import Check, NotApplicable, Unknown, Yields, check
from diag.engine import judge, load_catalogue
from diag.engine.causes import related, root_causes
from diag.engine.statuses import open_places
from diag.model import Acknowledgement, Finding, Layer, Outcome, Policy, Remote, Result, Severity, Status
from tests.diag.engine.test_judge import evidence


@check("x/cause", severity=Severity.CRITICAL, explains=("x/result",), leaves_open=("x/open",))
def cause(remote: Remote) -> Yields:
    """Fail always."""
    yield Finding(summary=f"{remote.alias} is broken", remedy="fix it")


@check("x/result", severity=Severity.CRITICAL)
def result(remote: Remote) -> Yields:
    """Fail always."""
    yield Finding(summary=f"{remote.alias} is broken too", remedy="fix the other one")


@check("x/open", severity=Severity.ERROR, essential=True)
def open_question(remote: Remote) -> Yields:
    """Know nothing."""
    yield Unknown(f"{remote.alias} was not asked")


@check("x/other", severity=Severity.ERROR)
def other(remote: Remote) -> Yields:
    """Fail always, for a reason of its own."""
    yield Finding(summary=f"{remote.alias} has another fault", remedy="fix that as well")


@check("x/quiet", severity=Severity.ERROR)
def quiet(remote: Remote) -> Yields:
    """Never apply."""
    yield NotApplicable(remote.alias)


def failed(name: str, severity: Severity = Severity.ERROR, *places: str) -> Result:
    """Make a failure."""
    return Result(check=name, outcome=Outcome.FAIL, layer=Layer.TLS, severity=severity, places=places)


def test_only_what_is_declared_is_a_consequence() -> None:
    """A failure of a later layer that nobody declares to follow stays a root cause of its own."""
    remote = judge(evidence(), (cause, result, other)).remotes[0]
    assert remote.root_causes == ("x/cause", "x/other")
    assert remote.results[1].explained_by == ("x/cause",)
    assert remote.results[1].findings[0].remedy == "fix the other one"  # A consequence keeps its sentence and its fix.


def _related(results: Sequence[Result], checks: Iterable[Check]) -> tuple[Result, ...]:
    return related(results, {one.id: one for one in checks}, open_places(results))


@pytest.mark.parametrize(
    ("cause_severity", "cause_places", "places", "explained"),
    [
        (Severity.ERROR, (), (), True),
        (Severity.ERROR, ("a:1",), ("a:1",), True),
        (Severity.ERROR, ("a:1",), ("b:1",), False),
        (Severity.ERROR, ("a:1",), ("a:1", "b:1"), False),
        (Severity.ERROR, ("a:1", "b:1"), ("b:1",), True),
        (Severity.WARNING, (), (), False),
        (Severity.INFO, (), (), False),
    ],
)
def test_a_cause_has_to_reach_the_place_and_to_weigh_enough(
    cause_severity: Severity,
    cause_places: tuple[str, ...],
    places: tuple[str, ...],
    explained: bool,  # noqa: FBT001 -- a case.
) -> None:
    """A fault of one address explains nothing at another, and a warning explains no error."""
    first = failed("x/cause", cause_severity, *cause_places)
    second = failed("x/result", Severity.CRITICAL, *places)
    assert (_related((first, second), (cause, result))[1].explained_by == ("x/cause",)) is explained


@pytest.mark.parametrize(("second", "explained"), [("y/result", False), ("x/result", True)])
def test_what_was_observed_may_rule_out_causes_of_other_groups(
    second: str,
    explained: bool,  # noqa: FBT001 -- a case.
) -> None:
    """Of the gravest findings one says so; what a milder one says does not matter."""
    first = dataclasses.replace(cause, explains=("?/result",))
    plain = Finding(summary="a", remedy="b", severity=Severity.ERROR)
    told = dataclasses.replace(plain, in_group_only=True)
    mild = dataclasses.replace(told, severity=Severity.WARNING)
    for findings, rules_out in (((plain, told), True), ((plain, mild), False)):
        later = dataclasses.replace(failed(second), findings=findings)
        found = _related((failed("x/cause"), later), (first,))[1].explained_by
        assert bool(found) is (explained or not rules_out)


def test_an_acknowledgement_covers_what_follows() -> None:
    """Consequences and the questions that stay open because of it make neither a status nor an alert."""
    policy = Policy(acknowledge=(Acknowledgement(check="x/cause", until="2030-01-01", note="known"),))
    remote = judge(evidence(), (cause, result, open_question), policy).remotes[0]
    assert remote.status is Status.OK
    assert remote.root_causes == ()
    assert all(one.acknowledged is not None for one in remote.results)
    assert judge(evidence(), (cause, result, open_question, other), policy).remotes[0].root_causes == ("x/other",)
    assert judge(evidence(), (open_question,), policy).remotes[0].status is Status.UNKNOWN


def test_a_consequence_of_something_else_too_still_counts() -> None:
    """What one acknowledged and one other failure explain is not covered."""
    first = dataclasses.replace(
        failed("x/cause"), acknowledged=Acknowledgement(check="*", until="2030-01-01", note="known")
    )
    also = dataclasses.replace(other, explains=("x/result",))
    done = _related((first, failed("x/other"), failed("x/result")), (cause, also, result))
    assert done[2].explained_by == ("x/cause", "x/other")
    assert done[2].acknowledged is None
    assert root_causes(done) == ("x/other",)


@pytest.mark.parametrize("one", load_catalogue().checks, ids=lambda one: one.id)
def test_what_is_declared_exists(one: Check) -> None:
    """Each glob fits a check, and no check explains itself by name."""
    ids = {check.id for check in load_catalogue().checks}
    assert one.id not in one.explains
    for glob in (*one.explains, *one.leaves_open):
        assert any(fnmatchcase(check_id, glob) for check_id in ids), glob


def test_an_open_question_names_what_leaves_it_open() -> None:
    """As declared, at the same place, and by an error: the status stays what it is."""
    remote = judge(evidence(), (cause, open_question, other)).remotes[0]
    assert [one.explained_by for one in remote.results] == [(), ("x/cause",), ()]
    assert judge(evidence(), (other, open_question)).remotes[0].results[1].explained_by == ()
    asked = Result(check="x/open", outcome=Outcome.UNKNOWN, layer=Layer.TLS, essential=True, places=("b:1",))
    for failure in (failed("x/cause", Severity.ERROR, "a:1"), failed("x/cause", Severity.WARNING, "b:1")):
        assert _related((failure, asked), (cause, open_question))[1].explained_by == ()
