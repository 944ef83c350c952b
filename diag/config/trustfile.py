"""Read the other side's ``trust_restrictions`` file as Elasticsearch would: which otherNames it admits.

Elasticsearch reads it as a file of settings: by the ending of its name, from the parser's events, so that a reference to an anchor is
no more than its text, and of two spellings of one key the later one counts. All of this was tried with its own classes
(``tests/e2e/elastic/test_trust_oracle.py``).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, NoReturn

from diag.config.trustyaml import Bare, Object, UnusableError, YamlReader, refusal
from diag.model import TrustRestrictions

KEY: Final = "trust.subject_name"
MAX_BYTES: Final = 262_144
_YAML_NAMES: Final = (".yml", ".yaml")
_JSON_NAME: Final = ".json"
# How the name of such a file has to end: by it Elasticsearch decides how to read the file.
ENDINGS: Final = (*_YAML_NAMES, _JSON_NAME)
_TRUTH: Final = frozenset({"true", "false"})
_MAX_DIGITS: Final = 5
_INDEX: Final = re.compile(re.escape(KEY) + r"\.(\d+)")
# Texts are kept as they are; comments, which Elasticsearch takes in JSON too, become blanks, line by line.
_JSON_PART: Final = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\r\n]*|/\*.*?\*/', re.DOTALL)


def read_trust_file(path: str, data: bytes) -> TrustRestrictions:
    """Read the file. Never raises: ``problem`` says what is wrong with it, and where."""
    remarks = list[str]()
    try:
        patterns = _patterns(_parse(path, data, remarks), remarks)
    except UnusableError as problem:
        return TrustRestrictions(
            path=path, problem=str(problem), line=problem.line, unquoted_star=problem.unquoted_star
        )
    except RecursionError:
        return TrustRestrictions(path=path, problem="it is nested too deeply")
    return TrustRestrictions(path=path, patterns=patterns, remarks=tuple(remarks))


def _parse(path: str, data: bytes, remarks: list[str]) -> object:
    """Parse by the ending of the name, letter by letter, as Elasticsearch does."""
    if len(data) > MAX_BYTES:
        msg = f"it is larger than {MAX_BYTES // 1024} kB"
        raise refusal(msg)
    if path.endswith(_JSON_NAME):
        return _json(_filled(_decoded(data, json.detect_encoding(data))))
    if path.endswith(_YAML_NAMES):
        return YamlReader(_filled(_decoded(data, "utf-8")), remarks).read()
    lower = path.lower()
    small = ", in small letters" if lower.endswith(ENDINGS) else ""
    msg = f"its name does not end in .yml, .yaml or .json{small}"
    raise refusal(msg)


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        msg = "it is no text in UTF-8"
        raise refusal(msg, data.count(b"\n", 0, error.start) + 1) from None


def _filled(text: str) -> str:
    if not text.strip():
        msg = f"it is empty: the key {KEY} is missing"
        raise refusal(msg)
    return text


def _json(text: str) -> object:
    bare = _JSON_PART.sub(lambda part: part[0] if part[0][0] == '"' else re.sub(r"[^\r\n]", " ", part[0]), text)
    try:
        return json.loads(bare, object_pairs_hook=Object, parse_int=Bare, parse_float=Bare, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        msg = f"it is no valid JSON (column {error.colno})"
        raise refusal(msg, error.lineno) from None


def _no_number(text: str) -> NoReturn:
    msg = f"it is no valid JSON: {text} is no number"
    raise refusal(msg)


def _patterns(document: object, remarks: list[str]) -> tuple[str, ...]:
    if not isinstance(document, Object):
        msg = f"it holds no settings: expected the key {KEY} with a list of patterns"
        raise refusal(msg)
    written = list(_flat(document, ""))
    settings = dict(written)
    if sum(key == KEY for key, _ in written) > 1:
        remarks.append(f"the key {KEY} is there twice, nested and with a dot, and Elasticsearch takes the later one")
    found = _values(settings[KEY]) if KEY in settings else None
    numbered = _numbered(settings)
    if found is not None and numbered:
        msg = f"the key {KEY} is there as it is and with numbers ({KEY}.0)"
        raise refusal(msg)
    if found is None and not numbered:
        near = next((key for key in settings if key.replace("_", "").lower().startswith("trust.subjectname")), "")
        raise refusal(f"the key {KEY} is missing" + (f"; there is {near[:80]}" if near else ""))
    if not any(found or numbered):
        msg = f"{KEY} is empty: no certificate at all is admitted"
        raise refusal(msg)
    return tuple(found or numbered)


def _numbered(settings: dict[str, object]) -> tuple[str, ...]:
    """The old form of a list: one key for each item, with numbers from 0 on and without a gap."""
    items = {
        int(found[1]): settings[key]
        for key in settings
        if (found := _INDEX.fullmatch(key)) and len(found[1]) <= _MAX_DIGITS
    }
    count = next(number for number in range(len(items) + 1) if number not in items)
    return tuple(
        f"[{', '.join(map(str, item))}]" if isinstance(item, list) else _scalar_text(item)
        for item in map(items.__getitem__, range(count))
    )


def _flat(value: Object, prefix: str) -> Iterator[tuple[str, object]]:
    """Join nested keys with dots, as Elasticsearch does with settings, and refuse what is no setting, under whichever key."""
    twice = next((key for key, count in Counter(key for key, _ in value.pairs).items() if count > 1), None)
    if twice is not None:
        msg = f"the key {prefix}{twice[:80]} is there twice"
        raise refusal(msg)
    for key, inner in value.pairs:
        name = f"{prefix}{key}"
        if isinstance(inner, Object):
            yield from _flat(inner, f"{name}.")
            continue
        if inner is None:
            msg = f"the key {name[:80]} has no value"
            raise refusal(msg)
        for number, item in enumerate(inner if isinstance(inner, list) else (), start=1):
            if item is None or isinstance(item, Object | list):
                msg = f"item {number} of {name[:80]} is no text"
                raise refusal(msg)
        yield name, inner


def _values(value: object) -> Sequence[str]:
    """Read a list, or one text in which commas separate the patterns."""
    if isinstance(value, list):
        return [_text_of(item) for item in value]
    parts = _scalar_text(value).split(",")
    return [part.strip() for part in (parts if parts[-1] else parts[:-1])]


def _scalar_text(value: object) -> str:
    """A value that stands alone: YAML's True is true then; in a list it stays as it is written."""
    text = _text_of(value)
    return text.lower() if isinstance(value, Bare) and text.lower() in _TRUTH else text


def _text_of(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
