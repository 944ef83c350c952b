"""Frozen evidence as plain JSON values: no PEM, versions as one word, times in UTC, absence as its reason."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from diag.model import Unavailable, Version

_LEFT_OUT = frozenset({"pem"})


def rfc3339(moment: datetime) -> str:
    """Write a time as RFC 3339 in UTC, with ``Z``."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def plain(value: object) -> Any:  # noqa: ANN401 -- JSON has no tighter type.
    """Turn evidence into what ``json`` can write, fields in the order of their definition."""
    match value:
        case Enum():
            return value.value
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case tuple() | list():
            return [plain(item) for item in value]
        case Unavailable():
            return {"unavailable": str(value), "step": value.step.value, "reason": value.reason.value}
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, Version):
            return {name: plain(getattr(value, name)) for name in _fields(value.__class__)}
    return _scalar(value)


def _scalar(value: object) -> str | bool | int | float | None:
    match value:
        case str() | bool() | int() | None:
            return value
        case float() if math.isfinite(value):
            return value
        case datetime():
            return rfc3339(value)
    return str(value)


@functools.cache
def _fields(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind) if field.name not in _LEFT_OUT)
