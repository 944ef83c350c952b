"""A class whose methods come later behaves as one of the standard library: from the first call on, whichever that is."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from dataclasses import field
from typing import Any, ClassVar

import pytest

from diag.lazy_dataclass import FEW, dataclass, replaced

CALLS: dict[str, Callable[[Any], object]] = {
    "repr": repr,
    "equal": lambda value: (value == dataclasses.replace(value), value == dataclasses.replace(value, b=(2,))),
    "hash": lambda value: hash(value) == hash(dataclasses.replace(value)),
    "fields": lambda value: [(one.name, one.default, one.kw_only) for one in dataclasses.fields(value)],
    "asdict": dataclasses.asdict,
    "copy": copy.deepcopy,
    "match": lambda value: type(value).__match_args__,
}


def _pair(**options: Any) -> tuple[type[Any], type[Any]]:
    def fresh() -> type[Any]:
        class Value:
            """A value."""

            a: int
            b: tuple[int, ...] = ()
            c: list[int] = field(default_factory=list, hash=False)

            @property
            def twice(self) -> int:
                """A property is kept."""
                return self.a * 2

        return Value

    return dataclass(**options)(fresh()), dataclasses.dataclass(**options)(fresh())


@pytest.mark.parametrize("options", [{"kw_only": True, "slots": True}, {"slots": True}, {}, {"kw_only": True}], ids=str)
@pytest.mark.parametrize("first", CALLS)
def test_whatever_is_called_first_it_answers_as_the_standard_one(options: dict[str, bool], first: str) -> None:
    """The order of the calls makes no difference."""
    ours, standard = (kind(a=1, b=(3,)) for kind in _pair(frozen=True, **options))
    for name in (first, *CALLS):
        said, expected = CALLS[name](ours), CALLS[name](standard)
        assert (repr(said), hasattr(ours, "__dict__")) == (repr(expected), hasattr(standard, "__dict__"))
    assert ours.twice == 2


@pytest.mark.parametrize("how", [lambda v: setattr(v, "a", 2), lambda v: delattr(v, "a")], ids=["set", "delete"])
def test_a_frozen_value_refuses_a_change(how: Callable[[Any], object]) -> None:
    """Nothing is set, nothing is deleted."""
    ours, _ = _pair(frozen=True, slots=True, kw_only=True)
    with pytest.raises(dataclasses.FrozenInstanceError, match="field 'a'"):
        how(ours(a=1))


@pytest.mark.parametrize(
    ("values", "named"), [((), {}), ((1, (), [], 4), {}), ((), {"a": 1, "z": 2}), ((1,), {"a": 1})]
)
def test_wrong_arguments_are_refused_with_the_words_of_the_standard_one(
    values: tuple[object, ...], named: dict[str, object]
) -> None:
    """Also at the first call."""
    ours, standard = _pair(frozen=True, slots=True)
    with pytest.raises(TypeError) as expected:
        standard(*values, **named)
    with pytest.raises(TypeError) as said:
        ours(*values, **named)
    assert str(said.value).split(".")[-1] == str(expected.value).split(".")[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Travelling:
    """A value of a module, which can be pickled."""

    a: int
    b: str = "x"


def test_a_value_travels() -> None:
    """Pickled and back it is equal."""
    assert pickle.loads(pickle.dumps(Travelling(a=3))) == Travelling(a=3)  # noqa: S301 -- bytes of our own.


def test_a_method_of_its_own_is_kept() -> None:
    """What a class says itself goes before what is made for it."""

    @dataclass(frozen=True, slots=True)
    class Named:
        name: str

        def __repr__(self) -> str:
            return "mine"

    assert repr(Named("x")) == "mine"
    assert Named("x") == Named("x")


@pytest.mark.parametrize("look", [dataclasses.fields, dataclasses.is_dataclass, lambda kind: kind.__match_args__])
def test_a_class_that_has_no_value_yet_shows_its_fields(look: Callable[[type[Any]], object]) -> None:
    """Whoever asks the class before the first value of it is made, in whichever way."""
    ours, standard = _pair(frozen=True, slots=True)
    assert repr(look(ours)) == repr(look(standard))
    assert [one.name for one in dataclasses.fields(ours)] == ["a", "b", "c"]


def test_what_is_annotated_and_no_field_gets_no_slot() -> None:
    """A class variable is one for all values, and no argument."""

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Counted:
        all: ClassVar[int] = 3
        a: int = 1

    assert (Counted.all, Counted(a=2).all, [one.name for one in dataclasses.fields(Counted)]) == (3, 3, ["a"])


def test_a_subclass_is_a_dataclass_of_all_the_fields() -> None:
    """A base may be one whose methods came later."""

    @dataclass(frozen=True, slots=True)
    class Base:
        a: int

    @dataclass(frozen=True, slots=True)
    class Derived(Base):
        b: int

    assert repr(Derived(1, 2)).endswith("Derived(a=1, b=2)")


@pytest.mark.parametrize("slots", [True, False])
@pytest.mark.parametrize("kw_only", [True, False])
def test_the_first_values_are_as_all_that_follow(*, slots: bool, kw_only: bool) -> None:
    """The method is compiled only for a class of many values."""
    ours, standard = _pair(frozen=True, slots=slots, kw_only=kw_only)
    many = [ours(a=number) for number in range(FEW + 2)]
    assert [repr(one) for one in many] == [repr(standard(a=number)) for number in range(FEW + 2)]
    assert len({id(one.c) for one in many}) == len(many), "each has a list of its own"
    assert many[0] == ours(a=0)
    if kw_only:
        with pytest.raises(TypeError, match="positional"):
            ours(1)
    else:
        assert ours(1, (2,)) == ours(b=(2,), a=1)


def test_more_to_a_field_than_a_default_is_kept() -> None:
    """A field that no argument sets, and what a class does itself after all are set."""

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Counted:
        a: int = 1
        seen: int = field(init=False, default=7)

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Checked:
        a: int = 1

        def __post_init__(self) -> None:
            if self.a < 0:
                msg = "too small"
                raise ValueError(msg)

    assert (Counted().seen, Counted(a=2).a) == (7, 2)
    with pytest.raises(TypeError, match="seen"):
        Counted(seen=1)  # type: ignore[call-arg]  # That is what is tested.
    assert Checked().a == 1
    with pytest.raises(ValueError, match="too small"):
        Checked(a=-1)


def test_a_value_with_a_field_changed_is_as_of_the_standard_library() -> None:
    """Whatever is not changed is the same object."""
    ours, _ = _pair(frozen=True, slots=True, kw_only=True)
    value = ours(a=1, c=[2])
    assert replaced(value, b=(7,)) == dataclasses.replace(value, b=(7,))
    assert replaced(value, b=(7,)).c is value.c
    with pytest.raises(TypeError, match="'z'"):
        replaced(value, z=1)
