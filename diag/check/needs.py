"""What a check asks for: the evidence that each of its parameters stands for, and what one call of the check looks at."""

from __future__ import annotations

import contextlib
import functools
import inspect
import operator
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

from diag.evidence import slots
from diag.evidence.catalogue import PIECES
from diag.evidence.now import Now
from diag.evidence.piece import Key, Piece, Side, Subject
from diag.lazy_dataclass import dataclass
from diag.model import ClusterEvidence, Probe, RemoteEvidence, Unavailable

_UNIONS: Final = (types.UnionType, typing.Union)


class Scope(StrEnum):
    """What one call of a check looks at; it follows from the evidence that the check asks for."""

    CLUSTER = "cluster"
    REMOTE = "remote"
    ENDPOINT = "endpoint"
    PROBE = "probe"


# What a parameter of each type stands for, from the widest scope to the narrowest.
INJECTED: Final[Mapping[Scope, frozenset[slots.Slot]]] = {
    Scope.CLUSTER: frozenset({ClusterEvidence, Now, *slots.CLUSTER, *slots.keys(Subject.LOCAL, Subject.SURROUNDINGS)}),
    Scope.REMOTE: frozenset({RemoteEvidence, *slots.REMOTE, *slots.keys(Subject.LOCAL_VIEW, Subject.REMOTE)}),
    Scope.ENDPOINT: frozenset(slots.ENDPOINT),
    Scope.PROBE: frozenset({Probe, *slots.PROBE}),
}
_SCOPES: Final = {slot: scope for scope, kinds in INJECTED.items() for slot in kinds}
# Each by a name that can be written down: the noun, and whose it is where that is no matter of course.
SLOTS: Final[Mapping[str, slots.Slot]] = {
    slot.__name__ if isinstance(slot, type) else f"{slot[1].__name__} of {slot[0]}": slot for slot in _SCOPES
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One parameter of a check: the noun, where in the evidence it stands, and whether the check copes with its absence."""

    parameter: str
    type: type
    slot: slots.Slot
    optional: bool

    @property
    def piece(self) -> Piece | None:
        """The row of the table that it comes from; None for what stands in a round by itself."""
        if isinstance(self.slot, type):
            return None
        subject, noun = self.slot
        return next((one for one in PIECES if one.noun is noun and subject in one.subjects), None)


def needs_of(check_id: str, function: Callable[..., object], further: Iterable[type] = ()) -> tuple[Need, ...]:
    """Read what a function asks for from its annotations; ``further`` are types that are no evidence and are supplied all the same.

    Raises TypeError where an annotation is nothing that can be supplied.
    """
    hints = _parameters(function)
    return tuple(_need(check_id, name, hint, frozenset(further)) for name, hint in hints.items())


def _parameters(function: Callable[..., object]) -> dict[str, object]:
    """The parameters with what their annotations name; None for one that has none.

    It is done for each check at each start: reading a signature and compiling annotations takes five times as long as
    looking up the names that nearly all of them are.
    """
    if isinstance(function, types.FunctionType) and not hasattr(function, "__wrapped__"):
        code = function.__code__
        if not code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS):
            parameters = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
            # Where an annotation has another form, Python itself has to read it.
            with contextlib.suppress(KeyError):
                return {name: _named(function.__annotations__[name], function.__globals__) for name in parameters}
    hints = inspect.get_annotations(function, eval_str=True)
    return {name: hints.get(name) for name in inspect.signature(function).parameters}


def _named(annotation: object, names: Mapping[str, Any]) -> object:
    """What ``Noun``, ``OfLocal[Noun]``, or either with ``| Unavailable`` names. Raises KeyError for anything else."""
    if not isinstance(annotation, str):
        return annotation
    first, *more = [_member(part, names) for part in annotation.split(" | ")]
    return functools.reduce(operator.or_, more, first)


def _member(text: str, names: Mapping[str, Any]) -> Any:  # noqa: ANN401 -- whatever has that name.
    outer, bracket, inner = text.removesuffix("]").partition("[")
    return names[outer][names[inner]] if bracket else names[text]


def scope_of(needs: Iterable[Need]) -> Scope:
    """The narrowest scope of what is asked for; a check that asks for nothing is asked once for each remote."""
    found = [_SCOPES.get(need.slot, Scope.CLUSTER) for need in needs]
    return max(found, key=list(Scope).index, default=Scope.REMOTE)


def _need(check_id: str, parameter: str, hint: object, further: frozenset[type]) -> Need:
    noun, slot, optional = _place(hint)
    slot = noun if noun in further else slot
    if noun is None or slot is None:
        raise TypeError(_refusal(check_id, parameter, hint, noun))
    return Need(parameter=parameter, type=noun, slot=slot, optional=optional)


@functools.lru_cache(maxsize=512)
def _place(hint: object) -> tuple[type | None, slots.Slot | None, bool]:
    """What an annotation asks for, where that stands, and whether its absence is one of the values."""
    members = typing.get_args(hint) if typing.get_origin(hint) in _UNIONS else (hint,)
    wanted = [member for member in members if member is not Unavailable]
    noun, side = _noun(wanted[0]) if len(wanted) == 1 else (None, None)
    return noun, _slot(noun, side), len(members) > 1


def _noun(hint: object) -> tuple[type | None, Side | None]:
    """Take ``OfLocal[Nodes]`` apart into noun and side; a noun alone has no side."""
    sides = [mark for mark in getattr(hint, "__metadata__", ()) if isinstance(mark, Side)]
    noun = typing.get_args(hint)[0] if sides else hint
    return (noun if isinstance(noun, type) else None), (sides[0] if sides else None)


def _slot(noun: type | None, side: Side | None) -> slots.Slot | None:
    if side is None and noun in _SCOPES:
        return noun
    found: list[Key] = [
        (subject, one.noun)
        for one in PIECES
        if one.noun is noun
        for subject in one.subjects
        if side is None or subject.side is side
    ]
    return found[0] if len(found) == 1 else None


def _refusal(check_id: str, parameter: str, hint: object, noun: type | None) -> str:
    if any(one.noun is noun for one in PIECES):
        name = noun.__name__ if noun else ""
        expected = f"OfLocal[{name}] or OfRemote[{name}], for both clusters have one, or the one of them that there is"
    else:
        known = {slot if isinstance(slot, type) else slot[1] for slot in _SCOPES}
        expected = f"one of {', '.join(sorted(one.__name__ for one in known))}, or one of them | Unavailable"
    return f"check {check_id}: parameter {parameter!r} is annotated {hint!r}; expected {expected}"
