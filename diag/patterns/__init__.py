"""Patterns of names: wildcards and Lucene's regular expressions, matched and compared by one machine."""

from diag.patterns.automaton import NotJudgedError, TooLargeError
from diag.patterns.compare import covers, overlaps
from diag.patterns.lucene import BrokenError, UnsupportedError
from diag.patterns.pattern import Expression, Pattern, admits, parse
from diag.patterns.syntax import why_broken
from diag.patterns.wildcard import matches

__all__ = [
    "BrokenError",
    "Expression",
    "NotJudgedError",
    "Pattern",
    "TooLargeError",
    "UnsupportedError",
    "admits",
    "covers",
    "matches",
    "overlaps",
    "parse",
    "why_broken",
]
