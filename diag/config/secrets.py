"""Secrets: named by reference in the configuration, read when they are needed, and never printed."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar, Never, NoReturn, Self

from diag.config.base import Loading, Model, found, is_nothing
from diag.config.form import Field, PrivateAttr, model_validator
from diag.config.readers import AfterValidator, ValidationInfo, refuse
from diag.config.regular_files import read_regular, why
from diag.config.values import File, Name
from diag.model import Reason, Step, Unavailable
from diag.text import MASK, visible

_MAX_FILE_BYTES = 1024 * 1024
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_HOW_TO = "expected a reference, {file: path/to/secret} or {env: NAME_OF_VARIABLE}"


class Secret:
    """A text that is printed as stars, whichever way it is printed. ``reveal`` gives it."""

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        object.__setattr__(self, "_Secret__text", text)

    def reveal(self) -> str:
        """Give the text itself."""
        text: str = object.__getattribute__(self, "_Secret__text")
        return text

    def __setattr__(self, name: str, value: object) -> NoReturn:
        msg = "a secret does not change"
        raise AttributeError(msg)

    def __repr__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.reveal() == other.reveal()

    def __hash__(self) -> int:
        return hash(self.reveal())

    def __bool__(self) -> bool:
        return bool(self.reveal())

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce_ex__(self, protocol: object) -> Never:
        """Refuse to be pickled: a secret is resolved where it is used."""
        msg = "a secret is not pickled; send its reference"
        raise TypeError(msg)


class SecretFault(StrEnum):
    """Why a secret could not be had."""

    ENV_NOT_SET = "env_not_set"
    ENV_EMPTY = "env_empty"
    FILE_MISSING = "file_missing"
    FILE_EMPTY = "file_empty"
    FILE_UNREADABLE = "file_unreadable"
    NOT_TEXT = "not_text"


_REASONS = {SecretFault.FILE_MISSING: Reason.MISSING_FILE}


class SecretError(Exception):
    """A secret could not be had; the text says which reference and why, never a value."""

    def __init__(self, fault: SecretFault, detail: str) -> None:
        super().__init__(detail)
        self.fault = fault
        self.detail = detail

    def unavailable(self) -> Unavailable:
        """Say it as missing evidence."""
        return Unavailable(step=Step.FILE, reason=_REASONS.get(self.fault, Reason.NOT_USABLE), detail=self.detail)


def _is_set(value: str, info: ValidationInfo) -> str:
    if not _VARIABLE.fullmatch(value):
        msg = "expected the name of an environment variable: letters, digits and underscores"
        raise refuse(msg)
    loading = info.context if isinstance(info.context, Loading) else None
    if loading is not None and loading.sees_files and value not in loading.environment:
        msg = "expected an environment variable that is set"
        raise refuse(msg)
    return value


class SecretRef(Model):
    """Where a secret is: in a file, or in an environment variable."""

    model_config: ClassVar = {"json_schema_extra": {"minProperties": 1, "maxProperties": 1}}

    file: File | None = Field(
        default=None, description="The file that holds the secret; a newline at its end is no part of it."
    )
    env: Annotated[Name, AfterValidator(_is_set)] | None = Field(
        default=None, description="The environment variable that holds the secret."
    )

    @model_validator(mode="before")
    @classmethod
    def _section(cls, value: object) -> object:
        if isinstance(value, SecretRef):
            return value
        if not isinstance(value, Mapping):
            plain = "" if is_nothing(value) or found(value) else ", never the secret itself"
            msg = f"{_HOW_TO}{plain}{found(value)}"
            raise refuse(msg)
        given = {name for name in ("file", "env") if value.get(name) is not None}
        if len(given) > 1 or not value:
            msg = f"{_HOW_TO}, {'not both' if given else 'found an empty mapping'}"
            raise refuse(msg)
        return value

    def __str__(self) -> str:
        """Say where the secret is."""
        return f"file {self.file}" if self.file is not None else f"environment variable {self.env}"

    def resolve(self, environment: Mapping[str, str] | None = None) -> Secret:
        """Read the secret. Raises SecretError when it is not there, empty, or not to be read."""
        text = self._from_file(self.file) if self.file is not None else self._from_environment(environment)
        return Secret(text)

    def _from_environment(self, environment: Mapping[str, str] | None) -> str:
        text = (os.environ if environment is None else environment).get(self.env or "")
        if text is None:
            raise SecretError(SecretFault.ENV_NOT_SET, f"the environment variable {self.env} is not set")
        if not text.strip():
            raise SecretError(SecretFault.ENV_EMPTY, f"the environment variable {self.env} is empty")
        return text.rstrip("\r\n")

    def _from_file(self, path: Path) -> str:
        try:
            text = read_regular(path, _MAX_FILE_BYTES).decode("utf-8-sig")
        except FileNotFoundError as error:
            raise SecretError(SecretFault.FILE_MISSING, f"the secret file {_shown(path)} {why(error)}") from None
        except UnicodeDecodeError:
            raise SecretError(SecretFault.NOT_TEXT, f"the secret file {_shown(path)} holds no UTF-8 text") from None
        except (OSError, ValueError) as error:
            raise SecretError(SecretFault.FILE_UNREADABLE, f"the secret file {_shown(path)} {why(error)}") from None
        if not text.strip():
            raise SecretError(SecretFault.FILE_EMPTY, f"the secret file {_shown(path)} is empty")
        return text.rstrip("\r\n")


class TypedSecret(SecretRef):
    """A secret that somebody typed: there is no place to refer to, and it is kept by this process alone."""

    _typed: Secret = PrivateAttr()

    @classmethod
    def of(cls, secret: Secret) -> Self:
        """Keep a secret."""
        kept = cls.model_construct()
        kept._typed = secret  # noqa: SLF001 -- its own.
        return kept

    def __str__(self) -> str:
        """Say where the secret is."""
        return "typed on the terminal"

    def resolve(self, environment: Mapping[str, str] | None = None) -> Secret:
        """Give the secret. Raises SecretError where nothing was typed."""
        del environment
        if not self._typed.reveal().strip():
            raise SecretError(SecretFault.FILE_EMPTY, "nothing was typed")
        return self._typed


def _shown(path: Path) -> str:
    return visible(str(path))


def _filled(reference: SecretRef, info: ValidationInfo) -> SecretRef:
    """While a file is loaded, see that the secret can be had; it is thrown away at once."""
    if isinstance(info.context, Loading) and info.context.sees_files:
        try:
            reference.resolve(info.context.environment)
        except SecretError as error:
            msg = f"expected a secret that can be read; {error.detail}"
            raise refuse(msg) from None
    return reference


FilledSecret = Annotated[SecretRef, AfterValidator(_filled)]
