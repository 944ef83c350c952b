"""The primitive encodings of the transport protocol (StreamInput, StreamOutput): read with bounds, written as a node does."""

from __future__ import annotations

from typing import Final

from diag.wire.faults import Malformed, Truncated

_MORE: Final = 0x80
# How the first byte of a character of two or three bytes begins, and each byte after the first.
_TWO_BYTES, _THREE_BYTES, _GOES_ON = 0b110, 0b1110, 0b10
_MAX_VINT_LENGTH = 5


class Reader:
    """Reads one message from the front. Every method raises Truncated or Malformed, and nothing else."""

    __slots__ = ("_data", "_end", "at")

    def __init__(self, data: bytes, at: int = 0) -> None:
        self._data = data
        self._end = len(data)
        self.at = at

    @property
    def left(self) -> int:
        """How many bytes are not read yet."""
        return self._end - self.at

    def take(self, count: int) -> bytes:
        """Read that many bytes."""
        end = self.at + count
        if count < 0 or end > self._end:
            msg = f"at byte {self.at}: {count} bytes announced, {self._end - self.at} are there"
            raise Truncated(msg)
        taken = self._data[self.at : end]
        self.at = end
        return taken

    def byte(self) -> int:
        """Read one byte."""
        at = self.at
        if at >= self._end:
            msg = f"at byte {at}: the message ends where one more byte is expected"
            raise Truncated(msg)
        self.at = at + 1
        return self._data[at]

    def boolean(self) -> bool:
        """Read a byte that is 0 or 1."""
        value = self.byte()
        if value > 1:
            msg = f"at byte {self.at - 1}: {value} where 0 or 1 is expected"
            raise Malformed(msg)
        return value == 1

    def int4(self) -> int:
        """Read four bytes as a signed number."""
        return int.from_bytes(self.take(4), "big", signed=True)

    def int8(self) -> int:
        """Read eight bytes as a signed number."""
        return int.from_bytes(self.take(8), "big", signed=True)

    def vint(self) -> int:
        """Read a number of variable length, as a signed number of 32 bits."""
        value = self._groups() & 0xFFFFFFFF
        return value - 0x100000000 if value & 0x80000000 else value

    def count(self) -> int:
        """Read how many items follow; each of them takes at least one byte."""
        at, value = self.at, self.vint()
        if not 0 <= value <= self.left:
            msg = f"at byte {at}: {value} items announced, {self.left} bytes are left"
            raise Malformed(msg)
        return value

    def _groups(self) -> int:
        data, at, end = self._data, self.at, self._end
        value = shift = 0
        for _ in range(_MAX_VINT_LENGTH):
            if at >= end:
                msg = f"at byte {at}: the message ends within a number"
                raise Truncated(msg)
            group = data[at]
            at += 1
            value |= (group & 0x7F) << shift
            if group < _MORE:
                self.at = at
                return value
            shift += 7
        msg = f"at byte {self.at}: a number of more than {_MAX_VINT_LENGTH} bytes"
        raise Malformed(msg)

    def text(self) -> str:
        """Read a text: the number of its UTF-16 units, each of them in one to three bytes. Lone surrogates become U+FFFD."""
        count = self.count()
        plain = self._data[self.at : self.at + count]
        if plain.isascii():
            self.at += count
            return plain.decode("ascii")
        units = bytearray()
        for _ in range(count):
            units += self._unit().to_bytes(2, "big")
        return units.decode("utf-16-be", "replace")

    def _unit(self) -> int:
        first = self.byte()
        if first < _MORE:
            return first
        if first >> 5 == _TWO_BYTES:
            return (first & 0x1F) << 6 | self._tail()
        if first >> 4 == _THREE_BYTES:
            high = (first & 0x0F) << 12
            return high | self._tail() << 6 | self._tail()
        msg = f"at byte {self.at - 1}: {first:#04x} begins no character"
        raise Malformed(msg)

    def _tail(self) -> int:
        byte = self.byte()
        if byte >> 6 != _GOES_ON:
            msg = f"at byte {self.at - 1}: {byte:#04x} does not go on with a character"
            raise Malformed(msg)
        return byte & 0x3F

    def optional_text(self) -> str | None:
        """Read a text that may be missing."""
        return self.text() if self.boolean() else None

    def octets(self) -> bytes:
        """Read a length and as many bytes."""
        return self.take(self.count())

    def skip_lists(self) -> None:
        """Read over a map of lists."""
        for _ in range(self.count()):
            self.text()
            for _ in range(self.count()):
                self.text()


def vint(value: int) -> bytes:
    """Write a number of 32 bits in groups of seven."""
    value &= 0xFFFFFFFF
    out = bytearray()
    while value >= _MORE:
        out.append(value & 0x7F | _MORE)
        value >>= 7
    out.append(value)
    return bytes(out)


def text(value: str) -> bytes:
    """Write a text."""
    units = value.encode("utf-16-be", "surrogatepass")
    if value.isascii():
        return vint(len(value)) + value.encode("ascii")
    out = bytearray(vint(len(units) // 2))
    for i in range(0, len(units), 2):
        unit = units[i] << 8 | units[i + 1]
        if unit < 0x80:  # noqa: PLR2004 -- the limits of one, two and three bytes.
            out.append(unit)
        elif unit < 0x800:  # noqa: PLR2004 -- as above.
            out += bytes((0xC0 | unit >> 6, 0x80 | unit & 0x3F))
        else:
            out += bytes((0xE0 | unit >> 12, 0x80 | unit >> 6 & 0x3F, 0x80 | unit & 0x3F))
    return bytes(out)


def optional_text(value: str | None) -> bytes:
    """Write a text that may be missing."""
    return b"\0" if value is None else b"\1" + text(value)


def octets(value: bytes) -> bytes:
    """Write a length and the bytes."""
    return vint(len(value)) + value
