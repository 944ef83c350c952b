"""The remotes of a page, put together by what is wrong with them: one block for each cause, the newest first, those that are ok last."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from diag.board import ClusterState, Snapshot
from diag.history import History
from diag.lazy_dataclass import dataclass
from diag.model import RemoteReport, Status
from diag.web.background import Background
from diag.web.remote_line import Line, line_of
from diag.web.shown_cause import Cause
from diag.web.shown_past import since_of
from diag.web.views import Moment
from diag.web.wanted import Wanted, leading_check

WORST_FIRST: Final = (Status.FAIL, Status.UNKNOWN, Status.WARN, Status.OK)
MAX_BLOCKS: Final = 20  # On one page.
MAX_LINES: Final = 120  # On one page, shared among its blocks,
MIN_LINES_EACH: Final = 5  # of which each shows at least so many.
UNFOLDED: Final = 3  # So few remotes are shown without being asked for.


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Remotes that have one cause. ``of`` names the one whose sentence and fix are shown, where those of the others differ.

    ``everyone`` is the address that shows them all; ``folded`` says that their lines are shown when somebody asks.
    """

    key: str
    status: Status
    check: str
    title: str
    cause: Cause | None
    of: str
    count: int
    lines: tuple[Line, ...]
    since: Moment
    everyone: str
    folded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The blocks of one page, and which of how many pages it is."""

    blocks: tuple[Block, ...]
    number: int
    pages: int


@dataclass(frozen=True, slots=True)
class _Entry:
    cluster: str
    state: ClusterState
    remote: RemoteReport
    since: datetime


def page_of(snapshot: Snapshot, background: Background, wanted: Wanted, now: datetime, number: int) -> Page:
    """Choose, group and order; ``number`` is the wanted page, from 1.

    Many causes are shared out among pages; of one cause alone, its remotes are.
    """
    groups = _grouped(snapshot, background.history, wanted)
    if len(groups) == 1:
        ((key, entries),) = groups
        pages = -(-len(entries) // MAX_LINES)
        number = min(number, pages)
        part = entries[(number - 1) * MAX_LINES : number * MAX_LINES]
        block = _block(key, entries, part, wanted, background, now)
        return Page(blocks=(dataclasses.replace(block, folded=False),), number=number, pages=pages)
    pages = max(1, -(-len(groups) // MAX_BLOCKS))
    number = min(number, pages)
    chosen = groups[(number - 1) * MAX_BLOCKS : number * MAX_BLOCKS]
    each = max(MIN_LINES_EACH, MAX_LINES // max(1, len(chosen)))
    blocks = tuple(_block(key, entries, entries[:each], wanted, background, now) for key, entries in chosen)
    return Page(blocks=blocks, number=number, pages=pages)


def _grouped(snapshot: Snapshot, history: History, wanted: Wanted) -> list[tuple[tuple[Status, str], list[_Entry]]]:
    groups: dict[tuple[Status, str], list[_Entry]] = {}
    for entry in _entries(snapshot, history, wanted):
        status = entry.remote.status
        # Of a cluster whose rounds bring nothing, no check says why.
        nameless = status is Status.OK or bool(entry.state.round.failure)
        check = "" if nameless else leading_check(entry.remote, wanted.cause)
        groups.setdefault((status, check), []).append(entry)
    for entries in groups.values():
        entries.sort(key=lambda one: (-one.since.timestamp(), one.cluster, one.remote.alias))
    order = {status: place for place, status in enumerate(WORST_FIRST)}
    return sorted(groups.items(), key=lambda item: (order[item[0][0]], -item[1][0].since.timestamp(), item[0][1]))


def _entries(snapshot: Snapshot, history: History, wanted: Wanted) -> Iterator[_Entry]:
    for name, state in snapshot.shown.items():
        for remote in state.report.remotes:
            if wanted.takes(name, remote):
                yield _Entry(name, state, remote, since_of(history, name, remote.alias, state))


def _block(
    key: tuple[Status, str],
    entries: Sequence[_Entry],
    part: Sequence[_Entry],
    wanted: Wanted,
    background: Background,
    now: datetime,
) -> Block:
    (status, check), first = key, entries[0]
    lines = tuple(line_of(one.cluster, one.state, one.remote, one.since, now) for one in part)
    cause = _cause_by(lines[0], check)
    alike = cause is None or _alike(lines, check)
    everyone = dataclasses.replace(wanted, status=status, cause=check or wanted.cause)
    return Block(
        key=f"{status} {check}",
        status=status,
        check=check,
        title=background.problems.get(check, "") if not alike else "",
        cause=cause,
        of="" if alike else f"{part[0].cluster} → {part[0].remote.alias}",
        count=len(entries),
        lines=lines,
        since=Moment.of(first.since, now),
        everyone=everyone.address,
        folded=len(entries) > UNFOLDED,
    )


def _cause_by(line: Line, check: str) -> Cause | None:
    return next((one for one in line.causes if one.check == check), None)


def _alike(lines: Iterable[Line], check: str) -> bool:
    """Whether one sentence and one fix are about all of them."""
    return len({(c.summary, c.remedy, c.typed) if (c := _cause_by(one, check)) else None for one in lines}) == 1
