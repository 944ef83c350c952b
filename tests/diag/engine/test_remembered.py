"""A verdict that was kept is the one that would be given afresh, whatever changed between two rounds."""

from __future__ import annotations

import dataclasses
import gc
from collections.abc import Sequence
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diag.check import Yields, check
from diag.engine import Memory, judge
from diag.model import Acknowledgement, ClusterEvidence, Outcome, Policy, Remote, Severity
from tests import caselib

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


def test_what_is_the_same_keeps_its_result() -> None:
    """The next round of a healthy remote asks only what looks at the time or at a whole round."""
    evidence, memory = _healthy(), Memory()
    first = judge(evidence, CHECKS, memory=memory)
    later = dataclasses.replace(evidence, taken_at=evidence.taken_at + timedelta(seconds=60))
    second = judge(later, CHECKS, memory=memory)
    kept = [a.check for a, b in zip(first.remotes[0].results, second.remotes[0].results, strict=True) if a is b]
    assert len(kept) > 0.7 * len(first.remotes[0].results)


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
