"""Ask one check at one place. Whatever it does, the other checks go on: it fails, it talks nonsense, or it never ends."""

from __future__ import annotations

import asyncio
import json
import math
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, fields
from itertools import islice
from typing import Final

from diag.check import Check, NotApplicable, Unknown
from diag.evidence.slots import Slot
from diag.lazy_dataclass import dataclass
from diag.model import Finding, Fix, Reason, Request, Severity, Unavailable, Where

MAX_FINDINGS: Final = 100  # A check that goes on for ever must not take the report with it.
MAX_TYPED: Final = (
    10_000  # Characters of one thing to type; nobody types more, and a peer chooses how long its names are.
)
MAX_CHECK_SECONDS: Final = (
    10.0  # Seconds that a check of a foreign pack may take at one place; no rule takes a hundredth of it.
)
BUILTIN_PACK: Final = "builtin"
_REPORT_IT: Final = "please report it"

Slots = Mapping[Slot, object]


@dataclass(slots=True)
class CheckAnswer:
    """What a check yielded at one place."""

    where: str
    findings: list[Finding] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    missing: list[Unavailable] = field(default_factory=list)
    crashed: str = ""

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
        stated = CheckAnswer(self.where)
        for slot in required:
            value = self.slots[slot]
            if not isinstance(value, Unavailable):
                continue
            if value.reason is Reason.IN_CLEAR:
                return CheckAnswer(self.where, skipped=[str(value)])  # Whatever else is missing, there is no question.
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


def ask(check: Check, view: View) -> CheckAnswer:
    """Give the check what it asks for, and take what it says; raises nothing but an interruption from the keyboard."""
    lack = view.lack(check)
    if lack is not None:
        return lack
    stated = CheckAnswer(view.where)
    arguments = {need.parameter: view.slots[need.slot] for need in check.needs}
    if check.pack == BUILTIN_PACK:
        _take_yields(stated, check, arguments)
        return stated
    return _in_time(check, arguments, view.where)


# Checks that did not end, with the thread that each is still in: it is asked again only once that has ended.
_STUCK: Final = dict[str, threading.Thread]()


def _in_time(check: Check, arguments: Mapping[str, object], where: str) -> CheckAnswer:
    """Ask a check of a foreign pack on a thread of its own, so that one that never ends is left behind there."""
    stuck = _STUCK.get(check.id)
    if stuck is not None and stuck.is_alive():
        return CheckAnswer(where, crashed=f"the check itself has not ended since an earlier question; {_REPORT_IT}")
    _STUCK.pop(check.id, None)
    stated = CheckAnswer(where)
    thread = threading.Thread(
        target=_take_yields, args=(stated, check, arguments), name=f"check {check.id}", daemon=True
    )
    thread.start()
    thread.join(MAX_CHECK_SECONDS)
    if thread.is_alive():
        _STUCK[check.id] = thread
        return CheckAnswer(
            where, crashed=f"the check itself did not end within {MAX_CHECK_SECONDS:.0f} s; {_REPORT_IT}"
        )
    return stated


def _take_yields(stated: CheckAnswer, check: Check, arguments: Mapping[str, object]) -> None:
    try:
        for thing in islice(check.run(**arguments), MAX_FINDINGS):
            _note(stated, thing, check)
    except _UndeclaredError as error:
        stated.crashed = f"the check itself raised a severity that it does not declare ({error.severity}); {_REPORT_IT}"
    except (Exception, SystemExit, GeneratorExit, asyncio.CancelledError) as error:  # noqa: BLE001 -- a crashing check is a verdict, never a crash.
        stated.crashed = f"the check itself failed ({type(error).__name__}); {_REPORT_IT}"


def _once(texts: list[str], text: str) -> None:
    if text not in texts:
        texts.append(text)


def _note(stated: CheckAnswer, thing: object, check: Check) -> None:
    match thing:
        case Finding():
            for nonsense in _nonsense(thing):
                raise TypeError(nonsense)
            if thing.severity is not None and thing.severity not in check.severities:
                raise _UndeclaredError(thing.severity)
            stated.findings.append(thing)
        case Unknown(because=str() as because, piece=Unavailable() | None as piece):
            stated.unknown.append(str.__str__(because))
            stated.missing += [piece] if piece is not None else []
        case NotApplicable(because=str() as because):
            stated.skipped.append(str.__str__(because))
        case _:
            msg = f"a check yields Finding, Unknown or NotApplicable with a text, not {type(thing).__name__}"
            raise TypeError(msg)


def _nonsense(finding: Finding) -> Iterator[str]:
    """What of a finding is not of the type that it says; formats rely on it, and a foreign pack need not be type-checked."""
    stated: dict[str, object] = {one.name: getattr(finding, one.name) for one in fields(finding)}
    # A subclass of str may do anything when it is compared or hashed.
    if type(stated["summary"]) is not str or type(stated["remedy"]) is not str:
        yield "summary and remedy of a finding are texts"
    if not (stated["severity"] is None or isinstance(stated["severity"], Severity)):
        yield "the severity of a finding is a Severity"
    docs, facts = stated["docs"], stated["facts"]
    if not (isinstance(docs, tuple) and all(isinstance(link, str) for link in docs)):
        yield "docs of a finding are a tuple of texts"
    if not (isinstance(facts, Mapping) and all(_is_fact(*item) for item in facts.items())):
        yield "facts of a finding are texts, numbers, truth values or tuples of texts, by name"

    fix = stated["fix"]
    if not (isinstance(fix, tuple) and all(isinstance(one, Fix) and _can_be_typed(one) for one in fix)):
        yield "fix of a finding is a tuple of Fix: calls with a body of JSON, and printable lines"


def _can_be_typed(fix: Fix) -> bool:
    """Whether what is typed is what it says: a line break in a command would be a second command."""
    stated: dict[str, object] = {one.name: getattr(fix, one.name) for one in fields(fix)}
    requests, texts = stated["requests"], [stated[name] for name in ("commands", "yml", "file", "when")]
    if not isinstance(stated["where"], Where) or not isinstance(requests, tuple):
        return False
    if not all(isinstance(one, Request) and _is_request(one) for one in requests):
        return False
    return all(isinstance(text, str) and _is_printable(text) for text in texts)


def _is_printable(text: str) -> bool:
    return len(text) <= MAX_TYPED and all(map(str.isprintable, str.split(text, "\n")))


def _is_request(request: Request) -> bool:
    body = json.dumps(request.body, allow_nan=False)
    return len(body) <= MAX_TYPED and _is_printable(request.line) and "\n" not in request.line


def _is_fact(name: object, value: object) -> bool:
    if isinstance(value, (tuple, list)):
        fine = all(isinstance(item, str) for item in value)
    elif isinstance(value, float):
        fine = math.isfinite(value)
    else:
        fine = isinstance(value, (str, int))
    return fine and isinstance(name, str)
