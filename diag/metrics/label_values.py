"""Text of anybody as the value of a label, and series of which each is there once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from diag.text import shown

Lines = dict[str, list[str]]
MAX_SENTENCE_LENGTH: Final = 400
MAX_LABEL_LENGTH: Final = 200


def label(text: str, limit: int = MAX_LABEL_LENGTH) -> str:
    """Make a text of anybody the value of a label: one line, printable, not endless, quotes and backslashes escaped."""
    return shown(text, limit).replace("\\", "\\\\").replace('"', '\\"')


def sentence(text: str) -> str:
    """Make a sentence, which may be longer than a name, the value of a label."""
    return label(text, MAX_SENTENCE_LENGTH)


def unique(series: Iterable[str]) -> Iterator[str]:
    """Each series once, the first one of the same labels: Prometheus refuses all of them otherwise."""
    seen: set[str] = set()
    for line in series:
        # Everything before the value: a label may hold a space, the value never does.
        labels = line.rpartition(" ")[0]
        if labels not in seen:
            seen.add(labels)
            yield line
