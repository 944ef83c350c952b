"""Templates of Jinja, Go (Helm) and ERB: a text that becomes a document once they are filled in.

What they fill in is a hole; lines that hold nothing but template are passed over, as if nothing came of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from diag.documents.source import Part, Source

SUFFIXES: Final = (".j2", ".jinja", ".jinja2", ".tpl", ".tmpl", ".gotmpl", ".erb")
# No tag is longer: without a bound, a text of nothing but openings would be looked through once for each.
_INSIDE: Final = r".{0,400}?"
_TAG: Final = re.compile(
    rf"\{{\{{{_INSIDE}\}}\}}|\{{%{_INSIDE}%\}}|\{{#{_INSIDE}#\}}|<%{_INSIDE}%>",
    re.DOTALL,
)
REFERENCE: Final = re.compile(rf"\{{\{{{_INSIDE}\}}\}}", re.DOTALL)
_LINE: Final = re.compile(rf"^[ \t]*(?:(?:{_TAG.pattern})[ \t]*)+\r?\n?", re.MULTILINE | re.DOTALL)
_FILLED_IN: Final = ("{{", "<%=")
_NAME: Final = re.compile(r"[A-Za-z_][\w.]*")


def is_template(name: str) -> bool:
    """Whether a file is one by its name."""
    return name.lower().endswith(SUFFIXES)


def has_template(text: str) -> bool:
    """Whether a text that is not readable may be a template."""
    return _TAG.search(text) is not None


def name_without(name: str) -> str:
    """The name of what a template becomes."""
    return name.rpartition(".")[0] if is_template(name) else name


def filled(source: Source) -> Source:
    """The text as something that can be read: each reference is a plain word with a dollar sign, and a hole."""
    return source.joined(_parts(source.text))


def references_in(text: str) -> dict[str, str]:
    """Each reference of a text by the word that ``filled`` puts in its place; of two with the same word the first."""
    found: dict[str, str] = {}
    for tag in _TAG.finditer(text):
        if tag[0].startswith(_FILLED_IN):
            found.setdefault(f"${_word(tag[0])}", tag[0])
    return found


def _parts(text: str) -> Iterator[Part]:
    at = 0
    for line in _LINE.finditer(text):
        yield from _references(text, at, line.start())
        at = line.end()
    yield from _references(text, at, len(text))


def _references(text: str, start: int, end: int) -> Iterator[Part]:
    at = start
    for found in _TAG.finditer(text, start, end):
        yield Part(at, found.start())
        if found[0].startswith(_FILLED_IN):
            yield Part(*found.span(), instead=f"${_word(found[0])}", hole=found[0])
        at = found.end()
    yield Part(at, end)


def _word(tag: str) -> str:
    named = _NAME.search(tag)
    return re.sub(r"\W", "_", named[0]) if named else "value"
