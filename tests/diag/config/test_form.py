"""Sections: what their fields, defaults and validators make of what a file holds."""

from __future__ import annotations

import pickle
from typing import Any, ClassVar

import pytest

from diag.config.base import Model
from diag.config.form import Field, PrivateAttr, model_validator
from diag.config.readers import ValidationError, refuse
from diag.config.values import Count, Duration, Entries, Flag, Name, OptionalItems


class Inner(Model):
    """A section in another one."""

    name: Name
    many: OptionalItems[Count] = Field(default=(), min_length=2)


class Outer(Model):
    """A section with every kind of field."""

    model_config: ClassVar = {"populate_by_name": True}

    wait: Duration = 5.0
    inner: Inner | None = None
    entries: Entries[Flag] = Field(default={})
    begin: Count = Field(default=1, alias="from", ge=1)

    _kept: str = PrivateAttr(default="a")

    def model_post_init(self, context: object) -> None:
        """Keep what is known."""
        self._kept = str(context)

    @model_validator(mode="after")
    def _fits(self) -> Outer:
        if self.begin > 8:
            msg = "expected less than 9"
            raise refuse(msg)
        return self


def faults_of(value: Any) -> dict[tuple[str | int, ...], str]:
    """What is wrong with a value, by place."""
    with pytest.raises(ValidationError) as error:
        Outer.model_validate(value)
    return {one.loc: one.kind for one in error.value.faults}


def test_everything_that_is_wrong_is_said_at_once() -> None:
    """Each fault with the way to it; the section as a whole is looked at only where its fields are in order."""
    value = {"wait": "x", "inner": {"many": [1, -1], "nme": 1}, "entries": {"a": 1, "b": True}, "from": 0, "to": 9}
    expected = {
        ("wait",): "refused",
        ("inner", "name"): "missing",
        ("inner", "many", 1): "refused",
        ("inner", "nme"): "extra_forbidden",
        ("entries", "a"): "refused",
        ("from",): "greater_than_equal",
        ("to",): "extra_forbidden",
    }
    assert expected == faults_of(value)
    assert faults_of({"from": 9}) == {(): "refused"}
    assert faults_of({"inner": {"name": "a", "many": [1]}}) == {("inner", "many"): "too_short"}


def test_what_is_left_out_is_as_usual_and_known_to_be_left_out() -> None:
    """Defaults are not shared between sections, and a field may go by its name or by its key."""
    one, other = Outer.model_validate({"begin": 3}, context=7), Outer()
    assert (list(one.model_fields_set), list(other.model_fields_set)) == (["begin"], [])
    assert (one.begin, other.begin, other.wait) == (3, 1, 5.0)
    assert one.entries is not other.entries
    assert one._kept == "7"


def test_a_section_is_a_value() -> None:
    """It never changes, is equal to another that holds the same, has a hash, and survives a journey."""
    one = Inner(name="a", many=(1, 2))
    assert one == Inner.model_validate({"name": "a", "many": [1, 2]}) != Inner(name="b")
    assert hash(one) == hash(pickle.loads(pickle.dumps(one)))  # noqa: S301 -- it was made a line above.
    with pytest.raises(AttributeError, match="frozen"):
        one.name = "b"
    with pytest.raises(AttributeError, match="frozen"):
        del one.name
    other = one.model_copy(update={"name": "b"})
    assert (one.name, other.name, other.many) == ("a", "b", (1, 2))
    assert one is Outer(inner=one).inner


def test_it_is_written_as_plain_data() -> None:
    """By its keys, or without what is as usual."""
    one = Outer.model_validate({"inner": {"name": "a"}, "from": 2})
    assert one.model_dump(mode="json", by_alias=True) == {
        "wait": 5.0,
        "inner": {"name": "a", "many": []},
        "entries": {},
        "from": 2,
    }
    assert one.model_dump(exclude_defaults=True) == {"inner": {"name": "a"}, "begin": 2}
    assert one.model_dump(include={"begin"}) == {"begin": 2}
