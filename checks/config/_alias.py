"""The cluster alias: part of setting names, of keystore entries and of index expressions, each with its own rules."""

from __future__ import annotations

_RESERVED_WORDS = ("_all", "_local")
_RESERVED = {":": "a colon", ",": "a comma", "*": "a star", "?": "a question mark", '"': "a quotation mark"}


def reserved(alias: str) -> tuple[str, ...]:
    """What index expressions would read into this alias."""
    found = {f"has {name}": char in alias for char, name in _RESERVED.items()} | {
        "has a blank": any(char.isspace() for char in alias),
        "begins with a dash": alias.startswith("-"),
        "begins with <": alias.startswith("<"),
        "begins or ends with a dot": alias.startswith(".") or alias.endswith("."),
        "has two dots in a row": ".." in alias,
        "is a reserved word": alias in _RESERVED_WORDS,
    }
    return tuple(reason for reason, holds in found.items() if holds)
