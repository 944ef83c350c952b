"""What a piece of evidence is: its noun, whose it is, and the calls that bring it. A check asks for it by the noun."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Final, Self, TypeVar

from diag.evidence.call import Answer, Call
from diag.evidence.reads import Read, note
from diag.evidence.terms import Reason, Step, Unavailable
from diag.lazy_dataclass import dataclass

T = TypeVar("T")


class Side(StrEnum):
    """Whose evidence is meant, where both clusters have the same kind of it."""

    LOCAL = "local"
    REMOTE = "remote"


# What a check writes to say whose piece it wants: ``nodes: OfLocal[Nodes]``.
OfLocal = Annotated[T, Side.LOCAL]
OfRemote = Annotated[T, Side.REMOTE]


class Subject(StrEnum):
    """What a piece of evidence is about; each has one holder."""

    SURROUNDINGS = (
        "surroundings"  # Neither cluster: the machine that diag runs on, and what people keep beside the clusters.
    )
    LOCAL = "local cluster"
    LOCAL_VIEW = "remote as the local cluster sees it"
    REMOTE = "remote cluster"

    @property
    def side(self) -> Side | None:
        """Whose login brings it; None where it is neither cluster's."""
        return _SIDES.get(self)


_SIDES: Final = {Subject.LOCAL: Side.LOCAL, Subject.LOCAL_VIEW: Side.LOCAL, Subject.REMOTE: Side.REMOTE}
Key = tuple[Subject, type]

_NO_URL: Final = Unavailable(
    step=Step.API, reason=Reason.NOT_REQUESTED, detail="no url is configured for the local cluster"
)
_NO_REMOTE_URL: Final = Unavailable(
    step=Step.API, reason=Reason.NOT_REQUESTED, detail="no url is configured for the remote cluster"
)
_NOT_COLLECTED: Final = Unavailable(step=Step.CONFIGURATION, reason=Reason.NOT_REQUESTED, detail="nobody looked at it")
_BY_SUBJECT: Final = {
    Subject.LOCAL: _NO_URL,
    Subject.LOCAL_VIEW: _NO_URL,
    Subject.REMOTE: _NO_REMOTE_URL,
    Subject.SURROUNDINGS: _NOT_COLLECTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One thing that can be known: the row of the table in ``diag/evidence/catalogue.py``.

    ``name`` is what the saved form calls it. ``noun`` is the frozen dataclass that a check asks for. ``calls`` bring it: all of them are
    made in every round, and ``read`` makes the noun of their parsed JSON, in the same order. Where it takes more than that (a name to ask
    for, a second look), ``read`` is None and the gathering of its subject puts it together. ``timed``: ``read`` gets the ``Answer``, which
    knows when it came. ``absent`` stands in its place where nobody asked.
    """

    name: str
    noun: type
    subjects: tuple[Subject, ...]
    calls: tuple[Call, ...] = ()
    read: Callable[..., object] | None = None
    timed: bool = False
    absent: Unavailable | None = None

    def of(self, answers: Mapping[Call, Answer]) -> Any:  # noqa: ANN401 -- the noun of this piece, or Unavailable.
        """Read it from the answers; where one of them is missing, so is the piece."""
        found = [answers[call] for call in self.calls]
        for one in found:
            if isinstance(one.value, Unavailable):
                return one.value
        assert self.read is not None  # noqa: S101 -- the caller chose the pieces that have one.
        return self.read(*(found if self.timed else (one.value for one in found)))


class Pieces:
    """The evidence of one subject, by noun: ``pieces[License]``. What could not be had is ``Unavailable``, never None."""

    __slots__ = ()
    fields: ClassVar[Mapping[type, str]] = {}
    nouns: ClassVar[Mapping[str, type]] = {}
    read_as: ClassVar[Mapping[type, Read]] = {}
    subject: ClassVar[Subject]

    def __getitem__(self, noun: type[T]) -> T | Unavailable:
        """Give one piece, or why it is missing."""
        kind = type(self)
        name = kind.fields[noun]
        note(kind.read_as[noun])
        found: T | Unavailable = object.__getattribute__(self, "__dict__")[name]
        return found

    def __getattribute__(self, name: str) -> Any:  # noqa: ANN401 -- any attribute.
        """Note that a piece is read; whoever takes all of them at once has read each."""
        kind = type(self)
        if name in kind.nouns:
            note((kind, name))
        elif name == "__dict__":
            for piece in kind.nouns:
                note((kind, piece))
        return object.__getattribute__(self, name)

    @classmethod
    def of(cls, *values: object) -> Self:
        """These pieces alone; nobody asked for the others."""
        return cls(**{cls.fields[type(one)]: one for one in values})

    @classmethod
    def nothing(cls, why: Unavailable) -> Self:
        """Nothing of it could be had."""
        return cls(**dict.fromkeys(cls.fields.values(), why))

    def having(self, values: Mapping[type, object]) -> Self:
        """The same with other values of some pieces, by noun."""
        return replace(self, **{self.fields[noun]: one for noun, one in values.items()})  # type: ignore[type-var]  # Each holder is a dataclass.


def values_of(holder: Pieces) -> Mapping[str, object]:
    """All pieces of a holder by name, for who compares them or hands them on: that is no reading."""
    held: Mapping[str, object] = object.__getattribute__(holder, "__dict__")
    return held


H = TypeVar("H", bound=Pieces)


def holds(subject: Subject, pieces: Iterable[Piece]) -> Callable[[type[H]], type[H]]:
    """Make a class the holder of every piece of a subject: a frozen dataclass with a field for each."""
    own = [piece for piece in pieces if subject in piece.subjects]

    def make(holder: type[H]) -> type[H]:
        read_as = dict[type, Read]()
        body = {
            "__annotations__": {one.name: one.noun | Unavailable for one in own},
            **{one.name: one.absent or _BY_SUBJECT[subject] for one in own},
            "fields": {one.noun: one.name for one in own},
            "nouns": {one.name: one.noun for one in own},
            "read_as": read_as,
            "subject": subject,
            "__doc__": holder.__doc__,
            "__module__": holder.__module__,
        }
        made: type[H] = dataclass(frozen=True, kw_only=True)(type(holder.__name__, (holder,), body))
        read_as.update({one.noun: (made, one.name) for one in own})
        return made

    return make
