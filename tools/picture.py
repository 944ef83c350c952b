"""Draw the picture of the README from what diag says of three remotes of the lab: ``make picture``.

The program runs at a real terminal, in colour; what it writes there is drawn as it is.
"""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
PICTURE: Final = ROOT / "docs" / "images" / "report.svg"
REMOTES: Final = ("logs", "orders", "lapsed")
COLUMNS: Final = 100
_ESCAPE: Final = re.compile(r"\x1b\[([0-9;]*)m")
# The colours of a dark terminal, for the codes that the report uses; none stands for plain text.
_COLOURS: Final = {"": "#d0d7de", "1": "#ffffff", "2": "#8b949e", "31": "#ff7b72", "32": "#56d364", "33": "#e3b341"}
_SPACE: Final = "\N{NO-BREAK SPACE}"  # Others are taken together by whoever draws a text.
_CHARACTER, _LINE, _MARGIN = 8.4, 19, 16  # Pixels, of a font of 14.


def seen() -> str:
    """What diag writes to a terminal about the remotes of a lab that is started for it."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "diag", "lab", "--write", folder]
        lab = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)  # noqa: S603 -- a program of this environment.
        assert lab.stdout is not None  # noqa: S101 -- it is a pipe.
        lab.stdout.readline()  # It says that it runs.
        try:
            return _at_a_terminal(Path(folder) / "diag.yaml")
        finally:
            lab.terminate()
            lab.communicate()


def _at_a_terminal(config: Path) -> str:
    here, there = pty.openpty()
    chosen = [part for remote in REMOTES for part in ("--remote", remote)]
    command = [sys.executable, "-m", "diag", "run", "-c", str(config), *chosen]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DIAG_", "NO_COLOR"))}
    environment |= {"COLUMNS": str(COLUMNS), "LINES": "50", "TERM": "xterm", "PYTHONIOENCODING": "utf-8"}
    program = subprocess.Popen(  # noqa: S603 -- a program of this environment.
        command, cwd=ROOT, env=environment, stdout=there, stderr=subprocess.DEVNULL
    )
    os.close(there)
    written = b""
    try:
        while more := os.read(here, 65536):
            written += more
    except OSError:  # The other side of the terminal is closed.
        pass
    os.close(here)
    program.wait()
    return written.decode().replace("\r\n", "\n")


def drawn(text: str) -> str:
    """The text of a terminal as an SVG: every line is one text, every colour a span in it."""
    lines = ["$ diag run", "", *text.rstrip("\n").split("\n")]
    width, height = COLUMNS * _CHARACTER + 2 * _MARGIN, len(lines) * _LINE + 2 * _MARGIN
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" height="{height}"'
        ' role="img" aria-label="A report of diag in a terminal">'
        f'<rect width="100%" height="100%" rx="8" fill="#0d1117"/>'
        '<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,monospace" font-size="14">'
    )
    body = "\n".join(
        f'<text x="{_MARGIN}" y="{_MARGIN + _LINE * number + 14}">{"".join(_spans(line))}</text>'
        for number, line in enumerate(lines)
    )
    return f"{head}\n{body}\n</g></svg>\n"


def _spans(line: str) -> Iterator[str]:
    """The parts of a line, each at its column: a reader's font may be of another width."""
    column, colour, weight = 0, _COLOURS[""], ""
    for number, part in enumerate(_ESCAPE.split(line)):
        if number % 2:
            codes = part.split(";")
            colour = next((_COLOURS[code] for code in reversed(codes) if code in _COLOURS), _COLOURS[""])
            weight = ' font-weight="bold"' if "1" in codes else ""
        elif part:
            place = f'x="{_MARGIN + column * _CHARACTER:.1f}" textLength="{len(part) * _CHARACTER:.1f}"'
            yield f'<tspan {place} fill="{colour}"{weight}>{escape(part).replace(" ", _SPACE)}</tspan>'
            column += len(part)


if __name__ == "__main__":
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(drawn(seen()), encoding="utf-8")
