"""A verdict that was kept is the one that would be given afresh, whatever changed between two rounds."""

from __future__ import annotations

import copy
import dataclasses
import gc
from collections.abc import Sequence
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diag.check import Yields, check
from diag.engine import Memory, judge
from diag.model import Acknowledgement, ClusterEvidence, Outcome, Policy, Remote, Severity
from tests import caselib
from tests.diag.engine.leaves import changed, leaves, paths, put

CASES = caselib.all_cases()
CHECKS = caselib.catalogue().checks


@given(st.lists(st.sampled_from(CASES), min_size=2, max_size=5))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_memory_changes_no_verdict(cases: Sequence[caselib.Case]) -> None:
    """Rounds of any evidence after each other, most pieces of which are the same, with a memory and without."""
    memory = Memory()
    for case in cases:
        assert judge(case.evidence, CHECKS, memory=memory) == judge(case.evidence, CHECKS)


@given(st.sampled_from(CASES), st.sampled_from(CASES), st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_one_changed_piece_is_seen(case: caselib.Case, other: caselib.Case, data: st.DataObject) -> None:
    """A single field of the remote's evidence changes to what it is in another case."""
    before = case.evidence
    name = data.draw(
        st.sampled_from([one.name for one in dataclasses.fields(before.remotes[0]) if one.name != "remote"])
    )
    changed = dataclasses.replace(before.remotes[0], **{name: getattr(other.evidence.remotes[0], name)})
    after = dataclasses.replace(before, remotes=(changed, *before.remotes[1:]))
    memory = Memory()
    judge(before, CHECKS, memory=memory)
    assert judge(after, CHECKS, memory=memory) == judge(after, CHECKS)


@given(st.sampled_from(CASES), st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_changed_value_is_seen(case: caselib.Case, data: st.DataObject) -> None:
    """Any single value of the evidence changes, however deep it is, and with it what any check says."""
    before = case.evidence
    place = data.draw(st.sampled_from(sorted(paths(before), key=str)))
    after = changed(before, place)
    memory = Memory()
    judge(before, CHECKS, memory=memory)
    assert judge(after, CHECKS, memory=memory) == judge(after, CHECKS)
    assert judge(before, CHECKS, memory=memory) == judge(before, CHECKS)


@given(st.sampled_from(CASES), st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_verdict_ends_at_its_moment(case: caselib.Case, data: st.DataObject) -> None:
    """The clock goes on, or back, to any moment that is of importance for the evidence, to just before it or just after it."""
    evidence, memory = case.evidence, Memory()
    moments = sorted({one for _, one in leaves(evidence) if isinstance(one, datetime)})
    away = st.sampled_from([timedelta(days=days) for days in (-90, -30, -7, -3, -1, 0, 1, 7)])
    just = st.sampled_from([timedelta(microseconds=-1), timedelta(), timedelta(microseconds=1), timedelta(minutes=10)])
    for moment, days, more in data.draw(
        st.lists(st.tuples(st.sampled_from(moments), away, just), min_size=1, max_size=6)
    ):
        then = dataclasses.replace(evidence, taken_at=moment + days + more)
        assert judge(then, CHECKS, memory=memory) == judge(then, CHECKS)


@given(
    st.sampled_from(CASES), st.lists(st.sampled_from([0.0, 0.2, 0.3, 0.9, 1.1, 3.5, 5.5, 11.0]), min_size=2, max_size=5)
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_takes_longer_is_seen(case: caselib.Case, times: Sequence[float]) -> None:
    """Everything takes another time in each round, on this or on that side of the limits."""
    memory = Memory()
    for seconds in times:
        then = case.evidence
        for place, _ in leaves(then):
            if place[-1] == "seconds":
                then = put(then, place, seconds)
        assert judge(then, CHECKS, memory=memory) == judge(then, CHECKS)


def test_what_is_the_same_keeps_its_result() -> None:
    """The next round of a healthy remote asks nothing again, although all of it is new, took another time and was at another one."""
    evidence, memory = _healthy(), Memory()
    first = judge(evidence, CHECKS, memory=memory)
    later = dataclasses.replace(copy.deepcopy(evidence), taken_at=evidence.taken_at + timedelta(seconds=60))
    for place, value in leaves(later):
        if place[-1] == "seconds":
            later = put(later, place, value + 0.001)
    second = judge(later, CHECKS, memory=memory)
    assert second.remotes[0].results is first.remotes[0].results
    assert second.remotes[0].evidence is later.remotes[0]


def test_a_day_later_an_acknowledgement_has_ended() -> None:
    """What the policy makes of the same results is asked again on another day."""
    case = next(
        one for one in CASES if str(one) == "network/tcp-refused/fail-nothing-listens" or "tcp-refused/fail" in str(one)
    )
    evidence = case.evidence
    known = Acknowledgement(
        check="*", cluster="*", remote="*", until=evidence.taken_at.date().isoformat(), note="known"
    )
    policy, memory = Policy(acknowledge=(known,)), Memory()
    today = judge(evidence, CHECKS, policy, memory=memory)
    later = dataclasses.replace(evidence, taken_at=evidence.taken_at + timedelta(days=1))
    tomorrow = judge(later, CHECKS, policy, memory=memory)
    assert not today.remotes[0].root_causes
    assert tomorrow.remotes[0].root_causes
    assert tomorrow == judge(later, CHECKS, policy)


def test_a_remote_that_is_gone_is_forgotten() -> None:
    """The memory holds no more than the latest round."""
    evidence, memory = _healthy(), Memory()
    judge(evidence, CHECKS, memory=memory)
    judge(dataclasses.replace(evidence, remotes=()), CHECKS, memory=memory)
    assert not memory.judged
    assert not memory.decided


def _healthy() -> ClusterEvidence:
    return next(one.evidence for one in CASES if str(one).startswith("network/tcp-refused/pass"))


def test_a_memory_holds_the_evidence_of_one_round() -> None:
    """Of a daemon that runs for months, what earlier rounds saw is gone: but for the latest, nothing is held that a report no longer shows."""
    memory, kept = Memory(), _healthy()
    for second in range(5):
        remote = dataclasses.replace(kept.remotes[0], remote=dataclasses.replace(kept.remotes[0].remote, alias="held"))
        latest = dataclasses.replace(kept, remotes=(remote,), taken_at=kept.taken_at + timedelta(seconds=second))
        judge(latest, CHECKS, memory=memory)
    del remote, latest
    gc.collect()
    held = [one for one in gc.get_objects() if isinstance(one, Remote) and one.alias == "held"]
    assert len(held) <= 1


def test_a_check_that_failed_itself_is_asked_again() -> None:
    """It may only have been in want of time: its next answer is not the one that it could not give."""
    asked: list[int] = []

    @check("house/unsteady", severity=Severity.WARNING)
    def unsteady(remote: Remote) -> Yields:
        """It fails at its first question."""
        asked.append(len(remote.alias))
        if len(asked) == 1:
            raise RuntimeError
        yield from ()

    evidence, memory = _healthy(), Memory()
    outcomes = [judge(evidence, [unsteady], memory=memory).remotes[0].results[0].outcome for _ in range(3)]
    assert outcomes == [Outcome.ERROR, Outcome.PASS, Outcome.PASS]
    assert len(asked) == 2
