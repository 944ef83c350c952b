"""How many worker processes somebody wants: a number, or ``auto``."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from diag.config.base import found
from diag.config.readers import BeforeValidator, WithJsonSchema, refuse

AUTO: Final = "auto"
MAX_WORKERS: Final = 64

Workers = int | Literal["auto"]


def parse_workers(text: str) -> Workers:
    """Read a number of worker processes. Raises ValueError with what was expected."""
    if text == AUTO:
        return AUTO
    if text.isascii() and text.isdigit() and int(text) <= MAX_WORKERS:
        return int(text)
    msg = f"expected auto, or a number of worker processes from 0 to {MAX_WORKERS}"
    raise ValueError(msg)


def _workers(value: object) -> Workers:
    try:
        return parse_workers(str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else "")
    except ValueError as error:
        msg = f"{error}{found(value)}"
        raise refuse(msg) from None


WorkerCount = Annotated[
    Workers,
    BeforeValidator(_workers),
    WithJsonSchema({"anyOf": [{"const": AUTO}, {"type": "integer", "minimum": 0, "maximum": MAX_WORKERS}]}),
]
