"""Names of indices in the body of a key that Elasticsearch takes without a word, and that stand for no index."""

from __future__ import annotations

import re
from typing import Final

_ALIAS: Final = re.compile(r"(?P<alias>[^:<>/,]+):(?!:)(?P<rest>.+)")
_APART: Final = ("<", "/")  # Date arithmetic, and regular expressions.


def useless(name: str) -> tuple[str, str]:
    """Say why a name matches nothing, and what is to be written instead; empty where nothing is wrong with it."""
    if name.startswith(_APART):
        return "", ""
    bare, found = name.strip(), _ALIAS.fullmatch(name)
    if "," in name:
        parts = ", ".join(f'"{part.strip()}"' for part in name.split(",") if part.strip())
        return "a comma separates nothing there: it is one name", f"Write {parts}."
    if bare != name or not bare:
        return "blanks are part of the name", f'Write "{bare}".' if bare else "Leave it out."
    if name.startswith("-"):
        return "a minus takes nothing out of the access of a key", "Name what is allowed, and nothing else."
    if found:
        why = "the key is made on the cluster that has the indices, where no alias stands before a name"
        return why, f'Write "{found["rest"]}".'
    return "", ""
