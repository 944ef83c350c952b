"""Draw how cost grows: panels side by side, both axes in powers of ten, as an SVG whose colours are readable on a light and on a dark page."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

PICTURE = Path(__file__).parent / "growth.svg"
COLOURS = (
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#cc79a7",
)  # Told apart by those who see no red or green, too (Okabe and Ito).
MARKS = ("circle", "square", "diamond", "triangle")
WIDTH, HEIGHT = 340, 260  # Pixels of a panel.
LEFT, TOP, RIGHT, BOTTOM = 62, 34, 28, 34  # Its margins.
COLUMNS, LEGEND = 2, 28
STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#24292f}.title{font-weight:600}.grid{stroke:#d0d7de}"
    ".page{fill:#fff}@media(prefers-color-scheme:dark){text{fill:#d0d7de}.grid{stroke:#30363d}.page{fill:#0d1117}}"
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Panel:
    """One cost: a line of points, each a size and a cost, for everything that grows."""

    title: str
    lines: Mapping[str, Sequence[tuple[float, float]]]


@dataclasses.dataclass(frozen=True)
class Axis:
    """Powers of ten from ``low`` to ``high``, over pixels from ``start`` to ``end``."""

    low: int
    high: int
    start: float
    end: float

    @classmethod
    def over(cls, values: Iterable[float], start: float, end: float) -> Axis:
        """The axis that holds all values, over at least one power of ten."""
        logs = [math.log10(value) for value in values]
        low = math.floor(min(logs))
        return cls(low, max(low + 1, math.ceil(max(logs))), start, end)

    def place(self, value: float) -> float:
        """Where a value stands."""
        return self.start + (math.log10(value) - self.low) / (self.high - self.low) * (self.end - self.start)

    def steps(self) -> Iterator[float]:
        """The powers of ten."""
        return (10.0**power for power in range(self.low, self.high + 1))


def drawn(panels: Iterable[Panel]) -> str:
    """The picture."""
    every = list(panels)
    rows = math.ceil(len(every) / COLUMNS)
    width, height = COLUMNS * WIDTH, rows * HEIGHT + LEGEND * 2
    names = list(every[0].lines)
    shown = escape("; ".join(panel.title for panel in every))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"',
        f'role="img" aria-label="How cost grows: {shown}"><style>{STYLE}</style>',
        f'<rect class="page" width="{width}" height="{height}" rx="8"/>',
    ]
    for place, panel in enumerate(every):
        left, top = place % COLUMNS * WIDTH, place // COLUMNS * HEIGHT
        parts += [f'<g transform="translate({left} {top})">', *_panel(panel), "</g>"]
    parts += _legend(names, rows * HEIGHT + LEGEND - 8)
    return "\n".join([*parts, "</svg>\n"])


def _panel(panel: Panel) -> Iterator[str]:
    points = [point for line in panel.lines.values() for point in line]
    across = Axis.over((size for size, _ in points), LEFT, WIDTH - RIGHT)
    upward = Axis.over((cost for _, cost in points), HEIGHT - BOTTOM, TOP)
    yield f'<text class="title" x="{LEFT}" y="{TOP - 14}">{escape(panel.title)}</text>'
    for step in across.steps():
        x = across.place(step)
        yield f'<line class="grid" x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{HEIGHT - BOTTOM}"/>'
        yield f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{_plain(step)}</text>'
    for step in upward.steps():
        y = upward.place(step)
        yield f'<line class="grid" x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}"/>'
        yield f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{_plain(step)}</text>'
    for place, line in enumerate(panel.lines.values()):
        yield from _line([(across.place(size), upward.place(cost)) for size, cost in line], place)


def _line(points: Sequence[tuple[float, float]], place: int) -> Iterator[str]:
    colour = COLOURS[place % len(COLOURS)]
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    yield f'<polyline points="{joined}" fill="none" stroke="{colour}" stroke-width="2"/>'
    yield from (_mark(x, y, place) for x, y in points)


def _mark(x: float, y: float, place: int) -> str:
    """A mark of the shape and colour of a line, so that it is known without its colour."""
    colour, shape = COLOURS[place % len(COLOURS)], MARKS[place % len(MARKS)]
    corners = {
        "square": ((-4, -4), (4, -4), (4, 4), (-4, 4)),
        "diamond": ((0, -5), (5, 0), (0, 5), (-5, 0)),
        "triangle": ((0, -5), (5, 4), (-5, 4)),
    }
    if shape == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>'
    joined = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in corners[shape])
    return f'<polygon points="{joined}" fill="{colour}"/>'


def _legend(names: Sequence[str], top: float) -> Iterator[str]:
    for place, name in enumerate(names):
        x, y = LEFT + place % COLUMNS * WIDTH, top + place // COLUMNS * 20
        yield _mark(x, y - 4, place)
        yield f'<text x="{x + 12}" y="{y}">{escape(name)}</text>'


def _plain(step: float) -> str:
    """A power of ten without an exponent."""
    return f"{step:,.0f}" if step >= 1 else f"{step:.{round(-math.log10(step))}f}"
