"""A small reader of DER elements. It never recurses, never reads past the end, and gives up with ValueError."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from diag.lazy_dataclass import dataclass

_CONSTRUCTED: Final = 0x20
_NUMBER: Final = 0x1F
_LONG_FORM: Final = 0x80
_MAX_LENGTH_BYTES: Final = 4
_MAX_ELEMENTS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its tag byte and what is inside."""

    tag: int
    content: bytes

    @property
    def constructed(self) -> bool:
        """Whether the element holds further elements."""
        return bool(self.tag & _CONSTRUCTED)

    @property
    def number(self) -> int:
        """The tag without its class and form: 12 is UTF8String."""
        return self.tag & _NUMBER


def elements(data: bytes) -> Iterator[Element]:
    """Give the elements that follow one another in ``data``.

    Raises ValueError where it is no DER: a length beyond the end, of more than four bytes, or of the indefinite form.
    """
    at = 0
    for _ in range(_MAX_ELEMENTS):
        if at >= len(data):
            return
        element, at = _element(data, at)
        yield element
    msg = "more elements than any certificate has"
    raise ValueError(msg)


def first(data: bytes) -> Element:
    """Give the first element of ``data``, whatever follows. Raises ValueError where there is none."""
    return _element(data, 0)[0]


def header_size(data: bytes) -> int:
    """Give the number of bytes before the content of the first element. Raises ValueError where there is none."""
    first(data)
    return 2 + (data[1] & 0x7F if data[1] & _LONG_FORM else 0)


def inside(element: Element, tag: int) -> Iterator[Element]:
    """Give the elements inside one that has to have ``tag``. Raises ValueError for another one."""
    if element.tag != tag:
        msg = f"tag {element.tag:#04x} instead of {tag:#04x}"
        raise ValueError(msg)
    return elements(element.content)


def object_identifier(content: bytes) -> str:
    """Read the content of an OBJECT IDENTIFIER in dotted form."""
    if not content or content[-1] & _LONG_FORM:
        msg = "an object identifier that does not end"
        raise ValueError(msg)
    numbers, number = list[int](), 0
    for byte in content:
        number = number << 7 | byte & 0x7F
        if number.bit_length() > 128:  # noqa: PLR2004 -- the longest arcs in use are UUIDs (X.667).
            msg = "an object identifier without bounds"
            raise ValueError(msg)
        if not byte & _LONG_FORM:
            numbers.append(number)
            number = 0
    top = min(numbers[0] // 40, 2)
    return ".".join(map(str, (top, numbers[0] - 40 * top, *numbers[1:])))


def _element(data: bytes, at: int) -> tuple[Element, int]:
    try:
        tag, size = data[at], data[at + 1]
        at += 2
        if size & _LONG_FORM:
            count = size & 0x7F
            if not 0 < count <= _MAX_LENGTH_BYTES:
                msg = "a length of no usable form"
                raise ValueError(msg)
            size = int.from_bytes(data[at : at + count], "big")
            at += count
    except IndexError:
        msg = "it ends too early"
        raise ValueError(msg) from None
    if tag & _NUMBER == _NUMBER or at + size > len(data):
        msg = "it ends too early" if at + size > len(data) else "a tag of several bytes"
        raise ValueError(msg)
    return Element(tag, data[at : at + size]), at + size
