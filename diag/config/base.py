"""What every section and every value of ``diag.yaml`` is made of: scalars as they stand there, refusals, the base of a section."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Final, Self

from diag.config.config_problems import Key
from diag.config.form import Section, model_validator
from diag.config.readers import refuse
from diag.lazy_dataclass import dataclass


class Scalar(str):
    """A scalar as it stands in the file; ``plain`` means without quotes."""

    __slots__ = ("plain",)
    plain: bool

    def __new__(cls, text: str, *, plain: bool = False) -> Self:
        """Make one from its text."""
        made = super().__new__(cls, text)
        made.plain = plain
        return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Loading:
    """What is known while a file is loaded: its name and folder, the environment, and where checks are configured.

    ``lenient``: files and environment variables that it names may be missing.
    """

    file: str
    folder: Path
    environment: Mapping[str, str]
    places: Mapping[Key, tuple[int, int]]
    lenient: bool = False

    @property
    def sees_files(self) -> bool:
        """Whether files and variables that are named here have to be on this machine."""
        return not (self.lenient or _ELSEWHERE.get())


# Whether what is being validated is used on other machines only.
_ELSEWHERE: Final = ContextVar("elsewhere", default=False)


@contextlib.contextmanager
def used_elsewhere(section: Any) -> Iterator[None]:  # noqa: ANN401 -- whatever the file holds.
    """While a section is validated that says from which vantage points it is looked at: its files and secrets are there, not here."""
    named = isinstance(section, Mapping) and section.get("vantage_points")
    token = _ELSEWHERE.set(_ELSEWHERE.get() or bool(named and not is_nothing(named)))
    try:
        yield
    finally:
        _ELSEWHERE.reset(token)


def is_nothing(value: object) -> bool:
    """Tell whether a key stands there without a value (or with ``null``)."""
    return isinstance(value, Scalar) and value.plain and value in {"", "~", "null"}


def found(value: object) -> str:
    """Name what was found where it has no text to show."""
    if is_nothing(value):
        return ", found nothing"
    if isinstance(value, Mapping):
        return ", found a mapping"
    return ", found a list" if isinstance(value, (list, tuple)) else ""


class Model(Section):
    """The base of every section: frozen, no unknown keys; a section without any value has its defaults."""

    @model_validator(mode="before")
    @classmethod
    def _section(cls, value: object) -> object:
        if is_nothing(value):
            return {}
        if isinstance(value, (Mapping, cls)):
            return value
        msg = f"expected a mapping with keys such as {', '.join(list(cls.model_fields)[:3])}{found(value)}"
        raise refuse(msg)
