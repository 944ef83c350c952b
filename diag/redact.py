"""Masks known secrets wherever they come back: in what a peer echoes, in an address, in the text of an exception."""

from __future__ import annotations

import base64
import dataclasses
import json
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, TypeVar, cast
from urllib.parse import quote, quote_plus

from diag.evidence import encoded_key
from diag.sieve import Sieve
from diag.text import MASK

# Below this length a secret is masked as a whole word only, and not in its other spellings: "es" stands in every host name.
_LONG_ENOUGH = 6
# From here on a secret is masked in another case, too: the name of a host, or a header, may be lower-cased on its way.
# A shorter one, or one of letters alone, may be a word that stands in sentences: who has "elasticsearch" for a password still reads of it.
_ANY_CASE_FROM = 12
_FRAGMENT_LONG_ENOUGH = 8
_LINE_LONG_ENOUGH = 16
_URL_SAFE = str.maketrans("-_", "+/")
_PERCENT = re.compile(r"%[0-9A-F]{2}")

T = TypeVar("T")


class Redactor:
    """Replaces secrets by ``***``, in the spellings in which they travel.

    In addition to the secret itself these are Base64 (alone or inside something longer, as in a header of basic
    authentication), percent-encoding, hexadecimal digits and the escapes of JSON; of an encoded API key also the ``id:secret`` inside it
    and the part after the colon. Secrets of twelve characters and more, which are no words, are masked in upper and lower case as well;
    those shorter than six where they stand as a whole word.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        known = {part for secret in secrets if secret.strip() for part in _parts(secret)}
        forms = {form for secret in known if len(secret) >= _LONG_ENOUGH for form in _spellings(secret)}
        long = [secret for secret in known if len(secret) >= _ANY_CASE_FROM and not secret.isalpha()]
        folded = {form.lower() for secret in long for form in _spellings(secret) if form.isascii()}
        words = sorted({secret for secret in known if len(secret) < _LONG_ENOUGH}, key=lambda word: (-len(word), word))
        self._forms = sorted(forms, key=lambda form: (-len(form), form))
        self._folded = sorted(folded, key=lambda form: (-len(form), form))
        self._sieve = Sieve({form.casefold() for form in forms})
        self._words = "|".join(map(_word, words))

    def text(self, text: str) -> str:
        """Mask every secret in a text."""
        # Nearly no text holds a secret, and a configuration may know hundreds, each in dozens of spellings.
        alternatives = self._found(text, text.casefold())
        if self._words:
            alternatives.append(self._words)
        return re.sub("|".join(alternatives), MASK, text) if alternatives else text

    def _found(self, text: str, folded: str) -> list[str]:
        """Patterns of the secrets in a text, the longest first: whoever is masked in any case is so where it stands as it is written, too."""
        if not self._sieve.may_hold(folded):
            return []
        found = {form: re.escape(form) for form in self._forms if form in text}
        found |= {form: f"(?i:{re.escape(form)})" for form in self._folded if form in folded}
        return [found[form] for form in sorted(found, key=len, reverse=True)]

    def evidence(self, value: T) -> T:
        """Mask every secret in every text of a value, however deep. What holds no secret is handed back as it is."""
        return rewritten(value, self.text) if self._forms or self._words else value


def rewritten(value: T, change: Callable[[str], str]) -> T:
    """Change every text of a value: dataclasses, tuples, lists, sets and mappings, however deep.

    What does not change is handed back as it is. Members of enumerations are words of this program and stay.
    """
    return cast("T", _Rewriting(change).of(value))


class _Rewriting:
    """The rewriting of one value. The certificates and sentences that many remotes share are looked at once."""

    def __init__(self, change: Callable[[str], str]) -> None:
        self._change = change
        self._texts: dict[str, str] = {}
        # What was looked at, and what became of it, by identity: it is kept, so that its number is not given to anything else.
        self._objects: dict[int, tuple[Any, Any]] = {}

    def of(self, value: Any) -> Any:  # noqa: ANN401 -- the value of any field.
        """Give the value as it is to be, the same object where nothing changes."""
        if isinstance(value, str):
            return value if isinstance(value, Enum) else self._text(value)
        if isinstance(value, tuple):
            items = [self.of(item) for item in value]
            if all(map(operator.is_, items, value)):
                return value
            return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            if id(value) not in self._objects:
                self._objects[id(value)] = (value, self._dataclass(value))
            return self._objects[id(value)][1]
        return self._collection(value)

    def _text(self, text: str) -> str:
        if text not in self._texts:
            self._texts[text] = self._change(text)
        new = self._texts[text]
        return text if new == text else new

    def _dataclass(self, value: Any) -> Any:  # noqa: ANN401 -- any dataclass.
        changed = {}
        for field in dataclasses.fields(value):
            old = getattr(value, field.name)
            new = self.of(old)
            if new is not old:
                changed[field.name] = new
        return dataclasses.replace(value, **changed) if changed else value

    def _collection(self, value: Any) -> Any:  # noqa: ANN401 -- the value of any field.
        new = value
        if isinstance(value, (list, set, frozenset)):
            new = type(value)(self.of(item) for item in value)
        elif isinstance(value, Mapping):
            new = {self.of(key): self.of(item) for key, item in value.items()}
        return value if new == value else new


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
