"""What is wrong with a configuration file, with its place and without a secret in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from diag.lazy_dataclass import dataclass
from diag.text import MASK, mask_userinfo, shorten, visible

Key = tuple[str | int, ...]

_MAX_SHOWN_LENGTH = 80
_SECRET_KEY = re.compile(r"pass(word|wd|phrase)?|secret|token|api_?key|credential|auth|(^|_)key$", re.IGNORECASE)
_NAMES_OF_REFERENCES = {"file", "env"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing in a configuration file that cannot be used.

    ``line`` and ``column`` begin at 1; they are 0 where the problem has no place in the file. ``path`` is the key
    (``clusters[0].name``), ``value`` is what stands there, safe to print; None where there is no value to show.
    """

    file: str
    line: int = 0
    column: int = 0
    path: str = ""
    value: str | None = None
    message: str

    def __str__(self) -> str:
        """Say it in one line: ``file:line:column: key.path: value 'x': expected …``."""
        place = f"{visible(self.file)}:{self.line}:{self.column}" if self.line else visible(self.file)
        key = f"{self.path}: " if self.path else ""
        value = "" if self.value is None else f"value '{self.value}': "
        return f"{place}: {key}{value}{self.message}"


class ConfigError(Exception):
    """The configuration cannot be used; ``problems`` holds everything that is wrong with it, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.line, p.column)))
        super().__init__("\n".join(map(str, self.problems)))


def printable(text: str) -> str:
    """Give a value as a problem shows it: short, and nothing in it that a terminal would act on."""
    return visible(shorten(text, _MAX_SHOWN_LENGTH))


def shown(key: Key, value: str) -> str:
    """Give the value of a key as it may be printed: masked under a key of secrets, and wherever it looks like one.

    The name of a file or of an environment variable is shown: it is what the reader has to correct.
    """
    is_name = bool(key) and key[-1] in _NAMES_OF_REFERENCES and isinstance(key[-1], str)
    if looks_secret(value) or (is_secret_key(key) and not is_name):
        return MASK
    return printable(mask_userinfo(value))


def is_secret_key(key: Key) -> bool:
    """Tell whether what stands under this key may be a secret."""
    return any(isinstance(part, str) and _SECRET_KEY.search(part) is not None for part in key)


def looks_secret(text: str) -> bool:
    """Tell whether a text is more probably a secret than a name: a private key, or a long token such as an API key."""
    if "PRIVATE KEY" in text:
        return True
    token = re.fullmatch(r"[A-Za-z0-9+=_:-]{32,}", text.strip()) is not None
    return token and all(re.search(kind, text) for kind in ("[a-z]", "[A-Z]", "[0-9]"))


def path_of(key: Sequence[str | int]) -> str:
    """Write a key as people do: ``clusters[0].remotes[1].mode``."""
    text = ""
    for part in key:
        text += f"[{part}]" if isinstance(part, int) else f".{_key_name(part)}"
    return text.removeprefix(".")


def _key_name(name: str) -> str:
    if looks_secret(name):
        return MASK
    return name if re.fullmatch(r"[\w*/-]+", name) else f'"{printable(mask_userinfo(name))}"'
