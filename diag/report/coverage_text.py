"""How far a remote was looked at, in words: the strip of each remote, and what would make the rest asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from diag.model import ClusterReport, Coverage, RemoteReport, Report, SecurityModel, Seen, Status

MARKS: Final = {Seen.YES: "✓", Seen.NO: "✗", Seen.UNKNOWN: "?", Seen.NOT_ASKED: "–"}  # noqa: RUF001 -- a dash, where a minus would look like a failure.
_WORDS: Final = {"local_view": "local view", "remote_view": "remote view"}


def part_name(part: str, model: SecurityModel) -> str:
    """How a part of the coverage is called for a reader: the login is a key or a certificate."""
    if part == "login":
        return "key" if model is SecurityModel.API_KEY else "client certificate"
    return _WORDS.get(part, part)


def strip(remote: RemoteReport) -> str:
    """One line: each part, and whether it was seen to be fine, seen to fail, unknown, or not asked. Empty where nothing was asked."""
    model = remote.evidence.remote.security_model
    if all(seen is Seen.NOT_ASKED for _, seen in remote.coverage.parts):
        return ""
    return "  ".join(f"{part_name(part, model)} {MARKS[seen]}" for part, seen in remote.coverage.parts)


def not_examined(report: Report) -> list[str]:
    """Once for the whole report: what was not asked, of which remotes, and what would make it asked."""
    if is_offline(report):
        return ["addresses, certificates of peers, keys and clusters: diag run looks at them"]
    remotes = [remote for cluster in report.clusters for remote in cluster.remotes]
    lines: list[str] = []
    for hint, parts in _hints(remotes).items():
        count = sum(hint in one.coverage.hints.values() for one in remotes)
        of = "" if count == len(remotes) else f" of {count} of {len(remotes)} remotes"
        lines.append(f"{' and '.join(parts)}{of}: {hint}")
    return lines


def _hints(remotes: Iterable[RemoteReport]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for remote in remotes:
        for part, hint in remote.coverage.hints.items():
            names = found.setdefault(hint, [])
            if (name := part_name(part, remote.evidence.remote.security_model)) not in names:
                names.append(name)
    return found


def choice_of(report: Report) -> str:
    """Say how many of the checks were chosen, where it was not all of them, and that no network was used; else nothing."""
    parts = sorted({(c.choice.asked, c.choice.known) for c in report.clusters if not c.choice.whole})
    stated = [f"{asked} of {known} checks" for asked, known in parts]
    return ", ".join([*stated, *(["without a network"] if is_offline(report) else [])])


def is_offline(report: Report) -> bool:
    """Whether nobody was asked: the report is about settings and files."""
    return any(cluster.choice.offline for cluster in report.clusters)


def passed_word(remote: RemoteReport) -> str:
    """What a remote is called that is unknown by choice only: nobody looked at it, or what was chosen passed. Empty for others."""
    if not remote.passed:
        return ""
    return "passed" if strip(remote) else "nothing found in the files"


def status_word(report: RemoteReport | ClusterReport | Report) -> str:
    """The status for a reader: ``passed`` where a choice of checks found nothing and left out essential questions."""
    if isinstance(report, RemoteReport):
        return passed_word(report) or str(report.status)
    return "passed" if is_passed(report) else str(report.status)


def is_passed(report: RemoteReport | ClusterReport | Report) -> bool:
    """Whether something is unknown for one reason only: the choice of checks left out essential questions."""
    if isinstance(report, RemoteReport):
        return report.passed
    if report.status is not Status.UNKNOWN:
        return False
    if isinstance(report, Report):
        return bool(report.clusters) and all(c.status is Status.OK or is_passed(c) for c in report.clusters)
    if report.unanswered is not None or not report.remotes:
        return False
    return all(remote.passed or remote.status is Status.OK for remote in report.remotes)


def coverage_texts(coverage: Coverage) -> dict[str, str]:
    """The parts as plain values, in order."""
    return {part: seen.value for part, seen in coverage.parts}
