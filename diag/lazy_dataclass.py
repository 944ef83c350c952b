"""``dataclass`` as of the standard library, whose methods are compiled when the first value of a class is made.

The standard one reads the annotations and compiles six functions for each class at import; of some 300 classes of diag a command makes
values of a third, and of most of these a few.
What this one makes is a dataclass all the same: ``fields``, ``replace`` and ``is_dataclass`` of the standard library take it.
Only frozen classes wait whose bases have neither fields nor such methods; all others are made at once.
"""

from __future__ import annotations

import dataclasses
import functools
import operator
from dataclasses import MISSING, Field
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

# So many values of a class are made field by field: to compile its method takes as long as a hundred of them.
FEW: Final = 32

T = TypeVar("T")


def replaced(value: T, **changes: object) -> T:
    """Give a dataclass with some fields changed, as ``dataclasses.replace`` does, which looks at each field of the class anew for each value.

    For what is done for each result of a round, and for classes of two fields and more that an argument sets all of.
    """
    kind: Any = type(value)
    names, values_of = _fields_to_copy(kind)
    return cast("T", kind(**{**dict(zip(names, values_of(value), strict=True)), **changes}))


@functools.cache
def _fields_to_copy(kind: Any) -> tuple[tuple[str, ...], operator.attrgetter[Any]]:  # noqa: ANN401 -- any dataclass.
    names = tuple(field.name for field in dataclasses.fields(kind))
    return names, operator.attrgetter(*names)


if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 -- type checkers know this one.
else:
    _LATER: Final = ("__init__", "__repr__", "__eq__", "__hash__")
    # What the standard library knows a dataclass by, and what ``match`` reads: it follows from the annotations.
    _KNOWN_BY: Final = ("__dataclass_fields__", "__dataclass_params__", "__match_args__")
    _NO_FIELDS: Final = ("ClassVar", "InitVar", "KW_ONLY")

    def dataclass(
        *, frozen: bool = False, slots: bool = False, kw_only: bool = False, **others: bool
    ) -> Callable[[type], type]:
        """Make a dataclass of a class. The options are those of ``dataclasses.dataclass``."""

        def decorate(kind: type) -> type:
            if others or not frozen or not _can_wait(kind):
                return dataclasses.dataclass(frozen=frozen, slots=slots, kw_only=kw_only, **others)(kind)
            source = (kind.__name__, dict(kind.__dict__))
            if slots and _has_fields_alone(kind):
                made = _with_slots(kind)
                for name in _KNOWN_BY:
                    setattr(made, name, _FirstLook(name, made, source, kw_only))
            else:
                # The standard decorator finds the fields; it is not asked for anything that it would compile.
                made = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots, kw_only=kw_only)(kind)
                made.__dataclass_params__.frozen = True
            for name in _LATER:
                setattr(made, name, _first_call(made, name, source, kw_only))
            if _has_fields_alone(kind):
                made.__init__ = _first_values(made, source, kw_only)
            made.__setattr__, made.__delattr__ = _refuse_change, _refuse_change
            made.__getstate__, made.__setstate__ = _values_of, _fill_in
            return made

        return decorate

    def _can_wait(kind: type) -> bool:
        # A method of its own, or of a base, goes before ours; a base with fields adds to them, and a protocol may want to see the methods.
        names = (*_LATER, "__setattr__", "__getstate__")
        return not any(
            dataclasses.is_dataclass(one)
            or "_is_protocol" in one.__dict__
            or any(name in one.__dict__ for name in names)
            for one in kind.__mro__[:-1]
        )

    def _has_fields_alone(kind: type) -> bool:
        """Tell a class whose annotations are all fields: what else they may be is known by its name."""
        texts = kind.__annotations__.values()
        return all(isinstance(text, str) and not any(word in text for word in _NO_FIELDS) for text in texts)

    def _with_slots(kind: type) -> type:
        """The class once more, with a slot for each field in the place of its default."""
        names = tuple(kind.__annotations__)
        body = {name: value for name, value in kind.__dict__.items() if name not in {*names, "__dict__", "__weakref__"}}
        made = type(kind.__name__, kind.__bases__, {**body, "__slots__": names})
        made.__qualname__ = kind.__qualname__
        return made

    class _FirstLook:
        """Stands for what a dataclass is known by, until somebody asks for any of it."""

        def __init__(self, name: str, made: type, source: tuple[str, dict[str, Any]], kw_only: bool) -> None:  # noqa: FBT001 -- an option of the decorator, handed on.
            self._name = name
            self._made = made
            self._source = source
            self._kw_only = kw_only

        def __get__(self, _value: object, kind: type) -> Any:  # noqa: ANN401 -- any of the three.
            made, (title, body), kw_only = self._made, self._source, self._kw_only
            whole = dataclasses.dataclass(init=False, repr=False, eq=False, kw_only=kw_only)(
                type(title, (), _kept(body))
            )
            whole.__dataclass_params__.frozen = True
            for name in _KNOWN_BY:
                setattr(made, name, getattr(whole, name))
            return getattr(kind, self._name)

    def _first_call(made: type, name: str, source: tuple[str, dict[str, Any]], kw_only: bool) -> Any:  # noqa: ANN401, FBT001 -- a method of any shape.
        def method(self: object, *values: object, **named: object) -> object:
            _take_over(made, name, source, kw_only)
            return getattr(made, name)(self, *values, **named)

        method.__name__, method.__qualname__ = name, f"{made.__qualname__}.{name}"
        return method

    def _first_values(made: type, source: tuple[str, dict[str, Any]], kw_only: bool) -> Any:  # noqa: ANN401, FBT001 -- a method of any shape.
        """The ``__init__`` of a class that makes few values: it sets them field by field, until it is worth while to compile one."""
        fields = made_yet = None

        def __init__(self: object, *values: object, **named: object) -> None:  # noqa: N807 -- a method of the class.
            nonlocal fields, made_yet
            if made_yet is None:
                fields, made_yet = _defaults(source[1]), 0
            made_yet += 1
            given = None if fields is None or made_yet > FEW else _each_value(fields, () if kw_only else values, named)
            if given is None or (kw_only and values):
                _take_over(made, "__init__", source, kw_only)
                made.__init__(self, *values, **named)
                return
            for name, value in given.items():
                object.__setattr__(self, name, value)
            if hasattr(made, "__post_init__"):
                self.__post_init__()

        __init__.__qualname__ = f"{made.__qualname__}.__init__"
        return __init__

    def _defaults(body: dict[str, Any]) -> dict[str, tuple[object, Any]] | None:
        """The default of each field and what makes it; None where there is more to a field than that."""
        found = {name: body.get(name, MISSING) for name in body.get("__annotations__", ())}
        fields = [one for one in found.values() if isinstance(one, Field)]
        if not all(one.init and one.kw_only is MISSING for one in fields):
            return None
        return {
            name: (one.default, one.default_factory) if isinstance(one, Field) else (one, MISSING)
            for name, one in found.items()
        }

    def _each_value(
        fields: dict[str, tuple[object, Any]], values: tuple[object, ...], named: dict[str, object]
    ) -> dict[str, object] | None:
        """The value of each field; None where it can't be had, which the compiled method says in words that everybody knows."""
        given = dict(zip(fields, values, strict=False))
        if len(values) > len(fields) or not given.keys().isdisjoint(named) or not named.keys() <= fields.keys():
            return None
        given |= named
        for name, (default, factory) in fields.items():
            if name not in given:
                given[name] = default if factory is MISSING else factory()
                if given[name] is MISSING:
                    return None
        return given

    def _take_over(made: type, name: str, source: tuple[str, dict[str, Any]], kw_only: bool) -> None:  # noqa: FBT001 -- an option of the decorator, handed on.
        """Take a method from a class of the same fields, which the standard library makes with this method alone."""
        title, body = source
        # Only the first sets values of a frozen class; what would refuse a change is not compiled for the others.
        asked = {"init": name == "__init__", "repr": name == "__repr__", "eq": name in {"__eq__", "__hash__"}}
        asked |= {"frozen": asked["init"], "unsafe_hash": name == "__hash__"}
        # Where a class has slots, its default does not stand in the class: one that no argument sets is set by the method.
        asked["slots"] = asked["init"] and _defaults(body) is None
        whole = dataclasses.dataclass(kw_only=kw_only, **asked)(type(title, (), _kept(body)))
        setattr(made, name, getattr(whole, name))

    def _kept(body: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in body.items() if key not in {"__dict__", "__weakref__"}}

    def _refuse_change(self: object, name: str, *_value: object) -> None:
        msg = f"cannot change field {name!r} of {type(self).__name__}"
        raise dataclasses.FrozenInstanceError(msg)

    def _values_of(self: Any) -> list[object]:  # noqa: ANN401 -- any dataclass.
        return [getattr(self, field.name) for field in dataclasses.fields(self)]

    def _fill_in(self: Any, values: list[object]) -> None:  # noqa: ANN401 -- any dataclass.
        for field, value in zip(dataclasses.fields(self), values, strict=True):
            object.__setattr__(self, field.name, value)
