"""The words of a shell script, each with its place: quotes, escapes, continued lines, comments, variables, here-documents.

No command is run. What the shell would fill in is taken from assignments of the script itself; all else is a hole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field
from typing import Final

from diag.documents.source import Part, Source
from diag.lazy_dataclass import dataclass

_VARIABLE: Final = re.compile(
    r"\$(?:\{(?P<braced>[A-Za-z_]\w*)(?P<rest>[^{}]*)\}|(?P<plain>[A-Za-z_]\w*)|[0-9@*#?$!-])"
)
_ASSIGNED: Final = re.compile(r"(?P<name>[A-Za-z_]\w*)=")
_HERE: Final = re.compile(r"<<(?P<tabs>-?)[ \t]*(?P<quote>['\"\\]?)(?P<word>[\w.-]+)['\"]?")
_CAT: Final = re.compile(r"\$\([ \t]*cat[ \t]*<<-?[ \t]*['\"\\]?[\w.-]+['\"]?[ \t]*\r?\n")
_WRITERS: Final = frozenset({"echo", "printf"})
_ECHO_OPTIONS: Final = frozenset({"-n", "-e", "-E", "%s", "%s\\n"})
_ENDS: Final = frozenset(";|&\n()")
_BLANKS: Final = " \t\r"
_CONTINUED: Final = ("\\\n", "\\\r\n", "^\n", "^\r\n")  # The latter two in a batch file.
_MAX_DEPTH: Final = 4


@dataclass(slots=True)
class Word:
    """One word."""

    source: Source

    @property
    def text(self) -> str:
        """What the shell makes of it."""
        return self.source.text


@dataclass(slots=True)
class Command:
    """One simple command: its words, what is fed to it by a here-document, and whose output it reads."""

    words: list[Word] = field(default_factory=list)
    fed: Source | None = None
    before: Command | None = None

    @property
    def reads(self) -> Source | None:
        """What stands on its standard input, as far as the script holds it; what else writes there is not run."""
        if self.fed is not None or self.before is None or not self.before.words:
            return self.fed
        name, *rest = self.before.words
        if name.text == "cat" and not rest:
            return self.before.fed
        arguments = [one for one in rest if one.text not in _ECHO_OPTIONS]
        return arguments[0].source if name.text in _WRITERS and len(arguments) == 1 else None


def commands(source: Source) -> tuple[Command, ...]:
    """Every simple command of a script, also those in pipes, lists, groups and $(…). Anything can be read; what is broken gives odd words."""
    return tuple(_Shell(source).commands())


@dataclass(slots=True)
class _Pending:
    """A here-document that begins on the next line."""

    command: Command
    end: str
    expands: bool
    tabs: bool


class _Shell:
    def __init__(self, source: Source, depth: int = 0) -> None:
        self._source, self._text = source, source.text
        self._depth = depth
        self._inner: list[Command] = []
        self._assigned: dict[str, list[Part]] = {}
        self._at = 0

    def commands(self) -> Iterator[Command]:
        command, pending = Command(), list[_Pending]()
        while self._at < len(self._text):
            sign = self._text[self._at]
            if sign in _BLANKS:
                self._at += 1
            elif self._text.startswith(_CONTINUED, self._at):
                self._at = self._text.index("\n", self._at) + 1
            elif sign == "#":
                self._at = self._line_end()
            elif sign in _ENDS:
                self._at += 1
                if sign == "\n":
                    for one in pending:
                        one.command.fed = self._here(one)
                    pending = []
                yield from self._done(command)
                piped = sign == "|" and command.words and not self._text.startswith("|", self._at)
                command = Command(before=command if piped else None)
            elif sign in "<>":
                self._redirect(command, pending)
            else:
                self._take(command)
        yield from self._done(command)

    def _done(self, command: Command) -> Iterator[Command]:
        """Give a command, after those whose output goes into it."""
        yield from self._inner
        self._inner = []
        if command.words:
            yield command

    def _line_end(self) -> int:
        found = self._text.find("\n", self._at)
        return len(self._text) if found < 0 else found

    def _take(self, command: Command) -> None:
        """Take a word; one that assigns a variable in front of a command is remembered, a prompt is passed over."""
        parts = list(self._word())
        word = Word(self._source.joined(parts))
        named = _ASSIGNED.match(word.text)
        if named and all(one.text in {"export", "local", "readonly", "declare"} for one in command.words):
            self._assigned[named["name"]] = _behind(parts, len(named[0]))
            return
        if word.text in {"$", "%"} and not command.words:
            return
        command.words.append(word)

    def _redirect(self, command: Command, pending: list[_Pending]) -> None:
        text = self._text
        if text.startswith("<<<", self._at):
            self._at += 3
            while self._at < len(text) and text[self._at] in _BLANKS:
                self._at += 1
            command.fed = self._source.joined(self._word())
            return
        found = _HERE.match(text, self._at)
        if found is None:
            self._at += 1
            return
        self._at = found.end()
        pending.append(_Pending(command, found["word"], not found["quote"], bool(found["tabs"])))

    def _here(self, pending: _Pending) -> Source:
        """Read a here-document, from the start of a line to the line that ends it."""
        parts: list[Part] = []
        while self._at < len(self._text):
            end = self._line_end()
            line = self._text[self._at : end].rstrip("\r")
            begin, self._at = self._at, min(end + 1, len(self._text))
            if pending.tabs:
                begin += len(line) - len(line.lstrip("\t"))
            if line.strip("\t" if pending.tabs else "") == pending.end:
                break
            parts += self._expanded(begin, self._at) if pending.expands else [Part(begin, self._at)]
        return self._source.joined(parts)

    def _word(self) -> Iterator[Part]:
        """Read the parts of one word, from where it begins."""
        text = self._text
        while self._at < len(text):
            sign = text[self._at]
            if sign in _BLANKS or sign in _ENDS or sign in "<>":
                return
            if sign == "'" or text.startswith("$'", self._at):
                begin = self._at + (1 if sign == "'" else 2)
                end = text.find("'", begin)
                end = len(text) if end < 0 else end
                yield Part(begin, end)
                self._at = end + 1
            elif sign == '"':
                end = self._closing(self._at + 1)
                yield from self._expanded(self._at + 1, end)
                self._at = end + 1
            elif sign == "\\":
                if not text.startswith(("\\\n", "\\\r\n"), self._at):
                    yield Part(self._at, self._at + 2, text[self._at + 1 : self._at + 2])
                    self._at += 2
                else:
                    self._at = text.index("\n", self._at) + 1
            else:
                end = self._bare_end()
                yield from self._expanded(self._at, end, quoted=False)
                self._at = end

    def _bare_end(self) -> int:
        at = self._at
        while at < len(self._text) and self._text[at] not in " \t\r\n'\"\\;|&()<>":
            at = self._group_end(at) if self._text[at] in "$`" else at + 1
        return at

    def _closing(self, at: int) -> int:
        """Find the double quote that ends what an earlier one began."""
        while at < len(self._text) and self._text[at] != '"':
            if self._text[at] == "\\":
                at += 2
            else:
                at = self._group_end(at) if self._text[at] in "$`" else at + 1
        return min(at, len(self._text))

    def _group_end(self, at: int) -> int:
        """Find the end of what begins with a dollar sign or a backquote: a variable, or the output of a command."""
        if self._text[at] == "`":
            found = self._text.find("`", at + 1)
            return len(self._text) if found < 0 else found + 1
        if not self._text.startswith("$(", at):
            variable = _VARIABLE.match(self._text, at)
            return variable.end() if variable else at + 1
        depth = 0
        for index in range(at + 1, len(self._text)):
            depth += {"(": 1, ")": -1}.get(self._text[index], 0)
            if depth == 0:
                return index + 1
        return len(self._text)

    def _expanded(self, start: int, end: int, *, quoted: bool = True) -> Iterator[Part]:
        """The parts of a range in which the shell fills variables in, and where a backslash escapes a few signs."""
        at = begun = start
        while at < end:
            sign = self._text[at]
            if quoted and sign == "\\" and self._text[at + 1 : at + 2] in {"$", "`", '"', "\\", "\n"}:
                escaped = self._text[at + 1]
                yield Part(begun, at)
                yield Part(at, at + 2, "" if escaped == "\n" else escaped)
                at = begun = at + 2
            elif sign in "$`" and (behind := self._group_end(at)) > at + 1:
                yield Part(begun, at)
                yield from self._filled(at, behind)
                at = begun = behind
            else:
                at += 1
        yield Part(begun, end)

    def _filled(self, start: int, end: int) -> Iterator[Part]:
        """What a variable or the output of a command gives."""
        text = self._text[start:end]
        variable = _VARIABLE.fullmatch(text)
        name = (variable["braced"] or variable["plain"] or "") if variable else ""
        rest = (variable["rest"] or "") if variable else ""
        if name in self._assigned and not rest:
            yield from self._assigned[name]
        elif rest.startswith((":-", "-")):
            yield Part(start, end, rest.removeprefix(":").removeprefix("-"))
        elif found := _CAT.match(text):
            yield Part(start + found.end(), start + max(found.end(), text.rstrip(") \t\r\n").rfind("\n") + 1))
        else:
            if text.startswith("$(") and self._depth < _MAX_DEPTH:
                self._inner += _Shell(self._source.part(start + 2, max(start + 2, end - 1)), self._depth + 1).commands()
            yield Part(start, end, hole=text)


def _behind(parts: list[Part], length: int) -> list[Part]:
    """The parts behind the first signs, which all stand in the first part: a name and the sign of an assignment."""
    first, *rest = parts
    return [Part(first.start + length, first.end), *rest] if first.instead is None else rest
