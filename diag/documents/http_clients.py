"""Calls of HTTPie and of wget in a script, as requests to an API."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from diag.documents.requests import ApiRequest, path_of
from diag.documents.shell import Command, Word
from diag.documents.source import Part, Source

HTTPIE: Final = frozenset({"http", "https", "xh", "xhs"})
# Options of HTTPie with a value of their own; all others are flags, or have it behind a sign of equality.
_VALUED: Final = frozenset(
    {"-a", "--auth", "-A", "--auth-type", "--verify", "--cert", "--cert-key", "--session", "-o", "--output"}
    | {"--timeout", "--proxy", "--pretty", "-s", "--style", "-p", "--print", "--session-read-only"}
)
_METHOD: Final = re.compile(r"[A-Z]+")
_API: Final = "/_"
# An item of JSON: a key, or a key in brackets behind another one, and what it is set to as it stands.
_ITEM: Final = re.compile(r"(?P<key>persistent|transient|access|role_descriptors)(?:\[(?P<inner>[^\]]+)\])?:=")
_DATA: Final = frozenset({"--body-data", "--post-data"})
_FILE: Final = frozenset({"--body-file", "--post-file"})
_FED: Final = "-"


def request_of(command: Command) -> ApiRequest | None:
    """The request that a call of HTTPie or wget makes of an API; None for any other command."""
    name = command.words[0].text.rpartition("/")[2] if command.words else ""
    if name in HTTPIE:
        return _of_httpie(command)
    return _of_wget(command.words[1:]) if name == "wget" else None


def _of_httpie(command: Command) -> ApiRequest | None:
    words = list(_arguments(command.words[1:]))
    method = words.pop(0).text if words and _METHOD.fullmatch(words[0].text) else ""
    if not words or _API not in words[0].text:
        return None
    address, *items = words
    bodies = [body for one in items if (body := _body(one.source)) is not None]
    body = bodies[0] if len(bodies) == 1 else None if bodies else command.reads
    return ApiRequest(
        method=method or ("POST" if items or body is not None else "GET"),
        path=path_of(re.sub(r"^:\d*", "", address.text)),
        body=body,
        file="" if body is not None or len(bodies) > 1 else _FED,
        origin=address.source.whole,
    )


def _arguments(words: Sequence[Word]) -> Iterator[Word]:
    """What is no option."""
    left = iter(words)
    for word in left:
        if word.text in _VALUED:
            next(left, None)
        elif not word.text.startswith("-"):
            yield word


def _body(item: Source) -> Source | None:
    """The body that an item of JSON makes: an object with that key."""
    found = _ITEM.match(item.text)
    if found is None:
        return None
    inner = found["inner"] or ""
    opened = f'{{"{found["key"]}":' + (f'{{"{inner}":' if inner else "")
    end = len(item.text)
    return item.joined([Part(0, found.end(), opened), Part(found.end(), end), Part(end, end, "}}" if inner else "}")])


def _of_wget(words: Sequence[Word]) -> ApiRequest | None:
    method, body, file, address = "", None, "", None
    headers: dict[str, str] = {}
    for word in words:
        name, equals, value = word.text.partition("=")
        if name == "--method":
            method = value.upper()
        elif name == "--header":
            header, _, text = value.partition(":")
            headers[header.strip().lower()] = next(iter(text.split()), "").lower()
        elif name in _DATA and equals:
            body = word.source.joined([Part(len(name) + 1, len(word.text))])
        elif name in _FILE:
            file = value
        elif not word.text.startswith("-") and _API in word.text:
            address = address or word
    if address is None or (body is None and not file):
        return None
    return ApiRequest(
        method=method or "POST",
        path=path_of(address.text),
        body=body,
        file=file,
        origin=address.source.whole,
        headers=tuple(headers.items()),
    )
