"""What is read of the evidence: so it is known on which of it an answer depends, and until when the answer holds.

Whoever is handed a whole round seldom looks at more than a few pieces of it. The classes that hold a round note each piece that is read,
and those of measurements note what comes out anew each time (how long something took), for the thread that reads.
"""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, Final, TypeVar, TypeVarTuple, cast, get_args

from diag.lazy_dataclass import dataclass

T = TypeVar("T")
Vs = TypeVarTuple("Vs")
Read = tuple[type, str]  # A class that holds evidence, and its field.
# What was worked out, what was read for it, and the values that it is of: held, so that no other value gets the identity of one that is gone.
_Fact = tuple[object, "Reads", tuple[object, ...]]
_FACTS_KEPT: Final = 512  # Of one remote there are some dozens.


class _Noted(threading.local):
    """What this thread has read since it began to note."""

    def __init__(self) -> None:
        self.reads: set[Read] = set()
        self.since: datetime | None = None
        self.until: datetime | None = None
        self.facts: dict[tuple[object, ...], _Fact] = {}


_noted: Final = _Noted()
FLEETING: Final[Read] = (object, "what is another one each time")
_A_MOMENT: Final[Read] = (datetime, "whether a moment has come")
_FLEETING_IN: Final[dict[type, frozenset[str]]] = {}


@dataclass(frozen=True, slots=True)
class Reads:
    """What was read: fields (``FLEETING`` where something fleeting was among it), and between which moments what was asked of the time holds.

    ``since`` and ``until`` are None where nothing bounds them; the bounds themselves are outside.
    """

    fields: frozenset[Read]
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_dated(self) -> bool:
        """Whether what was read holds for a time only."""
        return self.since is not None or self.until is not None

    def hold_at(self, now: datetime) -> bool:
        """Whether what was asked of the time is answered alike at another moment."""
        return (self.since is None or self.since < now) and (self.until is None or now < self.until)


NOTHING: Final = Reads(frozenset())


def reading() -> AbstractSet[Read]:
    """What this thread reads, as it grows until it is ``taken``: empty while nothing was read."""
    return _noted.reads


def taken() -> Reads:
    """Give what this thread has read since it was asked last."""
    if not _noted.reads:
        return NOTHING
    found = Reads(frozenset(_noted.reads - {_A_MOMENT}), _noted.since, _noted.until)
    _noted.reads.clear()
    _noted.since = _noted.until = None
    return found


def worked_out_once(function: Callable[[*Vs], T]) -> Callable[[*Vs], T]:
    """Let a function of evidence be called once for all checks that ask it about the same values; the engine forgets it with the remote.

    Whoever asks has read what the function read. What it gives is shared, so it is nothing that changes or is used up.
    """

    @functools.wraps(function)
    def ask(*values: *Vs) -> T:
        key = (function, *map(id, values))
        fact = _noted.facts.get(key)
        if fact is None:
            before = taken()
            try:
                found = function(*values)
            finally:
                read = taken()
                _put_back(before)
            if len(_noted.facts) >= _FACTS_KEPT:
                _noted.facts.clear()
            fact = _noted.facts[key] = (found, read, values)
        if fact[1] is not NOTHING:
            _put_back(fact[1])
        return cast("T", fact[0])

    return ask


def forget_facts() -> None:
    """Forget what was worked out: the next values are those of another remote."""
    _noted.facts.clear()


def _put_back(read: Reads) -> None:
    _noted.reads.update(read.fields)
    if read.since is not None:
        note_moment(read.since, come=True)
    if read.until is not None:
        note_moment(read.until, come=False)


def note(read: Read) -> None:
    """Note that a field was read."""
    _noted.reads.add(read)


def note_moment(moment: datetime, *, come: bool) -> None:
    """Note that it was asked whether a moment has come, and the answer."""
    _noted.reads.add(_A_MOMENT)
    if come:
        _noted.since = moment if _noted.since is None else max(_noted.since, moment)
    else:
        _noted.until = moment if _noted.until is None else min(_noted.until, moment)


def note_fleeting() -> None:
    """Note that something was read which is another one each time."""
    _noted.reads.add(FLEETING)


def noted(kind: type[T]) -> type[T]:
    """Make a dataclass with slots note which of its fields are read. Goes above its ``@dataclass``."""
    for one in fields(kind):  # type: ignore[arg-type]  # It is a dataclass.
        _put(kind, one.name, (kind, one.name))
    return kind


def fleeting(*names: str) -> Callable[[type[T]], type[T]]:
    """Mark what a dataclass with slots measures anew each time. Goes above its ``@dataclass``.

    Two values that differ in nothing else are ``alike``: they are news only to who reads these.
    """

    def mark(kind: type[T]) -> type[T]:
        _FLEETING_IN[kind] = frozenset(names)
        for name in names:
            _put(kind, name, FLEETING)
        return kind

    return mark


def unnoted(kind: type) -> dict[str, Callable[[Any], Any]]:
    """How each field of a ``noted`` class is read by who compares it: that is no reading."""
    return {one.name: _RAW[kind, one.name] for one in fields(kind)}


_RAW: Final[dict[Read, Callable[[Any], Any]]] = {}


def exceeds(one: object, name: str, limit: float) -> bool:
    """Whether what a fleeting field measures is more than a limit: the answer is that of every other value on the same side of it."""
    kind = type(one)
    if limit not in _LIMITS.get((kind, name), ()):
        _LIMITS[kind, name] = (*_LIMITS.get((kind, name), ()), limit)
        _PLANS.pop(kind, None)
    return _measured(kind, name)(one) > limit


# What was ever asked: the thresholds of the configurations, which are few.
_LIMITS: Final[dict[Read, tuple[float, ...]]] = {}


def _measured(kind: type, name: str) -> Callable[[Any], float]:
    return next(_RAW[base, name] for base in kind.__mro__ if (base, name) in _RAW)


def _side(kind: type, name: str) -> Callable[[Any], tuple[bool, ...]]:
    """On which side of each limit that was asked for a measured value is."""
    measured, limits = _measured(kind, name), _LIMITS[kind, name]
    return lambda one: tuple(measured(one) > limit for limit in limits)


def _put(kind: type, name: str, noted_as: Read) -> None:
    """Put a property in the place of the slot that a field is held in."""
    slot = kind.__dict__[name]
    get = _RAW[kind, name] = slot.__get__

    def read(self: object) -> Any:  # noqa: ANN401 -- whatever the field holds.
        _noted.reads.add(noted_as)
        return get(self)

    setattr(kind, name, property(read, slot.__set__))


def alike(one: Any, other: Any) -> bool:  # noqa: ANN401, PLR0911 -- any evidence; each part of it in each round, so it is quick.
    """Whether two values are the same but for what is fleeting in them."""
    if one is other:
        return True
    kind = type(one)
    if kind is not type(other):
        return False
    if kind is tuple:
        return len(one) == len(other) and all(map(alike, one, other))
    plan = _PLANS.get(kind)
    if plan is None:
        plan = _PLANS[kind] = _plan_of(kind)
    if plan is _AS_IT_IS:
        return bool(one == other)
    plain, parts = plan
    for get in plain:
        if get(one) != get(other):
            return False
    for get in parts:
        part, other_part = get(one), get(other)
        if part is not other_part and not alike(part, other_part):
            return False
    return True


_Get = Callable[[Any], Any]
_Plan = tuple[tuple[_Get, ...], tuple[_Get, ...]]
_AS_IT_IS: Final[_Plan] = ((), ())
_PLANS: Final[dict[type, _Plan]] = {}


@functools.cache
def holds_fleeting(kind: type) -> bool:
    """Whether a value of a class may hold something fleeting. Every command asks it of the same classes, which do not change."""
    return _has_fleeting(kind, ())


def _plan_of(kind: type) -> _Plan:
    """How values of a class are compared: the fields that are compared as they are, and those with something fleeting in them."""
    if not holds_fleeting(kind):
        return _AS_IT_IS
    hints = _hints(kind)
    left_out = frozenset(name for base in kind.__mro__ for name in _FLEETING_IN.get(base, ()))
    deep = [name for name, hint in hints.items() if name not in left_out and _mentions_fleeting(hint, (kind,))]
    plain = [name for name in hints if name not in left_out and name not in deep]
    sides = [_side(kind, name) for name in left_out if (kind, name) in _LIMITS]
    return (*((attrgetter(*plain),) if plain else ()), *sides), tuple(map(attrgetter, deep))


def _has_fleeting(kind: type, within: tuple[type, ...]) -> bool:
    if any(base in _FLEETING_IN for base in kind.__mro__):
        return True
    if kind in within or not is_dataclass(kind):
        return False
    return any(_mentions_fleeting(hint, (*within, kind)) for hint in _hints(kind).values())


@functools.cache
def _hints(kind: type) -> Mapping[str, object]:
    """The annotation of each field, those of its bases too."""
    found: dict[str, object] = {}
    for base in reversed(kind.__mro__):
        found |= inspect.get_annotations(base, eval_str=True) if is_dataclass(base) else {}
    return {one.name: found[one.name] for one in fields(kind)}


def _mentions_fleeting(hint: object, within: tuple[type, ...]) -> bool:
    return any(_has_fleeting(one, within) for one in _classes(hint))


def _classes(hint: object) -> Iterator[type]:
    """Every class that an annotation names."""
    if isinstance(hint, type) and not get_args(hint):
        yield hint
    for one in get_args(hint):
        yield from _classes(one)
