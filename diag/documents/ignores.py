"""Findings that somebody ignores in place: ``# diag: ignore CHECK until YYYY-MM-DD why``, on the line itself or on the one above."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from diag.evidence.declared import Acknowledgement
from diag.lazy_dataclass import dataclass

_COMMENT: Final = re.compile(r"(?:#|//)\s*diag:\s*ignore\b(?P<rest>.*)$")
_FORM: Final = re.compile(
    r"\s+(?P<check>[a-z*?][\w*?/\[\]-]*)\s+until\s+(?P<day>\d{4}-\d\d-\d\d)(?:\s+(?P<note>\S.*?))?\s*"
)
_EXPECTED: Final = "expected # diag: ignore GROUP/CHECK until YYYY-MM-DD WHY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignores:
    """What is ignored in one file, by line; ``problems`` are the lines of comments that cannot be understood, with what is wrong."""

    by_line: Mapping[int, tuple[tuple[str, Acknowledgement], ...]]
    problems: tuple[tuple[int, str], ...] = ()

    def of(self, check: str, line: int, today: date) -> Acknowledgement | None:
        """Say who ignores a finding of a check on a line, and until when; None where nobody does, or no longer."""
        known = (one for glob, one in self.by_line.get(line, ()) if fnmatch.fnmatchcase(check, glob))
        return next((one for one in known if one.until >= today.isoformat()), None)


def ignores_in(lines: Iterable[str]) -> Ignores:
    """Read the comments of a file. One that stands alone on its line is about the next line that is none."""
    by_line: dict[int, list[tuple[str, Acknowledgement]]] = {}
    problems: list[tuple[int, str]] = []
    waiting: list[tuple[str, Acknowledgement]] = []
    for number, line in enumerate(lines, 1):
        found = _COMMENT.search(line)
        read = _read(found["rest"], number, problems) if found else []
        if found and not line[: found.start()].strip():
            waiting += read
            continue
        if waiting or read:
            by_line[number] = [*waiting, *read]
            waiting = []
    return Ignores(by_line={line: tuple(known) for line, known in by_line.items()}, problems=tuple(problems))


def _read(text: str, number: int, problems: list[tuple[int, str]]) -> list[tuple[str, Acknowledgement]]:
    found = _FORM.fullmatch(text)
    if found is None or not found["note"]:
        problems.append((number, _EXPECTED))
        return []
    try:
        until = date.fromisoformat(found["day"])
    except ValueError:
        problems.append((number, f"{found['day']} is no day; {_EXPECTED}"))
        return []
    known = Acknowledgement(check=found["check"], until=until.isoformat(), note=found["note"])
    return [(known.check, known)]
