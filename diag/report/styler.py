"""Lines for a terminal: symbols, colour, columns, wrapping. Knows nothing of reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from diag.report.options import RenderOptions
from diag.text import clip, visible, width

NARROWEST: Final = 60
WIDEST: Final = 120

Style = Literal["bad", "warn", "good", "faint", "strong"]
Span = tuple[str, Style | None]
_ANSI: Final[dict[Style, str]] = {"bad": "1;31", "warn": "33", "good": "32", "faint": "2", "strong": "1"}
_PLAIN: Final = str.maketrans({"→": "->", "·": "-", "✗": "x", "✓": "+", "↳": "`->", "…": "...", "–": "-"})  # noqa: RUF001 -- the characters that are replaced.


class Styler:
    """Draws text within a width. Everything that enters is first made visible."""

    def __init__(self, options: RenderOptions) -> None:
        self.width = max(NARROWEST, min(options.width, WIDEST))
        self._colour = options.colour
        self._ascii = options.ascii

    def text(self, raw: str) -> str:
        """Make a text of anybody safe to print on one line, in characters that the terminal has."""
        return self._drawable(visible(clip(raw)))

    def verbatim(self, raw: str) -> str:
        """Make a line safe that is copied to be typed: nothing is cut or replaced, only what a terminal acts on is written out."""
        return visible(raw)

    def paint(self, text: str, style: Style | None) -> str:
        """Colour a text that is already safe."""
        return f"\x1b[{_ANSI[style]}m{text}\x1b[0m" if self._colour and style and text else text

    def sides(self, left: Sequence[Span], right: Span) -> str:
        """Put texts at both ends of the line; where they do not fit, the right one still ends the line."""
        left = [(self._drawable(text), style) for text, style in left]
        end = self._drawable(right[0])
        gap = max(2, self.width - sum(width(text) for text, _ in left) - width(end))
        return "".join(self.paint(text, style) for text, style in left) + " " * gap + self.paint(end, right[1])

    def wrap(
        self, text: str, *, first: str = "", style: Style | None = None, first_style: Style | None = None
    ) -> list[str]:
        """Break a text between words. ``first`` opens the first line; the others are indented as far."""
        first = self._drawable(first)
        indent, room = " " * width(first), self.width - width(first)
        lines: list[str] = []
        line, used = "", 0
        for word in self._drawable(text).split(" "):
            if line and used + 1 + width(word) > room:
                lines.append(line)
                line, used = "", 0
            line, used = (f"{line} {word}", used + 1 + width(word)) if line else (word, width(word))
        opened = [self.paint(first, first_style), *[indent] * len(lines)]
        return [start + self.paint(body, style) for start, body in zip(opened, [*lines, line], strict=True)]

    def _drawable(self, text: str) -> str:
        return text.translate(_PLAIN) if self._ascii else text
