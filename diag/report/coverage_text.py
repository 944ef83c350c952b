"""How far a remote was looked at, in words: the strip of each remote, and what would make the rest asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from diag.model import ClusterReport, Coverage, RemoteReport, Report, SecurityModel, Seen, Status

MARKS: Final = {Seen.YES: "✓", Seen.NO: "✗", Seen.UNKNOWN: "?", Seen.NOT_ASKED: "–"}  # noqa: RUF001 -- a dash, where a minus would look like a failure.
MAINTENANCE: Final = "maintenance"
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


def seen_from(remote: RemoteReport) -> str:
    """One line: from which vantage points it was looked at, and how each sees it where they differ. Empty where there is none."""
    statuses = {one.report.status for one in remote.views}
    views = (
        f"{one.seen_from} {status_word(one.report)}" if len(statuses) > 1 else str(one.seen_from)
        for one in remote.views
    )
    return f"seen from {', '.join(views)}" if remote.views else ""


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


def status_word(report: RemoteReport | ClusterReport | Report) -> str:
    """The status for a reader: the excuse of what is unknown for no other reason, else the status itself."""
    return excuse(report) or str(report.status)


def excuse(report: RemoteReport | ClusterReport | Report) -> str:
    """Why something is unknown that alarms nobody; empty where it is not unknown, or for another reason.

    ``passed``: the choice of checks left out essential questions. ``nothing found in the files``: nobody looked at it.
    ``maintenance``: what was found or stayed open counts for nothing now.
    """
    if report.status is not Status.UNKNOWN:
        return ""
    if isinstance(report, RemoteReport):
        if report.maintenance is not None:
            return MAINTENANCE
        return ("passed" if strip(report) else "nothing found in the files") if report.passed else ""
    parts: tuple[ClusterReport | RemoteReport, ...] = report.clusters if isinstance(report, Report) else report.remotes
    own = {MAINTENANCE} if isinstance(report, ClusterReport) and report.maintenance is not None else set()
    if isinstance(report, ClusterReport) and report.unanswered is not None and not own:
        return ""
    excuses = {excuse(one) for one in parts if one.status is not Status.OK} | own
    if not parts or "" in excuses:
        return ""
    return MAINTENANCE if MAINTENANCE in excuses else "passed"


def coverage_texts(coverage: Coverage) -> dict[str, str]:
    """The parts as plain values, in order."""
    return {part: seen.value for part, seen in coverage.parts}
