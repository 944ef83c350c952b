"""Where the daemon keeps the past, and for how long."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Final

from diag.config.base import Loading, Model, found, is_nothing
from diag.config.form import Field
from diag.config.readers import BeforeValidator, PlainValidator, ValidationInfo, WithJsonSchema, refuse
from diag.config.values import Count

# As Elasticsearch counts bytes: a kilobyte has 1024.
_UNITS: Final = {"kb": 1024, "mb": 1024**2, "gb": 1024**3}
_SIZE: Final = re.compile(r"(\d{1,9})(kb|mb|gb)", re.IGNORECASE)
_MIN_SIZE: Final = 1024**2


def _size(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    matched = _SIZE.fullmatch(value) if isinstance(value, str) else None
    if matched is None:
        msg = f"expected a size with its unit, such as 100mb{found(value)}"
        raise refuse(msg)
    size = int(matched[1]) * _UNITS[matched[2].lower()]
    if size < _MIN_SIZE:
        msg = "expected a size of at least 1mb"
        raise refuse(msg)
    return size


def _path(value: object, info: ValidationInfo) -> Path:
    """A file that need not be there: it is made."""
    if isinstance(value, Path):
        return value
    if is_nothing(value) or not isinstance(value, str) or not value or "\x00" in value:
        msg = f"expected the name of a file{found(value)}"
        raise refuse(msg)
    return info.context.folder / value if isinstance(info.context, Loading) else Path(value)


Size = Annotated[int, BeforeValidator(_size), WithJsonSchema({"type": "string", "pattern": r"^\d+([kKmMgG][bB])$"})]
NewFile = Annotated[Path, PlainValidator(_path), WithJsonSchema({"type": "string", "minLength": 1})]


class HistoryFile(Model):
    """A file in which what changed outlives the process."""

    path: NewFile = Field(description="The SQLite file, which is made where there is none; its folder has to be there.")
    days: Count = Field(default=90, ge=1, description="For how many days it is kept.")
    size: Size = Field(default=100 * 1024**2, description="Of a larger file the oldest events are dropped: 100mb, 1gb.")
