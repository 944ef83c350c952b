"""The dates of a certificate as Java reads them: forms that no standard allows and days that do not exist included."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from diag.lazy_dataclass import dataclass
from diag.x509.der import Element, elements, first, inside

_UTC_TIME, _GENERALIZED_TIME = 0x17, 0x18
_FORM: Final = re.compile(r"(\d{2}|\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(?:(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d{4})")
_CENTURY_ENDS: Final = 50
_EARLIEST: Final = datetime.min.replace(tzinfo=UTC)
_LATEST: Final = datetime.max.replace(tzinfo=UTC)
# What takes the place of dates that the library refuses to read, so that it reads the rest.
PLAIN: Final = b"\x30\x1e\x17\x0d240101000000Z\x17\x0d340101000000Z"


@dataclass(frozen=True, slots=True)
class Validity:
    """Both dates, and which of them could not be read."""

    not_before: datetime
    not_after: datetime
    problem: str = ""


def read_validity(signed: bytes) -> Validity:
    """Read the dates from the signed part of a certificate. Raises ValueError where there are none at all."""
    parts = [part for part in inside(first(signed), 0x30) if part.tag == 0x30]  # noqa: PLR2004 -- SEQUENCE.
    begin, end = elements(parts[2].content)
    not_before, not_after = _moment(begin), _moment(end)
    missing = [name for name, found in (("notBefore", not_before), ("notAfter", not_after)) if found is None]
    problem = f"its {' and '.join(missing)} cannot be read as a date" if missing else ""
    return Validity(not_before or _EARLIEST, not_after or _LATEST, problem)


def with_plain_dates(certificate: bytes) -> bytes:
    """Put dates that everybody can read in the place of those of a certificate. Raises ValueError where it is none."""
    signed, *rest = inside(first(certificate), 0x30)
    parts = list(inside(signed, 0x30))
    sequences = [place for place, part in enumerate(parts) if part.tag == 0x30]  # noqa: PLR2004 -- SEQUENCE.
    if len(sequences) < 5:  # noqa: PLR2004 -- algorithm, issuer, validity, subject, key.
        msg = "not the fields of a certificate"
        raise ValueError(msg)
    written = [PLAIN if place == sequences[2] else _written(part) for place, part in enumerate(parts)]
    return _tlv(0x30, _tlv(0x30, b"".join(written)) + b"".join(map(_written, rest)))


def _moment(element: Element) -> datetime | None:
    digits = {_UTC_TIME: 2, _GENERALIZED_TIME: 4}.get(element.tag)
    found = _FORM.fullmatch(element.content.decode("latin-1"))
    if found is None or len(found[1]) != digits:
        return None
    year, month, day, hour, minute, second = (int(found[group] or 0) for group in range(1, 7))
    if digits == 2:  # noqa: PLR2004 -- two digits: the years 1950 to 2049.
        year += 1900 if year >= _CENTURY_ENDS else 2000
    if not (1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second < 60):  # noqa: PLR2004 -- a clock.
        return None
    if not year:
        return _EARLIEST
    offset = 0 if found[8] == "Z" else int(f"{found[8][0]}1") * (int(found[8][1:3]) * 60 + int(found[8][3:]))
    span = timedelta(days=day - 1, hours=hour, minutes=minute - offset, seconds=second)
    try:
        return datetime(year, month, 1, tzinfo=UTC) + span  # A 30 February is the first or second of March, as in Java.
    except OverflowError:
        return _LATEST


def _written(part: Element) -> bytes:
    return _tlv(part.tag, part.content)


def _tlv(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:  # noqa: PLR2004 -- the short form.
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content
