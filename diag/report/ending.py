"""The end of a report: which cause stands behind how many remotes, what was not looked at, and how many remotes are in which state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from diag.engine import own_status
from diag.model import Report, Status
from diag.report.coverage_text import MAINTENANCE, choice_of, excuse, not_examined
from diag.report.exitcode import nothing_examined
from diag.report.state_word import is_in_maintenance
from diag.report.styler import Styler
from diag.text import width

_NAMES_SHOWN: Final = 5
_WORDS: Final = {Status.FAIL: "failing", Status.UNKNOWN: "unknown", Status.WARN: "with warnings", Status.OK: "ok"}


def by_cause(report: Report) -> dict[str, Mapping[str, tuple[str, ...]]]:
    """For the failing remotes, and for those with warnings: each root cause with its remotes, the most common one first.

    One remote alone needs no summary: its causes stand above.
    """
    found: dict[str, Mapping[str, tuple[str, ...]]] = {}
    for status in (Status.FAIL, Status.WARN):
        causes: dict[str, list[str]] = {}
        together = [
            (cluster, remote) for cluster in report.clusters for remote in cluster.remotes if remote.status is status
        ]
        for cluster, remote in together:
            name = remote.alias if len(report.clusters) == 1 else f"{cluster.name} → {remote.alias}"
            for check in remote.root_causes:
                causes.setdefault(check, []).append(name)
        if len(together) > 1 and causes:
            ordered = sorted(causes.items(), key=lambda item: -len(item[1]))
            found[f"{len(together)} {_WORDS[status]} by cause"] = {check: tuple(names) for check, names in ordered}
    return found


def some(names: tuple[str, ...], few: int = _NAMES_SHOWN) -> str:
    """Name the first few, and say how many more there are."""
    more = len(names) - few
    return ", ".join(names[:few]) + (f" and {more} more" if more > 0 else "")


def ending(styler: Styler, report: Report) -> list[list[str]]:
    """The blocks at the end of a text."""
    blocks = []
    if causes := list(_causes(styler, report)):
        blocks.append(causes)
    if missing := not_examined(report):
        blocks.append(
            [line for one in missing for line in styler.wrap(styler.text(one), first="Not looked at: ", style="faint")]
        )
    return [*blocks, counted(styler, report)]


def _causes(styler: Styler, report: Report) -> Iterator[str]:
    for head, causes in by_cause(report).items():
        yield styler.paint(styler.text(f"{head}:"), "strong")
        room = max(map(len, causes))
        for check, names in causes.items():
            yield from styler.wrap(styler.text(some(names)), first=f"  {styler.text(check):<{room}}  ")


def counted(styler: Styler, report: Report) -> list[str]:
    """Count the remotes by status; say so where there was none to look at."""
    remotes = [remote for cluster in report.clusters for remote in cluster.remotes]
    counts = Counter(remote.status for remote in remotes)
    excused = Counter(excuse(remote) for remote in remotes)
    maintained = excused.pop(MAINTENANCE, 0)
    passed = excused.total() - excused[""]
    counts[Status.UNKNOWN] -= passed + maintained
    parts = [f"{counts[status]} {word}" for status, word in _WORDS.items() if counts[status]]
    parts += [f"{passed} passed"] if passed else []
    parts += [f"{maintained} under maintenance"] if maintained else []
    slowest_round = max((cluster.evidence.seconds for cluster in report.clusters), default=0.0)
    seconds = f"{slowest_round if report.seconds is None else report.seconds:.2f} s"
    clusters = [c for c in report.clusters if own_status(c) is not Status.OK and not is_in_maintenance(c)]
    what = f"{len(remotes)} remote{'' if len(remotes) == 1 else 's'}: {', '.join(parts)}"
    if nothing_examined(report):
        what = "No remote was looked at, so the result is unknown."
    if chosen := choice_of(report):
        what += f" ({chosen})"
    if clusters:
        what += f"; {len(clusters)} local cluster{'' if len(clusters) == 1 else 's'} not ok"
    if width(what) + 2 + width(seconds) > styler.width:
        return [*styler.wrap(what, style="strong"), styler.sides([], (seconds, "faint"))]
    return [styler.sides([(what, "strong")], (seconds, "faint"))]
