"""Ask one check at one place. Whatever it does, the other checks go on: it fails, it talks nonsense, or it never ends."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from datetime import datetime
from itertools import islice
from operator import itemgetter
from typing import Final

from diag.check import Check, NotApplicable, Unknown
from diag.engine.yielded import checked
from diag.evidence.slots import Slot
from diag.lazy_dataclass import dataclass
from diag.model import ClusterEvidence, Finding, Reason, Severity, Unavailable
from diag.text import clip

MAX_FINDINGS: Final = 100  # A check that goes on for ever must not take the report with it.
MAX_CHECK_SECONDS: Final = (
    10.0  # Seconds that a check of a foreign pack may take at one place; no rule takes a hundredth of it.
)
MAX_ROUND_SECONDS: Final = 30.0  # And at all places of one round together: a slow check must not make every round late.
BUILTIN_PACK: Final = "builtin"
_REPORT_IT: Final = "please report it"

Slots = Mapping[Slot, object]


@dataclass(slots=True)
class CheckAnswer:
    """What a check yielded at one place; ``lacking``: it was not asked, because evidence is missing."""

    where: str
    findings: list[Finding] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    missing: list[Unavailable] = field(default_factory=list)
    crashed: str = ""
    lacking: bool = False

    @property
    def silent(self) -> bool:
        """Whether the check had nothing to say here: a pass."""
        return not (self.findings or self.unknown or self.skipped or self.crashed)


@dataclass(slots=True)
class View:
    """One place a check looks at: the evidence by type, and how the place is called.

    Many checks need the same evidence: what each set of needs lacks here is found out once.
    """

    slots: Slots
    where: str = ""
    _lacks: dict[tuple[bool, tuple[Slot, ...]], CheckAnswer | None] = field(default_factory=dict)

    def lack(self, check: Check) -> CheckAnswer | None:
        """What there is to say because evidence is missing that the check can't do without; None where it can be asked."""
        key = (check.essential, check.required)
        try:
            return self._lacks[key]
        except KeyError:
            found = self._lacks[key] = self._look_up(*key)
            return found

    def _look_up(self, essential: bool, required: Iterable[Slot]) -> CheckAnswer | None:  # noqa: FBT001 -- half of the key.
        stated = CheckAnswer(self.where, lacking=True)
        for slot in required:
            value = self.slots[slot]
            if not isinstance(value, Unavailable):
                continue
            if value.reason is Reason.IN_CLEAR:
                return CheckAnswer(
                    self.where, skipped=[str(value)], lacking=True
                )  # Whatever else is missing, there is no question.
            # Without an access that nobody configured there is no question; of an essential one that would make an ok of nothing.
            not_requested = value.reason is Reason.OFFLINE or (value.not_configured and not essential)
            _once(stated.skipped if not_requested else stated.unknown, str(value))
            if not not_requested:
                stated.missing.append(value)
        return None if stated.silent else stated


class _UndeclaredError(Exception):
    """A finding is of a severity that its check does not declare: what documents and filters say of the check would be wrong."""

    def __init__(self, severity: Severity) -> None:
        super().__init__(severity)
        self.severity = severity


class Question:
    """A check, made ready once to be asked at every place and in every round."""

    def __init__(self, check: Check) -> None:
        self.check = check
        self.is_of_a_foreign_pack = check.pack != BUILTIN_PACK
        self._evidence = _values_of(tuple(slot for _, slot in check.arguments))
        self._run: Callable[..., Iterable[object]] | None = None

    def things(self, slots: Slots) -> list[object]:
        """Everything that the check yields where it lacks nothing, and an error that ended it; of most nothing at all."""
        things: list[object] = []
        try:
            run = self._run or self._made_ready()
            things.extend(islice(run(*self._evidence(slots)), MAX_FINDINGS))
        except (Exception, SystemExit, GeneratorExit, asyncio.CancelledError) as error:  # noqa: BLE001 -- a crashing check is a verdict, never a crash.
            things.append(_Crash(type(error).__name__))
        return things

    def _made_ready(self) -> Callable[..., Iterable[object]]:
        """Where the function stands in a module that nobody needed yet, that is imported now."""
        self._run = _by_position(self.check)
        return self._run

    def answer(self, things: Iterable[object], where: str) -> CheckAnswer:
        """What it yielded at a place, looked at and put in order."""
        stated = CheckAnswer(where)
        _take(stated, things, self.check)
        return stated


@dataclass(frozen=True, slots=True)
class _Crash:
    """What a check raised."""

    error: str


def _values_of(slots: tuple[Slot, ...]) -> Callable[[Slots], Iterable[object]]:
    """What gives the values of some slots, in their order."""
    if len(slots) > 1:
        return itemgetter(*slots)
    return lambda values: [values[slot] for slot in slots]


def _by_position(check: Check) -> Callable[..., Iterable[object]]:
    """The function of a check, to be called with its evidence in the order in which it asks for it."""
    run, names = check.function, tuple(parameter for parameter, _ in check.arguments)
    code = getattr(run, "__code__", None)
    if code is not None and code.co_varnames[: code.co_argcount] == names:
        return run
    return lambda *values: run(**dict(zip(names, values, strict=True)))


def ask(question: Question, view: View) -> CheckAnswer:
    """Give the check what it asks for, and take what it says; raises nothing but an interruption from the keyboard."""
    check = question.check
    lack = view.lack(check)
    if lack is not None:
        return lack
    if question.is_of_a_foreign_pack:
        around = view.slots[ClusterEvidence]
        assert isinstance(around, ClusterEvidence)  # noqa: S101 -- every view holds it.
        arguments = {parameter: view.slots[slot] for parameter, slot in check.arguments}
        return _in_time(check, arguments, view.where, around)
    things = question.things(view.slots)
    return question.answer(things, view.where) if things else CheckAnswer(view.where)


# Checks that did not end, with the thread that each is still in: it is asked again only once that has ended.
_STUCK: Final = dict[str, threading.Thread]()


@dataclass(slots=True)
class _Spent:
    """The seconds that a check has taken in one round."""

    round: tuple[str, datetime]
    seconds: float = 0.0


# By check and by the thread that judges, which judges one round after the other.
_SPENT: Final = dict[tuple[str, int], _Spent]()


def _spent_of(check: Check, around: ClusterEvidence) -> _Spent:
    place, this_round = (check.id, threading.get_ident()), (around.cluster.name, around.taken_at)
    spent = _SPENT.get(place)
    if spent is None or spent.round != this_round:
        spent = _SPENT[place] = _Spent(this_round)
    return spent


def _in_time(check: Check, arguments: Mapping[str, object], where: str, around: ClusterEvidence) -> CheckAnswer:
    """Ask a check of a foreign pack on a thread of its own, so that one that never ends is left behind there."""
    stuck = _STUCK.get(check.id)
    if stuck is not None and stuck.is_alive():
        return CheckAnswer(where, crashed=f"the check itself has not ended since an earlier question; {_REPORT_IT}")
    _STUCK.pop(check.id, None)
    spent = _spent_of(check, around)
    if spent.seconds >= MAX_ROUND_SECONDS:
        return CheckAnswer(
            where, crashed=f"the check itself took more than {MAX_ROUND_SECONDS:.0f} s of this round; {_REPORT_IT}"
        )
    stated, started = CheckAnswer(where), time.monotonic()
    thread = threading.Thread(
        target=_take_anything, args=(stated, check, arguments), name=f"check {check.id}", daemon=True
    )
    thread.start()
    thread.join(MAX_CHECK_SECONDS)
    spent.seconds += time.monotonic() - started
    if thread.is_alive():
        _STUCK[check.id] = thread
        return CheckAnswer(
            where, crashed=f"the check itself did not end within {MAX_CHECK_SECONDS:.0f} s; {_REPORT_IT}"
        )
    return stated


def _take(stated: CheckAnswer, things: Iterable[object], check: Check) -> None:
    try:
        for thing in things:
            _note(stated, thing, check)
    except _UndeclaredError as error:
        stated.crashed = f"the check itself raised a severity that it does not declare ({error.severity}); {_REPORT_IT}"
    except (Exception, SystemExit, GeneratorExit, asyncio.CancelledError) as error:  # noqa: BLE001 -- a crashing check is a verdict, never a crash.
        stated.crashed = _failed(type(error).__name__)


def _failed(error: str) -> str:
    return f"the check itself failed ({error}); {_REPORT_IT}"


def _take_anything(stated: CheckAnswer, check: Check, arguments: Mapping[str, object]) -> None:
    """The same on a thread of its own, where nobody else is interrupted: whatever ends it early is no answer, and silence would be a pass."""
    try:
        _take(stated, islice(check.run(**arguments), MAX_FINDINGS), check)
    except BaseException as error:  # noqa: BLE001 -- also what no other error is derived from.
        stated.crashed = _failed(type(error).__name__)


def _once(texts: list[str], text: str) -> None:
    if text not in texts:
        texts.append(text)


def _note(stated: CheckAnswer, thing: object, check: Check) -> None:
    match thing:
        case Finding():
            finding = checked(thing, copied=check.pack != BUILTIN_PACK)
            if finding.severity is not None and finding.severity not in check.severities:
                raise _UndeclaredError(finding.severity)
            stated.findings.append(finding)
        case Unknown(because=str() as because, piece=Unavailable() | None as piece):
            stated.unknown.append(clip(str.__str__(because)))
            stated.missing += [piece] if piece is not None else []
        case NotApplicable(because=str() as because):
            stated.skipped.append(clip(str.__str__(because)))
        case _Crash(error):
            stated.crashed = _failed(error)
        case _:
            msg = f"a check yields Finding, Unknown or NotApplicable with a text, not {type(thing).__name__}"
            raise TypeError(msg)
