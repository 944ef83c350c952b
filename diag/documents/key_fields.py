"""The fields of a body that makes or changes a cross-cluster API key, apart from its access, as nodes of 8.19.0 and 9.2.0 take them."""

from __future__ import annotations

import re
from typing import Final

from diag.documents.body_fields import Refusals
from diag.documents.tree import Branch, Entry, Text

_MAX_NAME: Final = 256
# A time as TimeValue reads it: only the letter for minutes has to be small, for M would be months.
_TIME: Final = re.compile(r"\s*\d+\s*(?:(?i:nanos|micros|ms|s|h|d)|m)\s*|-0*1|0+")
_NO_FUTURE: Final = re.compile(r"-0*1|\s*0+\s*\w*\s*")
_OF_FIELDS: Final = ("grant", "except")


def judge_name(entry: Entry | None, refused: Refusals) -> None:
    """Judge the name of a key that is to be made."""
    if entry is None or (isinstance(entry.value, Text) and entry.value.unset):
        return
    name = entry.value.value if isinstance(entry.value, Text) and entry.value.is_string else None
    if name is None:
        refused.add("name is no text", "a text", entry.value.origin)
    elif not name.strip():
        refused.add("name is empty", "name with a text", entry.value.origin)
    elif len(name) > _MAX_NAME:
        refused.add(f"name has {len(name)} characters", f"at most {_MAX_NAME}", entry.value.origin)
    elif name != name.strip():
        refused.add("name begins or ends with a blank", "a name without", entry.value.origin)
    elif name.startswith("_"):
        refused.add("name begins with an underscore", "a name without", entry.value.origin)


def judge_expiration(entry: Entry | None, refused: Refusals, *, changes: bool) -> None:
    """Judge how long a key shall live; a key that is there already cannot be given an end that is over."""
    if entry is None or (isinstance(entry.value, Text) and entry.value.unset):
        return
    if not isinstance(entry.value, Text) or not entry.value.is_string:
        refused.add("expiration is no text", "a text such as 30d", entry.value.origin)
    elif not _TIME.fullmatch(entry.value.value):
        refused.add("expiration is no time", "a whole number with a unit, such as 30d", entry.value.origin)
    elif changes and _NO_FUTURE.fullmatch(entry.value.value):
        refused.add("expiration lies not in the future", "a time such as 30d", entry.value.origin)


def judge_metadata(entry: Entry | None, refused: Refusals) -> None:
    """Judge what somebody notes with a key."""
    if entry is None:
        return
    if not isinstance(entry.value, Branch):
        refused.add("metadata is no object", "an object", entry.value.origin)
        return
    for one in entry.value.entries:
        if one.key.startswith("_"):
            refused.add(f"metadata has the key {one.key[:60]}", "keys that do not begin with _", one.origin)


def judge_entry(entry: Branch, refused: Refusals) -> None:
    """Judge the limits of one entry of ``search`` or ``replication``, which an entry of a role has too."""
    restricted = entry.entry("allow_restricted_indices")
    if restricted is not None and not _is_flag(restricted):
        refused.add("allow_restricted_indices is no boolean", "true or false, without quotes", restricted.value.origin)
    fields = entry.entry("field_security")
    if fields is None:
        return
    if not isinstance(fields.value, Branch) or not fields.value.entries:
        refused.add("field_security is no object with fields", "an object with grant", fields.value.origin)
        return
    refused.known(fields.value, _OF_FIELDS)
    if "except" in fields.value.keys and "grant" not in fields.value.keys:
        refused.add("field_security has except without grant", "grant too", fields.value.origin)


def _is_flag(entry: Entry) -> bool:
    value = entry.value
    return isinstance(value, Text) and (bool(value.unset) or (not value.quoted and value.value in {"true", "false"}))
