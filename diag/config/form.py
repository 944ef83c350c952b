"""What a section of ``diag.yaml`` is, and how it is read: everything that is wrong with it at once, each fault with the way to it.

The words are those of pydantic, of which this is what sections need. Importing that, and building its validators, was a third of a start;
here the type of a field is looked at when a file has a value for it. The JSON schema is made by pydantic all the same (``config_schema.py``).
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any, ClassVar, Final, NamedTuple, NoReturn, Self, TypeVar, cast, dataclass_transform

from diag.config.readers import NOTHING_KNOWN, Fault, Reader, ValidationError, ValidationInfo, reader_of

__all__ = ["Field", "FieldInfo", "PrivateAttr", "Section", "model_validator"]

_REQUIRED: Final = object()
_T = TypeVar("_T")


class FieldInfo:
    """One field of a section: its type as it was written, its default, its key in the file where that is another word."""

    def __init__(
        self, default: object, *, alias: str | None, description: str | None, min_length: int, ge: float | None
    ) -> None:
        self.default = default
        self.alias = alias
        self.description = description
        self.min_length = min_length
        self.ge = ge
        self.written: object = None
        self.module = ""

    @property
    def is_required(self) -> bool:
        """Whether a section without it is refused."""
        return self.default is _REQUIRED

    @functools.cached_property
    def annotation(self) -> Any:  # noqa: ANN401 -- an annotation can be anything.
        """Its type."""
        if not isinstance(self.written, str):
            return self.written
        return eval(self.written, vars(sys.modules[self.module]))  # noqa: S307 -- an annotation of our own source.

    @functools.cached_property
    def read(self) -> Reader:
        """What reads a value of it."""
        return reader_of(self.annotation, min_length=self.min_length, ge=self.ge)

    def unsaid(self) -> Any:  # noqa: ANN401 -- a value of the field.
        """The value where a file has none."""
        return dict(self.default) if isinstance(self.default, dict) else self.default


def Field(  # noqa: N802 -- as pydantic calls it.
    *,
    default: object = _REQUIRED,
    alias: str | None = None,
    description: str | None = None,
    min_length: int = 0,
    ge: float | None = None,
) -> Any:  # noqa: ANN401 -- stands where the default of a type stands.
    """Say more of a field than its type."""
    return FieldInfo(default, alias=alias, description=description, min_length=min_length, ge=ge)


class _Private(NamedTuple):
    make: Callable[[], object]


def PrivateAttr(  # noqa: N802 -- as pydantic calls it.
    *, default: object = None, default_factory: Callable[[], object] | None = None
) -> Any:  # noqa: ANN401 -- stands where the default of a type stands.
    """Say of an attribute that no file can set it."""
    return _Private(default_factory or (lambda: default))


class _Validator(NamedTuple):
    mode: str
    function: Any


def model_validator(*, mode: str) -> Callable[[_T], _T]:
    """Have a section as a whole looked at: ``before`` its fields are read, ``after`` that, or with all of it in hand (``wrap``)."""

    def mark(function: _T) -> _T:
        marked: Any = _Validator(mode, function)
        return cast("_T", marked)

    return mark


@dataclass_transform(kw_only_default=True, field_specifiers=(Field, PrivateAttr))
class Section:
    """The base of sections: frozen, read from a mapping without unknown keys."""

    model_config: ClassVar[Mapping[str, Any]] = {}
    model_fields: ClassVar[Mapping[str, FieldInfo]] = {}
    _privates: ClassVar[Mapping[str, _Private]] = {}
    _given: frozenset[str]
    _validators: ClassVar[Mapping[str, _Validator]] = {}

    def __init_subclass__(cls) -> None:
        """Take the fields and validators out of the class."""
        own, written = dict(cls.__dict__), inspect.get_annotations(cls)
        fields, privates, validators = dict(cls.model_fields), dict(cls._privates), dict(cls._validators)
        for name, value in own.items():
            if isinstance(value, _Validator):
                validators[name] = value
                setattr(cls, name, value.function)
        for name, annotation in written.items():
            if isinstance(annotation, str) and annotation.startswith("ClassVar"):
                continue
            value = own.get(name, _REQUIRED)
            if name in own:
                delattr(cls, name)
            if name.startswith("_"):
                privates[name] = value if isinstance(value, _Private) else _Private(lambda: None)
                continue
            field = value if isinstance(value, FieldInfo) else Field(default=value)
            field.written, field.module = annotation, cls.__module__
            fields[name] = field
        cls.model_fields, cls._privates, cls._validators = fields, privates, validators

    def __init__(self, **values: Any) -> None:  # noqa: ANN401 -- whatever its fields take.
        """Read the values of the fields. Raises ValidationError."""
        self.__dict__.update(type(self).model_validate(values).__dict__)

    @classmethod
    def model_validate(cls, value: object, context: object = None) -> Self:
        """Read what a file holds. Raises ValidationError with everything that is wrong."""
        return cls.read(value, ValidationInfo(context) if context is not None else NOTHING_KNOWN)

    @classmethod
    def read(cls, value: object, info: ValidationInfo) -> Self:
        """The same, as the value of a field."""

        def inner(given: Any) -> Any:  # noqa: ANN401 -- whatever the file holds, and a section of this class.
            return given if isinstance(given, cls) else cls._read_fields(cls._before(given), info)

        made = cls._wrapped(inner)(value)
        if made is not value:
            for name in cls._named("after"):
                getattr(made, name)()
        return made

    @classmethod
    def model_construct(cls) -> Self:
        """The section with its defaults, unread: one of which nothing is said."""
        return cls._made({}, None)

    def model_post_init(self, context: object) -> None:
        """For a section that keeps something of the context."""

    def model_copy(self, update: Mapping[str, object]) -> Self:
        """The same with other values of some fields, unread."""
        copy = object.__new__(type(self))
        kept = (*self.model_fields, *self._privates, "_given")
        copy.__dict__.update({name: self.__dict__[name] for name in kept if name in self.__dict__})
        copy.__dict__.update(update, _given=self._given | update.keys())
        return copy

    @property
    def model_fields_set(self) -> frozenset[str]:
        """The fields that were given."""
        return self._given

    def model_dump(
        self,
        *,
        mode: str = "python",
        by_alias: bool = False,
        exclude_defaults: bool = False,
        include: Collection[str] | None = None,
    ) -> dict[str, Any]:
        """The section as plain data; of JSON with the mode ``json``."""
        options = {"mode": mode, "by_alias": by_alias, "exclude_defaults": exclude_defaults}
        return {
            field.alias if by_alias and field.alias else name: _dumped(getattr(self, name), options)
            for name, field in self.model_fields.items()
            if (include is None or name in include) and not (exclude_defaults and getattr(self, name) == field.default)
        }

    @classmethod
    def _named(cls, mode: str) -> Iterator[str]:
        return (name for name, one in cls._validators.items() if one.mode == mode)

    @classmethod
    def _before(cls, value: object) -> object:
        # What a section adds to its base sees the value first.
        for name in reversed(tuple(cls._named("before"))):
            value = getattr(cls, name)(value)
        return value

    @classmethod
    def _wrapped(cls, read: Callable[[object], Self]) -> Callable[[object], Self]:
        for name in cls._named("wrap"):
            read = functools.partial(getattr(cls, name), handler=read)
        return read

    @classmethod
    def _read_fields(cls, value: Any, info: ValidationInfo) -> Self:  # noqa: ANN401 -- a mapping, as the validators before it leave it.
        read, faults, known = dict[str, Any](), list[Fault](), set[str]()
        by_name = cls.model_config.get("populate_by_name", False)
        for name, field in cls.model_fields.items():
            key = field.alias or name
            if by_name and key not in value:
                key = name
            if key not in value:
                if field.is_required:
                    faults.append(Fault((field.alias or name,), "missing", "Field required"))
                continue
            known.add(key)
            try:
                read[name] = field.read(value[key], info)
            except ValidationError as error:
                faults += error.under(key)
        faults += (
            Fault((key,), "extra_forbidden", "Extra inputs are not permitted") for key in value if key not in known
        )
        if faults:
            raise ValidationError(faults)
        return cls._made(read, info.context)

    @classmethod
    def _made(cls, read: Mapping[str, Any], context: object) -> Self:
        made = object.__new__(cls)
        values = {name: read[name] if name in read else field.unsaid() for name, field in cls.model_fields.items()}
        made.__dict__.update(
            values, _given=frozenset(read), **{name: one.make() for name, one in cls._privates.items()}
        )
        made.model_post_init(context)
        return made

    def _values(self) -> tuple[object, ...]:
        return tuple(self.__dict__.get(name) for name in (*self.model_fields, *self._privates))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Section):
            return NotImplemented
        return type(other) is type(self) and self._values() == other._values()

    def __hash__(self) -> int:
        return hash((type(self), self._values()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self.model_fields)})"

    def __setattr__(self, name: str, value: object) -> None:
        if name not in self._privates:
            self._refuse(name)
        self.__dict__[name] = value

    def __delattr__(self, name: str) -> None:
        self._refuse(name)

    def _refuse(self, name: str) -> NoReturn:
        msg = f"{type(self).__name__} is frozen: {name} does not change"
        raise AttributeError(msg)


def _dumped(value: object, options: dict[str, Any]) -> object:
    """A value of a field as plain data."""
    match value:
        case Section():
            plain: object = value.model_dump(**options)
        case dict():
            plain = {str(key): _dumped(one, options) for key, one in value.items()}
        case tuple():
            each = (_dumped(one, options) for one in value)
            plain = list(each) if options["mode"] == "json" else tuple(each)
        case _:
            plain = _of_json(value) if options["mode"] == "json" else value
    return plain


def _of_json(value: object) -> object:
    """A single value as JSON has it."""
    match value:
        case Enum():
            return value.value
        case date():
            return value.isoformat()
        case Path():
            return str(value)
        case _:
            return value
