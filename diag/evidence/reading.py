"""Reading of JSON that a peer wrote: every value may be missing, of another type, or absurd."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from diag.evidence.call import Call
from diag.evidence.terms import Reason, Step, Unavailable, Version

MAX_LENGTH: Final = 500
_LATEST_MILLIS: Final = 253_402_300_799_000  # The end of the year 9999.
_BEYOND: Final = 1 << 63
# Elasticsearch makes ids of 20 characters, and names a user by the id of the key where a key is refused.
_KEY_ID: Final = re.compile(r"\b(api ?key(?: id| with id)?|user) \[?[\w-]{20}(?![\w-])\]?", re.ASCII | re.IGNORECASE)


def mapping(value: object) -> Mapping[str, object]:
    """The object, or an empty one."""
    return {str(key): inner for key, inner in value.items()} if isinstance(value, dict) else {}


def items(value: object) -> Iterator[Mapping[str, object]]:
    """The objects of a list."""
    for one in value if isinstance(value, list) else ():
        if isinstance(one, dict):
            yield mapping(one)


def text(value: object) -> str:
    """A text of bounded length; empty for anything else. Half a surrogate pair is no text for anybody further on."""
    return value[:MAX_LENGTH].encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else ""


def stated(value: object) -> str:
    """A sentence of Elasticsearch, without the id of an API key: keys are named by their names here."""
    return _KEY_ID.sub(r"\1 [***]", text(value))


def texts(value: object) -> tuple[str, ...]:
    """The texts of a list; one text alone is a list too."""
    values = value if isinstance(value, list) else [value]
    return tuple(text(one) for one in values if isinstance(one, str))


def number(value: object) -> int:
    """A whole number of at most 64 bits, as Java has them; 0 for anything else."""
    fits = isinstance(value, int) and not isinstance(value, bool) and -_BEYOND <= value < _BEYOND
    return value if fits else 0  # type: ignore[return-value]  # It is one.


def flag(value: object) -> bool | None:
    """True or false, also spelt as text; None for anything else."""
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value) if isinstance(value, str) else None


def moment(millis: object) -> datetime | None:
    """A time in milliseconds since 1970; None for anything else."""
    value = number(millis)
    return datetime.fromtimestamp(value / 1000, UTC) if 0 < value < _LATEST_MILLIS else None


def written(value: object) -> datetime | None:
    """A time as ISO 8601 writes it, in UTC, which is also what one without a zone is in; None for anything else."""
    try:
        found = datetime.fromisoformat(text(value))
        return found.astimezone(UTC) if found.tzinfo is not None else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def parts(value: object) -> tuple[str, ...]:
    """The texts of a list of settings, also of one text with commas."""
    return tuple(part.strip() for one in texts(value) for part in one.split(",") if part.strip())


def version(value: object) -> Version | None:
    """A release; None for anything else."""
    try:
        return Version.parse(text(value))
    except ValueError:
        return None


def unreadable(call: Call, peer: str = "Elasticsearch") -> Unavailable:
    """Say that an answer is not of the form that the peer gives."""
    detail = f"the answer of {call.name} has not the form that {peer} gives: look at any proxy between"
    return Unavailable(step=Step.API, reason=Reason.NOT_USABLE, detail=detail, call=call.name)
