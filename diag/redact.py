"""Masks known secrets wherever they come back: in what a peer echoes, in an address, in the text of an exception."""

from __future__ import annotations

import base64
import dataclasses
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, TypeVar, cast
from urllib.parse import quote, quote_plus

from diag.evidence import encoded_key
from diag.text import MASK

# Below this length a secret is masked as a whole word only, and not in its other spellings: "es" stands in every host name.
_LONG_ENOUGH = 6
_FRAGMENT_LONG_ENOUGH = 8
_LINE_LONG_ENOUGH = 16
_URL_SAFE = str.maketrans("-_", "+/")
_PERCENT = re.compile(r"%[0-9A-F]{2}")

T = TypeVar("T")


class Redactor:
    """Replaces secrets by ``***``, in the spellings in which they travel.

    In addition to the secret itself these are Base64 (alone or inside something longer, as in a header of basic
    authentication), percent-encoding, hexadecimal digits and the escapes of JSON; of an encoded API key also the ``id:secret`` inside it
    and the part after the colon. Secrets shorter than six characters are masked where they stand as a whole word.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        known = {part for secret in secrets if secret.strip() for part in _parts(secret)}
        forms = {form for secret in known if len(secret) >= _LONG_ENOUGH for form in _spellings(secret)}
        words = {secret for secret in known if len(secret) < _LONG_ENOUGH}
        alternatives = [re.escape(form) for form in sorted(forms, key=lambda form: (-len(form), form))]
        alternatives += [_word(word) for word in sorted(words, key=lambda word: (-len(word), word))]
        self._shortest = min(map(len, forms | words), default=0)
        self._pattern = re.compile("|".join(alternatives)) if alternatives else None

    def text(self, text: str) -> str:
        """Mask every secret in a text."""
        if self._pattern is None or len(text) < self._shortest:
            return text
        return self._pattern.sub(MASK, text)

    def evidence(self, value: T) -> T:
        """Mask every secret in every text of a value, however deep. What holds no secret is handed back as it is."""
        return rewritten(value, self.text) if self._pattern is not None else value


def rewritten(value: T, change: Callable[[str], str]) -> T:
    """Change every text of a value: dataclasses, tuples, lists, sets and mappings, however deep.

    What does not change is handed back as it is. Members of enumerations are words of this program and stay.
    """
    return cast("T", _rewritten(value, change))


def _rewritten(value: Any, change: Callable[[str], str]) -> Any:  # noqa: ANN401 -- the value of any field.
    if isinstance(value, str):
        return value if isinstance(value, Enum) else change(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _dataclass(value, change)
    new = value
    if isinstance(value, tuple):
        items = [_rewritten(item, change) for item in value]
        new = type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    elif isinstance(value, (list, set, frozenset)):
        new = type(value)(_rewritten(item, change) for item in value)
    elif isinstance(value, Mapping):
        new = {_rewritten(key, change): _rewritten(item, change) for key, item in value.items()}
    return value if new == value else new


def _dataclass(value: Any, change: Callable[[str], str]) -> Any:  # noqa: ANN401 -- any dataclass.
    changed = {}
    for field in dataclasses.fields(value):
        old = getattr(value, field.name)
        new = _rewritten(old, change)
        if new != old:
            changed[field.name] = new
    return dataclasses.replace(value, **changed) if changed else value


def _parts(secret: str) -> Iterator[str]:
    """The secret, and what is a secret in it: the inside of an encoded API key, the lines of a private key."""
    yield secret
    yield secret.strip()
    lines = [line.strip() for line in secret.splitlines()]
    if len(lines) > 1:
        yield from (line for line in lines if len(line) >= _LINE_LONG_ENOUGH and not line.startswith("-----"))
    inside = _decoded(secret.strip())
    if inside:
        yield inside
    key_id, colon, rest = (inside or secret.strip()).partition(":")
    if colon and len(rest) >= _LONG_ENOUGH and re.fullmatch(r"[\w-]+", key_id):
        yield rest


def _decoded(secret: str) -> str:
    """The ``id:secret`` inside an encoded API key; empty where there is none."""
    text = encoded_key.inside(secret.translate(_URL_SAFE))
    return text if re.fullmatch(r"[!-9;-~]+:[!-~]+", text) else ""


def _spellings(secret: str) -> Iterator[str]:
    yield secret
    raw = secret.encode("utf-8", "surrogatepass")
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret)[1:-1].replace("/", "\\/")
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield repr(secret)[1:-1]
    yield raw.hex()
    yield raw.hex().upper()
    for quoted in (quote(raw, safe=""), quote(raw), quote_plus(raw)):
        yield quoted
        yield _PERCENT.sub(lambda found: found[0].lower(), quoted)
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        whole = encode(raw).decode()
        yield whole
        yield whole.rstrip("=")
        for before in (1, 2):
            yield from _fragment(encode(b"\0" * before + raw).decode(), before, len(raw))
        yield from _fragment(whole, 0, len(raw))


def _fragment(encoded: str, before: int, length: int) -> Iterator[str]:
    """The characters of a Base64 text that depend on the secret alone, whatever stands before and after it."""
    first = -(-before * 4 // 3)
    last = (before + length) * 4 // 3
    fragment = encoded[first:last]
    if len(fragment) >= _FRAGMENT_LONG_ENOUGH:
        yield fragment


def _word(word: str) -> str:
    """A pattern for a whole word. Parts of host names, versions and numbers are no whole words."""
    return rf"(?<![\w.-]){re.escape(word)}(?![\w-]|\.\w)"
