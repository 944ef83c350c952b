"""The values that evidence is made of, each by its place, and the same evidence with another one there."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from diag.model import Reason, Step, Unavailable

Place = tuple[str | int, ...]
_GONE = Unavailable(step=Step.API, reason=Reason.OUT_OF_TIME, detail="it did not come this time")


def leaves(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every value that has no parts."""
    if dataclasses.is_dataclass(value):
        for one in dataclasses.fields(value):
            yield from leaves(getattr(value, one.name), (*place, one.name))
    elif isinstance(value, tuple):
        for number, one in enumerate(value):
            yield from leaves(one, (*place, number))
    else:
        yield place, value


def paths(value: Any, place: Place = ()) -> Iterator[Place]:
    """Every place, those of the parts too."""
    if place:
        yield place
    if dataclasses.is_dataclass(value):
        for one in dataclasses.fields(value):
            yield from paths(getattr(value, one.name), (*place, one.name))
    elif isinstance(value, tuple):
        for number, one in enumerate(value):
            yield from paths(one, (*place, number))


def put(value: Any, place: Place, other: Any) -> Any:
    """The same with another value at a place."""
    if not place:
        return other
    first, rest = place[0], place[1:]
    if isinstance(first, int):
        return (*value[:first], put(value[first], rest, other), *value[first + 1 :])
    return dataclasses.replace(value, **{first: put(getattr(value, first), rest, other)})


def changed(value: Any, place: Place) -> Any:
    """The same with something else at a place, of a type that can stand there."""
    held, may_be_absent = value, False
    for step in place:
        holder = held
        held = holder[step] if isinstance(step, int) else getattr(holder, step)
        may_be_absent = dataclasses.is_dataclass(holder) and any(
            one.name == step and "Unavailable" in str(one.type) for one in dataclasses.fields(holder)
        )
    if dataclasses.is_dataclass(held) and not isinstance(held, Unavailable):
        return put(value, place, _GONE) if may_be_absent else value
    if isinstance(held, tuple) and isinstance(place[-1], int):
        return value  # A pair is of two.
    return put(value, place, _other(held))


def _other(held: Any) -> Any:  # noqa: PLR0911 -- one for each kind of value.
    match held:
        case bool():
            return not held
        case Enum():
            members = list(type(held))
            return members[(members.index(held) + 1) % len(members)]
        case int() | float():
            return held + 1
        case str():
            return held[1:] if len(held) > 1 else held + "x"
        case bytes():
            return held + b"x"
        case datetime():
            return held + timedelta(days=40)
        case tuple():
            return held[1:]
        case frozenset() | Mapping():
            return type(held)()
        case Unavailable():
            return dataclasses.replace(held, detail=held.detail + ", again")
    return held
