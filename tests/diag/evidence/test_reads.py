"""What is read of the evidence is noted: of a whole round each piece, of the time until when an answer holds."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from datetime import UTC, datetime, timedelta

import pytest

from diag.evidence import reads
from diag.evidence.holders import LocalView
from diag.evidence.now import Now
from diag.lazy_dataclass import dataclass
from diag.model import ClusterEvidence, RemoteEvidence, RemoteInfo
from tests import caselib


@reads.fleeting("seconds")
@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """What takes its time."""

    ip: str
    seconds: float

    def took_longer_than(self, limit: float) -> bool:
        """Whether it took more than that."""
        return reads.exceeds(self, "seconds", limit)


AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def evidence() -> ClusterEvidence:
    """Any round."""
    return caselib.all_cases()[0].evidence


@pytest.fixture(autouse=True)
def nothing_read(evidence: ClusterEvidence) -> None:  # noqa: ARG001 -- it is made first.
    """What other tests read is none of it."""
    reads.taken()


def test_a_field_is_noted_once_taken(evidence: ClusterEvidence) -> None:
    """And forgotten then."""
    assert evidence.thresholds is not None
    assert reads.taken().fields == {(ClusterEvidence, "thresholds")}
    assert reads.taken() is reads.NOTHING


def test_of_pieces_each_is_noted(evidence: ClusterEvidence) -> None:
    """By its noun, and by its name; all of them where they are taken together."""
    belief = evidence.remotes[0].belief
    reads.taken()
    assert belief[RemoteInfo] is not None
    assert reads.taken().fields == {(LocalView, "info")}
    assert vars(belief)
    assert reads.taken().fields == {(LocalView, name) for name in LocalView.fields.values()}


def test_what_asks_the_evidence_itself_is_noted_too(evidence: ClusterEvidence) -> None:
    """A property that makes something of several pieces reads them."""
    remote = evidence.remotes[0]
    reads.taken()
    assert remote.connection_established in {True, False}
    assert {(RemoteEvidence, "belief"), (LocalView, "info")} <= reads.taken().fields


def test_to_compare_and_to_copy_is_to_read(evidence: ClusterEvidence) -> None:
    """Whatever looks at a field, the field is noted."""
    remote, every = evidence.remotes[0], {(RemoteEvidence, one.name) for one in dataclasses.fields(RemoteEvidence)}
    for look in (copy.copy, pickle.dumps, repr, hash, dataclasses.replace, remote.__eq__):
        reads.taken()
        look(remote)
        assert every <= reads.taken().fields, look


def test_how_long_it_took_is_fleeting() -> None:
    """Who reads it depends on something that is another one in each round; who asks for a limit does not."""
    one = Took(ip="10.0.0.1", seconds=0.2)
    assert one.seconds > 0
    assert reads.FLEETING in reads.taken().fields
    assert not one.took_longer_than(0.7)
    assert reads.taken() is reads.NOTHING


@pytest.mark.parametrize(("seconds", "alike"), [(0.2, True), (0.69, True), (0.7, True), (0.71, False)])
def test_two_are_alike_on_the_same_side_of_what_was_asked(seconds: float, *, alike: bool) -> None:
    """However long each took."""
    one, other = Took(ip="10.0.0.1", seconds=0.3), Took(ip="10.0.0.1", seconds=seconds)
    one.took_longer_than(0.7)
    assert reads.alike(one, other) is alike
    assert reads.alike((one,), (other,)) is alike
    assert not reads.alike(one, dataclasses.replace(other, ip="10.0.0.2"))


@pytest.mark.parametrize(
    ("moment", "days", "come", "passed"),
    [
        (AT, 0, True, False),
        (AT - DAY, 0, True, True),
        (AT + DAY, 0, False, False),
        (AT + DAY, -1, True, False),
        (AT + DAY, -2, True, True),
        (AT - DAY, 1.5, False, False),
        (datetime.max.replace(tzinfo=UTC), 1, False, False),
        (datetime.min.replace(tzinfo=UTC), -1, True, True),
        (AT, 1e12, False, False),
        (AT, -1e12, True, True),
    ],
)
def test_whether_a_moment_has_come(moment: datetime, days: float, *, come: bool, passed: bool) -> None:
    """Some days before or after it, beyond the years that there are too."""
    assert Now(AT).has_come(moment, days=days) is come
    assert Now(AT).has_passed(moment, days=days) is passed


def test_an_answer_holds_from_the_last_moment_to_the_next() -> None:
    """Of all that were asked for; at the very moments it is asked again."""
    now = Now(AT)
    for days in (-3, -2, 2, 3):
        now.has_come(AT, days=days)
    found = reads.taken()
    assert found.is_dated
    assert [found.hold_at(AT + days * DAY) for days in (-2, -1.9, 0, 1.9, 2)] == [False, True, True, True, False]
    assert now.at == AT
    assert reads.FLEETING in reads.taken().fields
