"""Secrets that stand in documents in clear: found, so that no output repeats them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from diag.config.config_problems import looks_secret
from diag.documents.document import Document
from diag.evidence.documents.settings import SettingsTexts

_WORDS: Final = r"(?:pass(?:word|wd|phrase)?|secret|token|api_?key|authorization|credentials?|encoded)"
_VALUE: Final = r"""(?P<value>"[^"\n]*"|'[^'\n]*'|[^\s,;}\]#]+(?:\s+[A-Za-z0-9+/=_-]{16,})?)"""
# What stands behind such a word, and how it is given: key and value, also in a list or behind an anchor, an option of a command, a header.
_NAMED: Final = re.compile(
    _WORDS + r"""["']?\s*[:=]\s*(?:[|>][-+0-9]*[^\S\n]*\n\s*|\[\s*|-\s+|[&!][^\s,]*\s+)*""" + _VALUE, re.IGNORECASE
)
# The same where name and value stand apart: variables of a container, settings in Terraform.
_NAME_AND_VALUE: Final = re.compile(
    r"""\bname["']?\s*[:=]\s*["']?[\w.-]*""" + _WORDS + r"""["']?\s*,?\s*["']?value["']?\s*[:=]\s*""" + _VALUE,
    re.IGNORECASE,
)
_OPTION: Final = re.compile(r"(?:^|\s)--[\w-]*" + _WORDS + r"\s+" + _VALUE, re.IGNORECASE)
_HEADER: Final = re.compile(r"\b(?:ApiKey|Basic|Bearer)\s+(?P<value>[A-Za-z0-9+/=_.:-]{8,})")
_USER: Final = re.compile(
    r"""(?:^|\s)(?:-u|--user|-U|--proxy-user|-a|--auth)[\s=]*["']?[^\s:"']+:["']?(?P<value>[^\s"']+)"""
)
# A login as a program hands it over: a name and a password.
_LOGIN: Final = re.compile(r"""auth\w*\s*[=(]\s*\(?\s*["'][^"'\n]*["']\s*,\s*["'](?P<value>[^"'\n]+)""", re.IGNORECASE)
# What is fed to the tool of the keystore, from the left or from the right.
_PIPED: Final = re.compile(
    r"""(?:echo|printf)\s+(?:-\w+\s+|["']?%s[^\s"']*["']?\s+)*["']?(?P<value>[^\s"'|]+)["']?\s*\|[^\n]*elasticsearch-keystore"""
)
_FED: Final = re.compile(r"""elasticsearch-keystore[^\n]*<<<\s*["']?(?P<value>[^\s"']+)""")
_USERINFO: Final = re.compile(r"(?:://|(?<![^\s\"'=,\[]))[^\s/@:\"'=,\[]+:(?P<value>[^\s/@\"']+)@(?!sha\d+:)")
_TOKEN: Final = re.compile(r"[A-Za-z0-9+=_:-]{32,}")
_PRIVATE: Final = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?P<value>.*?)(?:-----END|\Z)", re.DOTALL)
# A variable, a template, a placeholder, a path, a number or a word of YAML names a secret or none; it is none itself.
_NO_SECRET: Final = re.compile(
    r"[$<{*\[].*|%\w+%|true|false|null|none|~|\d{1,5}|(?:.*/)?[\w.-]+\.(?:key|pem|crt|cer|p12|pfx|jks|txt|json|ya?ml|env)",
    re.IGNORECASE | re.DOTALL,
)
_SHORTEST: Final = 3
# A setting of such a name has a secret as its value, in whatever form that is written.
_SECRET_KEY: Final = re.compile(rf".*(?:{_WORDS}s?(?:\.\d+)?|\.credentials\..*)", re.IGNORECASE)


def secrets_of(documents: Iterable[Document]) -> Iterator[str]:
    """Every secret that stands in documents: what their texts give away, and what their settings do once they were read."""
    for document in documents:
        yield from secrets_in(document.text)
        yield from _filtered(_of_settings(document))


def secrets_in(text: str) -> tuple[str, ...]:
    """Every secret that stands in a text, as far as its surroundings or its form give it away."""
    return _filtered(_found(text))


def _filtered(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in found if len(one) >= _SHORTEST and not _NO_SECRET.fullmatch(one)))


def _of_settings(document: Document) -> Iterator[str]:
    """The values of secret settings, as they mean and as they are written."""
    for texts in (one for one in document.nouns if isinstance(one, SettingsTexts)):
        for setting in (one for text in texts.all for one in text.all if _SECRET_KEY.fullmatch(one.key)):
            yield from setting.values
            for place in setting.item_origins or (setting.origin,):
                written = document.at(place) if place.file == document.named.name else ""
                yield from (line.strip().strip("\"'") for line in written.splitlines())


def _found(text: str) -> Iterator[str]:
    for found in (one for pattern in (_NAMED, _NAME_AND_VALUE, _OPTION) for one in pattern.finditer(text)):
        value = found["value"].strip("\"'")
        # The word before a token is the scheme of a header.
        yield (
            value.partition(" ")[2].strip() or value
            if value.lower().startswith(("apikey ", "basic ", "bearer "))
            else value
        )
    for pattern in (_HEADER, _USER, _LOGIN, _USERINFO, _PIPED, _FED):
        yield from (found["value"] for found in pattern.finditer(text))
    for found in _PRIVATE.finditer(text):
        yield from (line.strip() for line in found["value"].splitlines() if line.strip())
    if "BEGIN CERTIFICATE" not in text:
        yield from (found[0] for found in _TOKEN.finditer(text) if looks_secret(found[0]))
