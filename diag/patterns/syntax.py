r"""Whether a regular expression is one to Lucene at all (its RegExp class), whatever it means.

The reader follows that class from left to right and keeps no more than the number of open groups. It calls broken only what every
release refuses; where releases differ, or a sign stands where a character is read instead, it says nothing.
"""

from __future__ import annotations

from typing import Final, NoReturn

_REPEATS: Final = frozenset("*+?")
_JOINS: Final = frozenset("|&")
_AMBIGUOUS: Final = frozenset("|&)*+?{~")
_DIGITS: Final = frozenset("0123456789")
_CLOSED_BY: Final = {'"': '"', "<": ">"}
_TOO_EARLY: Final = "the regular expression ends too early"


class _BrokenError(Exception):
    """What every release refuses."""


class _AmbiguousError(Exception):
    """From here on it is not sure how an expression is read."""


def _refuse(why: str) -> NoReturn:
    raise _BrokenError(why)


def why_broken(text: str) -> str:
    """Say why the text between the slashes is no regular expression; empty where it is one, or where that is not sure."""
    try:
        _Reader(text).read()
    except _BrokenError as broken:
        return str(broken)
    except _AmbiguousError:
        pass
    return ""


class _Reader:
    """Reads an expression from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def read(self) -> None:
        """Read to the end. Raises _BrokenError where every release stops, _AmbiguousError where it is not sure that one goes on."""
        if not self._text:
            return
        groups = self._operand(0)
        while self._at < len(self._text):
            sign = self._next()
            if sign in _REPEATS:
                continue
            if sign == "{":
                self._braces()
            elif sign == ")":
                if not groups:
                    _refuse("there is a ) without a ( before it")
                groups -= 1
            else:
                self._at -= sign not in _JOINS
                groups = self._operand(groups)
        if groups:
            _refuse("there is a ( without a ) after it")

    def _next(self) -> str:
        if self._at >= len(self._text):
            _refuse(_TOO_EARLY)
        self._at += 1
        return self._text[self._at - 1]

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _operand(self, groups: int) -> int:
        """Read up to the end of one operand; give the number of groups that are open then."""
        sign = self._next()
        while sign == "(":
            if self._peek() == ")":
                self._at += 1
                return groups
            groups += 1
            sign = self._next()
        if sign in _AMBIGUOUS:
            raise _AmbiguousError
        if sign == "[":
            self._characters()
        elif sign == "\\":
            self._next()
        elif sign in _CLOSED_BY:
            end = self._text.find(_CLOSED_BY[sign], self._at)
            if end < 0:
                _refuse(f"there is a {sign} without a {_CLOSED_BY[sign]} after it")
            self._at = end + 1
        return groups

    def _braces(self) -> None:
        if self._peek() not in _DIGITS:
            _refuse("a number has to follow {")
        self._skip_digits()
        if self._peek() == ",":
            self._at += 1
            self._skip_digits()
        if self._peek() != "}":
            _refuse("there is a { without a } after it")
        self._at += 1

    def _skip_digits(self) -> None:
        while self._peek() in _DIGITS:
            self._at += 1

    def _characters(self) -> None:
        """Read a class of characters to its end."""
        if self._peek() == "^":
            self._at += 1
        if self._peek() == "]":
            raise _AmbiguousError
        while self._peek() != "]":
            first = self._member()
            if self._peek() == "-":
                self._at += 1
                if self._peek() == "]":
                    raise _AmbiguousError
                last = self._member()
                if first and last and last < first:
                    _refuse(f"the range {first}-{last} runs backwards")
        self._at += 1

    def _member(self) -> str:
        """One character of a class; nothing where a backslash stands before it, for that may make it a class of its own."""
        if self._peek() == "":
            _refuse("there is a [ without a ] after it")
        character = self._next()
        if character != "\\":
            return character
        self._next()
        return ""
