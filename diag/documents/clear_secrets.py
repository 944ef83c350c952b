"""Secrets that stand in documents in clear: found, so that no output repeats them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from diag.config.config_problems import looks_secret

# What stands behind such a word, and how it is given: key and value, an option of a command, a header.
_NAMED: Final = re.compile(
    r"""(?:pass(?:word|wd|phrase)?|secret|token|api_?key|authorization|credentials?|encoded)["']?\s*[:=]\s*"""
    r"""(?P<value>"[^"\n]*"|'[^'\n]*'|[^\s,;}\]#]+(?:\s+[A-Za-z0-9+/=_-]{16,})?)""",
    re.IGNORECASE,
)
_HEADER: Final = re.compile(r"\b(?:ApiKey|Basic|Bearer)\s+(?P<value>[A-Za-z0-9+/=_.:-]{8,})")
_USER: Final = re.compile(r"""(?:^|\s)(?:-u|--user)[\s=]*["']?[^\s:"']+:["']?(?P<value>[^\s"']+)""")
# What is fed to the tool of the keystore, from the left or from the right.
_PIPED: Final = re.compile(
    r"""(?:echo|printf)\s+(?:-\w+\s+|["']?%s[^\s"']*["']?\s+)*["']?(?P<value>[^\s"'|]+)["']?\s*\|[^\n]*elasticsearch-keystore"""
)
_FED: Final = re.compile(r"""elasticsearch-keystore[^\n]*<<<\s*["']?(?P<value>[^\s"']+)""")
_USERINFO: Final = re.compile(r"://[^\s/@:\"']+:(?P<value>[^\s/@\"']+)@")
_TOKEN: Final = re.compile(r"[A-Za-z0-9+=_:-]{32,}")
_PRIVATE: Final = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?P<value>.*?)(?:-----END|\Z)", re.DOTALL)
# A variable, a template, a placeholder, a path, a number or a word of YAML names a secret or none; it is none itself.
_NO_SECRET: Final = re.compile(
    r"[$<{*\[].*|%\w+%|true|false|null|none|~|\d{1,5}|(?:.*/)?[\w.-]+\.(?:key|pem|crt|cer|p12|pfx|jks|txt|json|ya?ml|env)",
    re.IGNORECASE | re.DOTALL,
)
_SHORTEST: Final = 3


def secrets_in(text: str) -> tuple[str, ...]:
    """Every secret that stands in a text, as far as its surroundings or its form give it away."""
    return tuple(dict.fromkeys(one for one in _found(text) if len(one) >= _SHORTEST and not _NO_SECRET.fullmatch(one)))


def _found(text: str) -> Iterator[str]:
    for found in _NAMED.finditer(text):
        value = found["value"].strip("\"'")
        # The word before a token is the scheme of a header.
        yield (
            value.partition(" ")[2].strip() or value
            if value.lower().startswith(("apikey ", "basic ", "bearer "))
            else value
        )
    for pattern in (_HEADER, _USER, _USERINFO, _PIPED, _FED):
        yield from (found["value"] for found in pattern.finditer(text))
    for found in _PRIVATE.finditer(text):
        yield from (line.strip() for line in found["value"].splitlines() if line.strip())
    if "BEGIN CERTIFICATE" not in text:
        yield from (found[0] for found in _TOKEN.finditer(text) if looks_secret(found[0]))
