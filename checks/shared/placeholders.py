"""Placeholders of instructions that nobody filled in."""

from __future__ import annotations

import re
from typing import Final

# Between signs that no id and no name has: $NAME, ${NAME}, $(call), <name>, {{name}}, %NAME%, @@name@@, __NAME__.
_MARKED: Final = re.compile(
    r"\$\{[^{}]*\}|\$\([^()]*\)|\$[A-Za-z_]\w*|<[^<>]+>|\{\{.*?\}\}|%[A-Za-z_]+%|@@.*?@@|\b__[A-Z_]+__\b"
)
# The whole value is a word for what ought to stand there.
_WORDS: Final = re.compile(
    r"(?:your[-_ ].*|(?:insert|enter)[-_ ].*|(?:replace|change)[-_ ]?(?:me|this|with.*)|to[-_ ]?do|tbd|fix[-_ ]?me|x{3,}|\.{2,}|…|\?{2,})",
    re.IGNORECASE,
)
# A name of a variable: an id never looks like that, an alias may.
_VARIABLE: Final = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")


def placeholder_in(text: str, *, is_id: bool = True) -> str:
    """The placeholder in a value, empty where there is none. ``is_id``: no value looks like the name of a variable of the shell."""
    stripped = text.strip()
    found = _MARKED.search(stripped)
    if found:
        return found[0]
    if _WORDS.fullmatch(stripped) or (is_id and _VARIABLE.fullmatch(stripped)):
        return stripped
    return ""
