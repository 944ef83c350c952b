"""The types of single values: each takes what a file holds, and refuses with a sentence that says what was expected.

A scalar of the file is text until a type asks for something else, so ``8.10`` stays ``8.10`` and ``no`` stays ``no``.
Values that come from Python (a test, a stored round) are taken as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from diag.config.base import Loading, Scalar, found, is_nothing
from diag.config.config_problems import looks_secret
from diag.config.readers import AfterValidator, BeforeValidator, PlainValidator, ValidationInfo, WithJsonSchema, refuse
from diag.config.regular_files import file_error
from diag.model import Kind, Mode, SecurityModel, Severity, VerificationMode, X509Field
from diag.text import mask_userinfo, nearest, visible

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_DURATION = re.compile(r"(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?(?:([0-9]+)ms)?")
_UNITS = (86400.0, 3600.0, 60.0, 1.0, 0.001)


_SHORTEST, _MAX_LENGTH = 1.0, 365 * 86400.0


_HIGHEST_PORT = 65535


def _text(value: object) -> str:
    if isinstance(value, Scalar):
        return "" if value.plain and not value else str(value)
    if isinstance(value, str):
        return value
    msg = f"expected a text{found(value)}"
    raise refuse(msg)


def _setting(value: object) -> str:
    """A text that may be left out: ``null`` is not there either."""
    return "" if is_nothing(value) else _text(value)


def _name(value: object) -> str:
    if is_nothing(value) or not (isinstance(value, str) and value.strip()):
        msg = f"expected a name{found(value)}"
        raise refuse(msg)
    return _text(value)


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, Scalar) and value.plain and value in {"true", "false"}:
        return value == "true"
    quoted = isinstance(value, Scalar) and not value.plain and value in {"true", "false"}
    msg = f"expected true or false{', without quotes' if quoted else found(value)}"
    raise refuse(msg)


def _answered_flag(value: object) -> bool:
    """A flag as an API of Elasticsearch answers it: as a text, too."""
    if isinstance(value, str) and value in {"true", "false"}:
        return value == "true"
    return _flag(value)


def _number(value: object) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < float("inf"):
        return value
    if isinstance(value, Scalar) and value.plain and _NUMBER.fullmatch(value) and not value.startswith("-"):
        return float(value)
    msg = f"expected a number from 0 up, such as 30{found(value)}"
    raise refuse(msg)


def _count(value: object) -> int:
    number = _number(value)
    if number != int(number):
        msg = "expected a whole number from 0 up"
        raise refuse(msg)
    return int(number)


def parse_duration(text: str) -> float:
    """Read ``60s``, ``5m``, ``1h30m`` or ``1500ms`` into seconds.

    Raises ValueError, with what was expected, for anything else, below one second and above a year.
    """
    matched = _DURATION.fullmatch(text)
    if not text or matched is None:
        number = _NUMBER.fullmatch(text)
        hint = f"a duration with its unit, such as {text}s" if number else "a duration such as 60s, 5m or 1h30m"
        msg = f"expected {hint}"
        raise ValueError(msg)
    if max(len(part or "") for part in matched.groups()) > len(str(int(_MAX_LENGTH))) + 3:
        seconds = float("inf")
    else:
        seconds = sum(int(part) * unit for part, unit in zip(matched.groups(), _UNITS, strict=True) if part)
    if seconds < _SHORTEST:
        msg = "expected a duration of at least 1s"
        raise ValueError(msg)
    if seconds > _MAX_LENGTH:
        msg = "expected a duration of at most 365d"
        raise ValueError(msg)
    return seconds


def _duration(value: object) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < float("inf"):
        return float(value)
    if not isinstance(value, str) or is_nothing(value):
        msg = f"expected a duration such as 60s, 5m or 1h30m{found(value)}"
        raise refuse(msg)
    try:
        return parse_duration(value)
    except ValueError as error:
        raise refuse(str(error)) from None


def _file(value: object, info: ValidationInfo) -> Path:
    """Make the path absolute, and see that the file is there."""
    if isinstance(value, Path):
        return value
    if is_nothing(value) or not isinstance(value, str) or not value:
        msg = f"expected the name of a file{found(value)}"
        raise refuse(msg)
    if not isinstance(info.context, Loading):
        return Path(value)
    path = info.context.folder / value
    if not info.context.sees_files:
        return path
    if error := file_error(path):
        name = "it" if looks_secret(value) else visible(str(path))
        msg = f"expected a file that can be read; {name} {error}"
        raise refuse(msg)
    return path


def _date(value: object) -> date:
    if isinstance(value, date):
        return value
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    msg = f"expected a date such as 2027-03-31{found(value)}"
    raise refuse(msg)


def _url(value: object) -> str:
    if not isinstance(value, str) or is_nothing(value):
        msg = f"expected an address such as https://search-eu.example:9200{found(value)}"
        raise refuse(msg)
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    else:
        if "@" in parts.netloc:
            msg = "expected an address without user and password; write them under auth"
            raise refuse(msg)
    if not usable or re.search(r"[\s?#\x00-\x1f\\]", value):
        msg = "expected an address such as https://search-eu.example:9200"
        raise refuse(msg)
    return str(value)


def _listen(value: object) -> str:
    if isinstance(value, str) and not is_nothing(value):
        matched = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})", value)
        if matched and int(matched[2]) <= _HIGHEST_PORT:
            return str(value)
    msg = f"expected host:port, such as 127.0.0.1:9643 or [::1]:9643{found(value)}"
    raise refuse(msg)


def _many(value: object) -> object:
    """A list stays as it is, a single value is a list of one."""
    if isinstance(value, Mapping):
        msg = "expected a list, found a mapping"
        raise refuse(msg)
    return value if isinstance(value, (list, tuple)) else [value]


def _list(value: object) -> object:
    if isinstance(value, (list, tuple)):
        return value
    msg = f"expected a list{found(value)}"
    raise refuse(msg)


def _list_or_nothing(value: object) -> object:
    return [] if is_nothing(value) else _many(value)


def _addresses(value: object) -> object:
    """A single text with commas is a list, as for Elasticsearch; an item of a list with a comma in it stays one.

    A user and password may hold a comma, and are masked as one text; such a text is no address in any case.
    """
    if isinstance(value, str) and not is_nothing(value) and "," in value and "@" not in value:
        return [part.strip() for part in value.split(",") if part.strip()]
    return _list_or_nothing(value)


def _map(value: object) -> object:
    if is_nothing(value):
        return {}
    if isinstance(value, Mapping):
        return value
    msg = f"expected a mapping{found(value)}"
    raise refuse(msg)


Word = TypeVar("Word", bound=StrEnum)


def one_of(words: type[Word]) -> Callable[[object], Word]:
    """Make the validator of a closed set of words."""

    def validate(value: object) -> Word:
        if isinstance(value, str) and value in set(words):
            return words(str(value))
        close = nearest(value, words) if isinstance(value, str) and not is_nothing(value) else ()
        hint = f"; did you mean '{close[0]}'?" if close else ""
        msg = f"expected {', '.join(list(words)[:-1])} or {list(words)[-1]}{found(value)}{hint}"
        raise refuse(msg)

    return validate


def _schema(**more: Any) -> WithJsonSchema:  # noqa: ANN401 -- the values of a JSON schema.
    return WithJsonSchema(more)


_ANY_SCALAR = ["string", "number", "boolean", "null"]
Text = Annotated[str, BeforeValidator(_text), _schema(type=_ANY_SCALAR[:3])]
Setting = Annotated[str, BeforeValidator(_setting), _schema(type=_ANY_SCALAR)]
Address = Annotated[str, BeforeValidator(_setting), AfterValidator(mask_userinfo), _schema(type=_ANY_SCALAR)]
ModeText = Annotated[str, BeforeValidator(_setting), _schema(enum=list(Mode))]  # Odd ones load: checks judge them.
Name = Annotated[str, BeforeValidator(_name), _schema(type=_ANY_SCALAR[:3])]
Flag = Annotated[bool, BeforeValidator(_flag)]
AnsweredFlag = Annotated[
    bool, BeforeValidator(_answered_flag), _schema(anyOf=[{"type": "boolean"}, {"enum": ["true", "false"]}])
]


Number = Annotated[float, BeforeValidator(_number), _schema(type="number", minimum=0)]
Count = Annotated[int, BeforeValidator(_count), _schema(type="integer", minimum=0)]
Duration = Annotated[
    float, BeforeValidator(_duration), _schema(type="string", pattern=r"^(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$")
]


File = Annotated[Path, PlainValidator(_file), _schema(type="string", minLength=1)]
Day = Annotated[date, PlainValidator(_date), _schema(type="string", format="date")]
Url = Annotated[str, BeforeValidator(_url), _schema(type="string", pattern="^https?://[^@?#\\s]+$")]
Listen = Annotated[str, BeforeValidator(_listen), _schema(type="string", pattern=r":\d{1,5}$")]
Files = Annotated[
    tuple[File, ...],
    BeforeValidator(_many),
    _schema(anyOf=[{"type": "string"}, {"type": "array", "items": {"type": "string", "minLength": 1}}]),
]


Addresses = Annotated[
    tuple[Address, ...],
    BeforeValidator(_addresses),
    _schema(anyOf=[{"type": _ANY_SCALAR}, {"type": "array", "items": {"type": _ANY_SCALAR}}]),
]


# Nothing at all is not the same as an empty list here, and too easily written by mistake.
NamesOrEmpty = Annotated[tuple[Name, ...], BeforeValidator(_list)]
Item = TypeVar("Item")
Items = Annotated[tuple[Item, ...], BeforeValidator(_list)]
OptionalItems = Annotated[tuple[Item, ...], BeforeValidator(_list_or_nothing)]
Entries = Annotated[dict[str, Item], BeforeValidator(_map)]
X509FieldName = Annotated[X509Field, BeforeValidator(one_of(X509Field))]
KindName = Annotated[Kind, BeforeValidator(one_of(Kind))]
VerificationName = Annotated[VerificationMode, BeforeValidator(one_of(VerificationMode))]
ModelName = Annotated[SecurityModel, BeforeValidator(one_of(SecurityModel))]
Level = Annotated[Severity, BeforeValidator(one_of(Severity))]
