"""Tells quickly that a text holds none of many words."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

_WINDOW: Final = 6
# In a text each eighth window is enough to look at; more steps would cost more memory than time.
_MAX_STEP: Final = 8


class Sieve:
    """Tells whether a text may hold any of the ``words``, each of at least six characters; the time does not grow with their number.

    Whoever holds a word of n characters holds each of its windows of six characters, and looks at one of them when it looks at each
    (n - 5)th of its own windows. So those of the words are kept as a set, and the shortest word says how many may be left out.
    """

    def __init__(self, words: Collection[str]) -> None:
        shortest = min(map(len, words), default=_WINDOW)
        self._step = min(shortest - _WINDOW + 1, _MAX_STEP)
        self._windows = {word[at : at + _WINDOW] for word in _innermost(words) for at in range(self._step)}

    def may_hold(self, text: str) -> bool:
        """False where the text holds none of the words. True says that it has to be looked at."""
        windows = self._windows
        ends = range(_WINDOW, len(text) + 1, self._step)
        return bool(windows) and any(text[end - _WINDOW : end] in windows for end in ends)


def _innermost(words: Collection[str]) -> Iterator[str]:
    """Leave out a word that begins with another one: whoever holds it holds that one too."""
    before = None
    for word in sorted(words):
        if before is None or not word.startswith(before):
            before = word
            yield word
