r"""The part of Lucene's regular expressions that can be judged without doubt: matched by states, never by trying back.

Read are literals, ``.``, character classes, groups, ``|``, ``? * + {n,m}``, quoted text, ``@`` (any text) and ``\`` before a
character that is no letter or digit. What differs between releases or needs more (``~ & < > #``, ``\d``) is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

MOST_STATES = 1000
MOST_REPEATS = 100
DEEPEST = 40
MOST_SIGNS = 4
_SIGNS = frozenset("*+?{")


class UnsupportedError(ValueError):
    """An expression that can't be judged here."""


@dataclass(frozen=True, slots=True)
class _Characters:
    """Which characters one step takes: those in ``ranges``, or all others. Code points, first and last."""

    ranges: tuple[tuple[int, int], ...]
    others: bool = False

    def __contains__(self, character: str) -> bool:
        code = ord(character)
        return any(first <= code <= last for first, last in self.ranges) is not self.others


_ANY = _Characters((), others=True)


@dataclass(slots=True)
class Expression:
    """A compiled expression: steps that take a character, and free moves between states."""

    steps: dict[int, list[tuple[_Characters, int]]] = field(default_factory=dict)
    moves: dict[int, list[int]] = field(default_factory=dict)
    states: int = 0
    start: int = 0
    end: int = 0

    def matches(self, text: str) -> bool:
        """Tell whether the whole text matches."""
        now = self._closure({self.start})
        for character in text:
            now = self._closure(
                {target for state in now for taken, target in self.steps.get(state, ()) if character in taken}
            )
            if not now:
                return False
        return self.end in now

    def _closure(self, states: set[int]) -> set[int]:
        found, todo = set(states), list(states)
        while todo:
            for target in self.moves.get(todo.pop(), ()):
                if target not in found:
                    found.add(target)
                    todo.append(target)
        return found

    def new(self) -> int:
        """Make one more state."""
        self.states += 1
        if self.states > MOST_STATES:
            msg = "the expression is too large"
            raise UnsupportedError(msg)
        return self.states

    def move(self, source: int, target: int) -> None:
        """Let a match pass from one state to another without a character."""
        self.moves.setdefault(source, []).append(target)

    def take(self, characters: _Characters) -> tuple[int, int]:
        """Make two states with a step between them that takes one character."""
        source, target = self.new(), self.new()
        self.steps[source] = [(characters, target)]
        return source, target


_Node = tuple[str, object]  # What was read: a kind, and its parts.


def compile_expression(text: str) -> Expression:
    """Compile the text between the slashes. Raises UnsupportedError for what can't be judged without doubt."""
    reader = _Reader(text)
    tree = reader.union()
    if reader.rest():
        msg = f"{reader.rest()[0]!r} at position {reader.at + 1} is not understood"
        raise UnsupportedError(msg)
    expression = Expression()
    expression.start, expression.end = _build(expression, tree)
    return expression


@dataclass(slots=True)
class _Reader:
    """Reads the expression from left to right."""

    text: str
    at: int = 0
    depth: int = 0

    def rest(self) -> str:
        return self.text[self.at :]

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def next(self) -> str:
        character = self.peek()
        if not character:
            msg = "the expression ends too early"
            raise UnsupportedError(msg)
        self.at += 1
        return character

    def union(self) -> _Node:
        self.depth += 1
        if self.depth > DEEPEST:
            msg = "the expression is nested too deeply"
            raise UnsupportedError(msg)
        branches = [self.sequence()]
        while self.peek() == "|":
            self.at += 1
            branches.append(self.sequence())
        self.depth -= 1
        return ("union", branches)

    def sequence(self) -> _Node:
        items = list[_Node]()
        while self.peek() not in {"", "|", ")"}:
            items.append(self.repeated())
        if not items:
            msg = "a part of the expression is empty"
            raise UnsupportedError(msg)
        return ("sequence", items)

    def repeated(self) -> _Node:
        item = self.single()
        for _ in range(MOST_SIGNS):
            if self.peek() not in _SIGNS:
                return item
            least, most = self.quantity()
            item = ("repeat", (item, least, most))
        msg = "too many repetition signs in a row"
        raise UnsupportedError(msg)

    def quantity(self) -> tuple[int, int | None]:
        simple: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        sign = self.next()
        if sign in simple:
            return simple[sign]
        body, closed, _ = self.rest().partition("}")
        low, comma, high = body.partition(",")
        numbers = [number for number in (low, high) if number]
        if not closed or not low or not all(n.isascii() and n.isdigit() and int(n) <= MOST_REPEATS for n in numbers):
            msg = "a repetition in braces is not understood"
            raise UnsupportedError(msg)
        self.at += len(body) + 1
        most = (int(high) if high else None) if comma else int(low)
        if most is not None and most < int(low):
            msg = "a repetition in braces is not understood"
            raise UnsupportedError(msg)
        return int(low), most

    def single(self) -> _Node:  # noqa: PLR0911 -- one line for each kind of character.
        character = self.next()
        match character:
            case ".":
                return ("one", _ANY)
            case "@":
                return ("repeat", (("one", _ANY), 0, None))
            case "[":
                return ("one", self.characters())
            case "(":
                return self.group()
            case '"':
                return self.quoted()
            case "\\":
                return ("one", _exactly(self.escaped()))
            case "~" | "&" | "<" | ">" | "#" | "*" | "+" | "?" | "{" | "}" | "]":
                msg = f"{character} in a regular expression is not judged here"
                raise UnsupportedError(msg)
            case _:
                return ("one", _exactly(character))

    def group(self) -> _Node:
        inner = self.union()
        if self.next() != ")":
            msg = "a group is not closed"
            raise UnsupportedError(msg)
        return inner

    def quoted(self) -> _Node:
        text, closed, _ = self.rest().partition('"')
        if not closed or not text:
            msg = "a quoted part is not closed, or empty"
            raise UnsupportedError(msg)
        self.at += len(text) + 1
        return ("sequence", [("one", _exactly(character)) for character in text])

    def escaped(self) -> str:
        character = self.next()
        if character.isalnum():
            msg = f"\\{character} means different things in different releases"
            raise UnsupportedError(msg)
        return character

    def characters(self) -> _Characters:
        others = self.peek() == "^"
        self.at += others
        ranges = list[tuple[int, int]]()
        while self.peek() != "]" or not ranges:
            first = self.class_member()
            last = first
            if self.peek() == "-" and self.text[self.at + 1 : self.at + 2] not in {"", "]"}:
                self.at += 1
                last = self.class_member()
            if last < first:
                msg = "a range of characters runs backwards"
                raise UnsupportedError(msg)
            ranges.append((ord(first), ord(last)))
        self.at += 1
        return _Characters(tuple(ranges), others)

    def class_member(self) -> str:
        character = self.next()
        if character == "\\":
            return self.escaped()
        if character in {"[", "]", "&", '"', "^", "-"}:
            msg = f"{character} in a character class is not judged here"
            raise UnsupportedError(msg)
        return character


def _exactly(character: str) -> _Characters:
    return _Characters(((ord(character), ord(character)),))


def _build(expression: Expression, node: _Node) -> tuple[int, int]:
    match node:
        case ("one", _Characters() as characters):
            return expression.take(characters)
        case ("sequence", list() as items):
            return _chain(expression, [_build(expression, item) for item in items])
        case ("union", list() as branches):
            start, end = expression.new(), expression.new()
            for branch in branches:
                first, last = _build(expression, branch)
                expression.move(start, first)
                expression.move(last, end)
            return start, end
        case ("repeat", (tuple() as inner, int() as least, most)):
            return _repeat(expression, inner, least, most if isinstance(most, int) else None)
    msg = "the expression is not understood"
    raise UnsupportedError(msg)


def _chain(expression: Expression, parts: list[tuple[int, int]]) -> tuple[int, int]:
    for (_, last), (first, _) in pairwise(parts):
        expression.move(last, first)
    return parts[0][0], parts[-1][1]


def _repeat(expression: Expression, inner: _Node, least: int, most: int | None) -> tuple[int, int]:
    start, end = expression.new(), expression.new()
    at = start
    for _ in range(least):
        first, last = _build(expression, inner)
        expression.move(at, first)
        at = last
    expression.move(at, end)
    if most is None:
        first, last = _build(expression, inner)
        expression.move(at, first)
        expression.move(last, first)
        expression.move(last, end)
    for _ in range(least, most or 0):
        first, last = _build(expression, inner)
        expression.move(at, first)
        expression.move(last, end)
        at = last
    return start, end
