"""How a value of a field is read: made of its type, with the functions that stand in its annotation."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any, Final, Literal, NamedTuple

Loc = tuple[str | int, ...]


class Fault(NamedTuple):
    """One thing that is wrong: the way to it, what kind of fault it is (in the words of pydantic), and what to say."""

    loc: Loc
    kind: str
    message: str


class ValidationError(ValueError):
    """Something could not be read; ``faults`` are all that is wrong with it. Its text shows no value: one may be a secret."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{'.'.join(map(str, one.loc))}: {one.message}" for one in self.faults))

    def under(self, key: str | int) -> tuple[Fault, ...]:
        """Its faults, seen from what holds the value under this key."""
        return tuple(Fault((key, *one.loc), one.kind, one.message) for one in self.faults)


class ValidationInfo(NamedTuple):
    """What is known while something is read."""

    context: object


NOTHING_KNOWN: Final = ValidationInfo(None)
Reader = Callable[[Any, ValidationInfo], Any]


class BeforeValidator(NamedTuple):
    """In an annotation: the function sees a value before its type does."""

    function: Callable[..., Any]


class AfterValidator(NamedTuple):
    """In an annotation: the function sees a value after its type did."""

    function: Callable[..., Any]


class PlainValidator(NamedTuple):
    """In an annotation: the function alone makes the value."""

    function: Callable[..., Any]


class WithJsonSchema:
    """In an annotation: what the JSON schema says of it."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.schema = schema


def refuse(message: str) -> ValidationError:
    """Make the error of a validator from a sentence."""
    return ValidationError([Fault((), "refused", message)])


def reader_of(annotation: Any, *, min_length: int = 0, ge: float | None = None) -> Reader:  # noqa: ANN401 -- an annotation can be anything.
    """What reads values of a type, within limits."""
    read = _reader_of(annotation)
    if not min_length and ge is None:
        return read

    def bounded(value: Any, info: ValidationInfo) -> Any:  # noqa: ANN401 -- a value of the type.
        made = read(value, info)
        if min_length and len(made) < min_length:
            raise ValidationError([Fault((), "too_short", f"expected at least {min_length}")])
        if ge is not None and made < ge:
            message = f"Input should be greater than or equal to {ge:g}"
            raise ValidationError([Fault((), "greater_than_equal", message)])
        return made

    return bounded


def _reader_of(annotation: Any) -> Reader:  # noqa: ANN401 -- an annotation can be anything.
    """What reads values of a type. Raises TypeError for one that no field has."""
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        return _annotated(inner[0], inner[1:])
    if origin in {types.UnionType, typing.Union}:
        return _union(inner)
    if origin is tuple:
        return _items(reader_of(inner[0]))
    if origin is dict:
        return _entries(reader_of(inner[1]))
    read: Reader | None = getattr(annotation, "read", None)
    return read or _instance(annotation)


def _annotated(kind: Any, marks: Sequence[object]) -> Reader:  # noqa: ANN401 -- an annotation can be anything.
    """The functions around a type, from the inside out."""
    plain = [place for place, mark in enumerate(marks) if isinstance(mark, PlainValidator)]
    # Whatever stands inside of a function that makes the value alone is never asked.
    read = _anything if plain else reader_of(kind)
    for mark in marks[plain[-1] :] if plain else marks:
        if isinstance(mark, (BeforeValidator, AfterValidator, PlainValidator)):
            read = _in_turn(mark, read, _with_info(mark.function))
    return read


def _in_turn(mark: object, read: Reader, function: Reader) -> Reader:
    if isinstance(mark, PlainValidator):
        return function
    if isinstance(mark, BeforeValidator):
        return lambda value, info: read(function(value, info), info)
    return lambda value, info: function(read(value, info), info)


def _with_info(function: Any) -> Reader:  # noqa: ANN401 -- a function of one or two values.
    """A function that takes what is known, too, whether it asks for it or not."""
    if function.__code__.co_argcount > 1:
        asked: Reader = function
        return asked
    return lambda value, _info: function(value)


def _anything(value: Any, _info: ValidationInfo) -> Any:  # noqa: ANN401 -- any value.
    return value


def _union(kinds: Sequence[Any]) -> Reader:
    others = [kind for kind in kinds if kind is not type(None)]
    if len(others) != 1:
        # A choice among literals: the function around it has seen to it already.
        return _anything
    read = reader_of(others[0])
    return lambda value, info: None if value is None else read(value, info)


def _items(read: Reader) -> Reader:
    def items(value: Any, info: ValidationInfo) -> tuple[Any, ...]:  # noqa: ANN401 -- any value.
        if not isinstance(value, (list, tuple)):
            raise ValidationError([Fault((), "tuple_type", "Input should be a valid tuple")])
        return tuple(_each(enumerate(value), read, info).values())

    return items


def _entries(read: Reader) -> Reader:
    def entries(value: Any, info: ValidationInfo) -> dict[str, Any]:  # noqa: ANN401 -- any value.
        if not isinstance(value, Mapping):
            raise ValidationError([Fault((), "dict_type", "Input should be a valid dictionary")])
        return {str(key): one for key, one in _each(value.items(), read, info).items()}

    return entries


def _each(values: Iterable[tuple[Any, Any]], read: Reader, info: ValidationInfo) -> dict[Any, Any]:
    """Read each of several values; all faults at once."""
    made, faults = dict[Any, Any](), list[Fault]()
    for key, value in values:
        try:
            made[key] = read(value, info)
        except ValidationError as error:
            faults += error.under(key)
    if faults:
        raise ValidationError(faults)
    return made


def _instance(kind: Any) -> Reader:  # noqa: ANN401 -- an annotation can be anything.
    """A value of a plain type, which the functions around it have made."""
    if kind is Any or typing.get_origin(kind) is Literal:
        return _anything
    if not isinstance(kind, type):
        msg = f"no field has the type {kind!r}"
        raise TypeError(msg)
    wanted: Any = (int, float) if kind is float else kind

    def instance(value: Any, _info: ValidationInfo) -> Any:  # noqa: ANN401 -- any value.
        if not isinstance(value, wanted) or (isinstance(value, bool) and kind is not bool):
            raise ValidationError([Fault((), f"{kind.__name__}_type", f"Input should be a valid {kind.__name__}")])
        return float(value) if kind is float else str(value) if kind is str else value

    return instance
