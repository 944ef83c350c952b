"""What changed between what is known and what a report says. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from datetime import datetime

from diag.history.event import EventKind
from diag.history.known import MAX_SUBJECTS, SHOWN, Facts, Group, Seen
from diag.lazy_dataclass import dataclass
from diag.model import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is known of one remote, or of the local cluster itself, and since when it has had its status.

    ``failing`` says since when each check fails without a break.
    ``status`` is None while it is gone; its facts stay, for who removes a remote mostly adds it again with other settings.
    """

    status: Status | None
    since: datetime
    root_causes: tuple[str, ...] = ()
    failing: Mapping[str, datetime] = field(default_factory=dict)
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of one remote, not yet an event."""

    remote: str
    kind: EventKind
    subject: str = ""
    before: str = ""
    after: str = ""


def compare(
    known: Mapping[str, State], seen: Mapping[str, Seen], at: datetime, *, incomplete: bool = False
) -> tuple[tuple[Change, ...], dict[str, State]]:
    """What changed, and what is known from now on; a state in which nothing changed is the same object.

    ``incomplete``: what is not among ``seen`` is not gone, its status is just unknown.
    """
    changes: list[Change] = []
    states = dict(known)
    for name, one in seen.items():
        before = known.get(name)
        changes += _changes(name, before, one)
        states[name] = _advanced(before, one, at, incomplete=incomplete)
    for name, state in known.items():
        if name in seen or state.status is None:
            continue
        if not incomplete:
            changes.append(Change(remote=name, kind=EventKind.GONE, before=state.status))
        elif state.status is not Status.UNKNOWN:
            changes.append(Change(remote=name, kind=EventKind.STATUS, before=state.status, after=Status.UNKNOWN))
        else:
            continue
        changes += _causes(name, state.root_causes, ())
        states[name] = replace(
            state,
            status=Status.UNKNOWN if incomplete else None,
            since=at,
            root_causes=(),
            failing=state.failing if incomplete else {},
        )
    return tuple(changes), states


def _changes(name: str, before: State | None, seen: Seen) -> Iterator[Change]:
    """What may be a cause stands before what became of it."""
    for group, facts in seen.facts.items():
        if before is not None and group in before.facts:
            yield from _differences(name, group, before.facts[group], facts)
    status = before.status if before else None
    if status is None:
        yield Change(remote=name, kind=EventKind.APPEARED, after=seen.status)
    elif status is not seen.status:
        yield Change(remote=name, kind=EventKind.STATUS, before=status, after=seen.status)
    yield from _causes(name, before.root_causes if before else (), seen.root_causes)


def _causes(name: str, before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[Change]:
    if before != after:
        yield Change(remote=name, kind=EventKind.ROOT_CAUSE, before=", ".join(before), after=", ".join(after))


def _differences(
    name: str, group: Group, before: Mapping[str, str | None], after: Mapping[str, str | None]
) -> Iterator[Change]:
    for subject, value in after.items():
        old = before.get(subject, "")
        if old is None or value is None or old == value:
            continue  # What was never known before is no change, nor is what can't be known now.
        if group == SHOWN and subject not in before and value in before.values():
            continue  # A further address with the certificate of the others.
        yield Change(remote=name, kind=group[0], subject=subject, before=old, after=value)
    if group == SHOWN:
        return  # That an address is no longer there is a change of the address.
    for subject, old in before.items():
        if old and subject not in after:
            yield Change(remote=name, kind=group[0], subject=subject, before=old)


def _advanced(before: State | None, seen: Seen, at: datetime, *, incomplete: bool) -> State:
    if before is None:
        failing = dict.fromkeys(sorted(seen.failing), at)
        return State(status=seen.status, since=at, root_causes=seen.root_causes, failing=failing, facts=seen.facts)
    # A check without a verdict keeps its time: that nobody could look does not mean that it was well.
    unanswered = before.failing.keys() if incomplete else before.failing.keys() & seen.unanswered
    failing = {one: before.failing.get(one, at) for one in sorted({*seen.failing, *unanswered})}
    since = before.since if before.status is seen.status else at
    facts = {**before.facts, **{group: _carried(group, before.facts, found) for group, found in seen.facts.items()}}
    after = State(status=seen.status, since=since, root_causes=seen.root_causes, failing=failing, facts=facts)
    return before if after == before else after


def _carried(group: Group, before: Facts, found: Mapping[str, str | None]) -> Mapping[str, str | None]:
    """What could not be had this time stays as it was. Addresses are remembered when they are away: they come back."""
    old = before.get(group, {})
    merged = {subject: old.get(subject) if value is None else value for subject, value in found.items()}
    if group != SHOWN:
        return merged
    away = {subject: value for subject, value in old.items() if subject not in merged}
    return dict(tuple({**away, **merged}.items())[-MAX_SUBJECTS:])
