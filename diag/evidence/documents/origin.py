"""Where something stands in a file."""

from __future__ import annotations

from diag.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """The place of a value: the file as it was named, and the range from its first character to behind its last.

    Lines and columns begin at 1; a column counts characters. What an API answered has no lines: they are 0, and ``file`` is the call.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        """Write the beginning as editors and compilers do: ``file:line:column``; of an answer the call alone."""
        return self.file if not self.line else f"{self.file}:{self.line}:{self.column}"


def whole(file: str) -> Origin:
    """The place of a file as a whole: its first character."""
    return Origin(file, 1, 1, 1, 1)


def answer(call: str) -> Origin:
    """The place of what an API answered to a call."""
    return Origin(call, 0, 0, 0, 0)
