"""Edits of documents: what a finding says to write in the place of what stands there, where there is one right answer."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Final

from diag.documents.tree import Places
from diag.evidence.documents.origin import Origin
from diag.lazy_dataclass import dataclass
from diag.model import Finding

# The checks of settings whose fix sets the very value that should stand there: of others it is one way among several.
_ONE_RIGHT_ANSWER: Final = frozenset({"config/address-semicolon", "config/port-model-mismatch"})
_ITEM: Final = re.compile(r"(?P<key>.+)\[(?P<index>\d+)\]")
_BARE: Final = re.compile(r"[A-Za-z0-9][\w.:/-]*")
_PLACEHOLDER: Final = re.compile(r"[<${]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One edit: the place, and what is written there."""

    origin: Origin
    text: str


def replacement_of(check: str, finding: Finding, alias: str, written: str) -> str | None:
    """Say what to write in the place of ``written``; None where that is not for a program to decide."""
    if finding.replacement is not None:
        return finding.replacement
    setting = finding.facts.get("setting")
    if check not in _ONE_RIGHT_ANSWER or not isinstance(setting, str) or not alias:
        return None
    value = _wanted(finding, f"cluster.remote.{alias}.{setting}")
    if value is None or _PLACEHOLDER.search(value) or "," in written:
        return None
    return _quoted(value, written)


def _wanted(finding: Finding, key: str) -> str | None:
    """The value that the fix of a finding gives a setting."""
    item = _ITEM.fullmatch(key)
    name, index = (item["key"], int(item["index"])) if item else (key, 0)
    for request in (request for fix in finding.fix for request in fix.requests):
        scope = (request.body or {}).get("persistent")
        value = scope.get(name) if isinstance(scope, Mapping) else None
        if isinstance(value, str):
            return value
        if isinstance(value, list | tuple) and index < len(value):
            return str(value[index])
    return None


def _quoted(value: str, written: str) -> str:
    """Write a value as the one was written that it replaces."""
    if written.startswith("'") and "'" not in value:
        return f"'{value}'"
    return value if _BARE.fullmatch(value) and not written.startswith('"') else json.dumps(value, ensure_ascii=False)


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Make edits in a text. Where two overlap, the first counts; the other is found again when the document is read again."""
    places = Places("", text)
    done, kept = 0, []
    for one in sorted(set(edits), key=lambda edit: (edit.origin, edit.text)):
        start = places.offset(one.origin.line, one.origin.column)
        end = places.offset(one.origin.end_line, one.origin.end_column)
        if done <= start <= end <= len(text):
            kept += [text[done:start], one.text]
            done = end
    return "".join([*kept, text[done:]])


def difference(name: str, before: str, after: str) -> str:
    """Show what edits change, as ``diff -u`` does."""
    lines = difflib.unified_diff(
        before.splitlines(keepends=True),
        after.splitlines(keepends=True),
        f"a/{name.lstrip('/')}",
        f"b/{name.lstrip('/')}",
    )
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
