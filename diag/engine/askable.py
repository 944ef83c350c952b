"""Checks that look at the same places: which of them can be asked there is found out for all of them at once. Pure."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import Final

from diag.check import Check
from diag.engine.running import BUILTIN_PACK, View
from diag.lazy_dataclass import dataclass
from diag.model import Layer, Outcome, Result, Unavailable
from diag.text import clip

_KEPT: Final = 256  # What is missing at that many places; most of it is what nobody configured, the same everywhere.


@dataclass(frozen=True, slots=True)
class Askable:
    """Of checks at one place, by their number: the results of those that are skipped because evidence is missing, and those to be asked.

    The ``others`` stay open because evidence is missing, or are of a foreign pack.
    ``held`` are the reasons why evidence is missing: held, so that no other value gets the identity of one that is gone.
    """

    skipped: tuple[tuple[int, Result], ...]
    asked: tuple[int, ...]
    others: tuple[int, ...]
    held: tuple[Unavailable, ...]


class Together:
    """Checks that look at the same places, with their numbers among all checks."""

    def __init__(self, checks: Sequence[tuple[int, Check]]) -> None:
        self.first = checks[0][1]
        self.numbers = tuple(number for number, _ in checks)
        self._checks = tuple((number, check, frozenset(check.required)) for number, check in checks)
        self._slots = tuple(dict.fromkeys(slot for _, check in checks for slot in check.required))
        self._known: dict[tuple[int, ...], Askable] = {}

    def at(self, view: View) -> Askable:
        """Which of them can be asked at a place. It is worked out once for what is missing for the same reasons."""
        values = tuple([view.slots[slot] for slot in self._slots])
        key = tuple([id(one) if type(one) is Unavailable else 0 for one in values])
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            found = self._known[key] = self._worked_out(view, values)
        return found

    def _worked_out(self, view: View, values: Sequence[object]) -> Askable:
        held = {slot: one for slot, one in zip(self._slots, values, strict=True) if isinstance(one, Unavailable)}
        skipped, asked, others = list[tuple[int, Result]](), list[int](), list[int]()
        for number, check, required in self._checks:
            lack = None if required.isdisjoint(held) else view.lack(check)
            if lack is not None and not lack.unknown:
                skipped.append((number, skip(check, lack.skipped)))
            elif lack is None and check.pack == BUILTIN_PACK:
                asked.append(number)
            else:
                others.append(number)
        return Askable(tuple(skipped), tuple(asked), tuple(others), tuple(held.values()))


def skip(check: Check, why: Iterable[str]) -> Result:
    """The result of a check that has nothing to look at."""
    return plain(check.id, check.layer, check.essential, Outcome.SKIP, clip("; ".join(why)))


@functools.lru_cache(maxsize=8192)
def plain(check_id: str, layer: Layer, essential: bool, outcome: Outcome, because: str = "") -> Result:  # noqa: FBT001 -- a key of the cache.
    """A pass says nothing but that, a skip only why: most results are of these, and one object serves all remotes."""
    return Result(check=check_id, outcome=outcome, layer=layer, because=because, essential=essential)
