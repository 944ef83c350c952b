"""``dataclass`` as of the standard library, whose methods are compiled when the first value of a class is made.

The standard one compiles six functions for each class at import; of some 300 classes of diag a command makes values of a third.
What this one makes is a dataclass all the same: ``fields``, ``replace`` and ``is_dataclass`` of the standard library take it.
Only frozen classes without a base wait; all others are made at once.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 -- type checkers know this one.
else:
    _LATER: Final = ("__init__", "__repr__", "__eq__", "__hash__")

    def dataclass(
        *, frozen: bool = False, slots: bool = False, kw_only: bool = False, **others: bool
    ) -> Callable[[type], type]:
        """Make a dataclass of a class. The options are those of ``dataclasses.dataclass``."""

        def decorate(kind: type) -> type:
            if others or not frozen or not _can_wait(kind):
                return dataclasses.dataclass(frozen=frozen, slots=slots, kw_only=kw_only, **others)(kind)
            source = (kind.__name__, dict(kind.__dict__))
            # The standard decorator finds the fields; it is not asked for anything that it would compile.
            made = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots, kw_only=kw_only)(kind)
            made.__dataclass_params__.frozen = True
            for name in _LATER:
                setattr(made, name, _first_call(made, name, source, kw_only))
            made.__setattr__, made.__delattr__ = _refuse_change, _refuse_change
            made.__getstate__, made.__setstate__ = _values_of, _fill_in
            return made

        return decorate

    def _can_wait(kind: type) -> bool:
        # A base may want to see the methods, as a protocol does; a method of its own goes before ours.
        own = any(name in kind.__dict__ for name in (*_LATER, "__setattr__", "__getstate__"))
        return kind.__bases__ == (object,) and not own

    def _first_call(made: type, name: str, source: tuple[str, dict[str, Any]], kw_only: bool) -> Any:  # noqa: ANN401, FBT001 -- a method of any shape.
        def method(self: object, *values: object, **named: object) -> object:
            _take_over(made, name, source, kw_only)
            return getattr(made, name)(self, *values, **named)

        method.__name__, method.__qualname__ = name, f"{made.__qualname__}.{name}"
        return method

    def _take_over(made: type, name: str, source: tuple[str, dict[str, Any]], kw_only: bool) -> None:  # noqa: FBT001 -- an option of the decorator, handed on.
        """Take a method from a class of the same fields, which the standard library makes with this method alone."""
        title, body = source
        kept = {key: value for key, value in body.items() if key not in {"__dict__", "__weakref__"}}
        asked = {"init": name == "__init__", "repr": name == "__repr__", "eq": name in {"__eq__", "__hash__"}}
        whole = dataclasses.dataclass(frozen=True, kw_only=kw_only, **asked)(type(title, (), kept))
        setattr(made, name, getattr(whole, name))

    def _refuse_change(self: object, name: str, *_value: object) -> None:
        msg = f"cannot change field {name!r} of {type(self).__name__}"
        raise dataclasses.FrozenInstanceError(msg)

    def _values_of(self: Any) -> list[object]:  # noqa: ANN401 -- any dataclass.
        return [getattr(self, field.name) for field in dataclasses.fields(self)]

    def _fill_in(self: Any, values: list[object]) -> None:  # noqa: ANN401 -- any dataclass.
        for field, value in zip(dataclasses.fields(self), values, strict=True):
            object.__setattr__(self, field.name, value)
