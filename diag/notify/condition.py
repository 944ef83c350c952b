"""How a remote or a local cluster is, in what a receiver is sent: status, causes in order, fixes, links. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final
from urllib.parse import quote

from diag.alert_rules.status_alerts import CLUSTER_ALERTS, REMOTE_ALERTS, SEVERITIES
from diag.engine import own_status, root_causes
from diag.lazy_dataclass import dataclass
from diag.metrics.label_values import MAX_SENTENCE_LENGTH
from diag.model import ClusterReport, Result, Status
from diag.text import shown

_MAX_CAUSES: Final = 9  # As in the series: nobody reads more of them in a message.


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One root cause: which check, how severe, its sentence and its fix."""

    check: str
    severity: str
    summary: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """How something is; an empty ``remote`` is the local cluster itself. ``because`` says what stayed open, each ``(check, reason)``.

    ``maintenance`` is the note of the time of maintenance that is on.
    """

    cluster: str
    remote: str
    status: Status
    causes: tuple[Cause, ...] = ()
    because: tuple[tuple[str, str], ...] = ()
    maintenance: str = ""

    @property
    def alert(self) -> str:
        """The name of the alert, as in the rules; empty where there is none."""
        return (REMOTE_ALERTS if self.remote else CLUSTER_ALERTS).get(self.status, "")

    @property
    def severity(self) -> str:
        """How severe the alert is, as in the rules."""
        return SEVERITIES.get(self.status, "none")

    @property
    def summary(self) -> str:
        """One sentence."""
        what = f"Remote {self.remote} of {self.cluster}" if self.remote else f"The local cluster {self.cluster}"
        words = {Status.OK: "is well", Status.WARN: "works, with a warning", Status.FAIL: "fails"}
        why = self.causes[0].summary if self.causes else self.because[0][1] if self.because else ""
        text = f"{what} {words.get(self.status, 'cannot be judged')}"
        return f"{text}: {why}" if why else f"{text}."

    @property
    def description(self) -> str:
        """Every cause in its order with its fix, else what stayed open."""
        lines = [
            line
            for place, one in enumerate(self.causes, 1)
            for line in (f"{place}. {one.check} ({one.severity}): {one.summary}", f"Fix: {one.remedy}")
        ]
        lines += [f"{check}: {reason}" if check else reason for check, reason in self.because]
        return "\n".join(lines) or "The page says what is known."

    def page(self, web: str) -> str:
        """The address of its page."""
        if not self.remote:
            return f"{web}/clusters/{quote(self.cluster, safe='')}"
        return f"{web}/remote/{quote(self.cluster, safe='')}/{quote(self.remote, safe='')}"

    def runbook(self, web: str) -> str:
        """The address of the manual page of the first check; that of the overview where there is none."""
        checks = [one.check for one in self.causes] or [check for check, _ in self.because if check]
        return f"{web}/checks/{checks[0]}" if checks else f"{web}/"


def conditions(report: ClusterReport, failure: str = "", only: Collection[str] | None = None) -> tuple[Condition, ...]:
    """How the cluster itself and each of its remotes (or those in ``only``) are. ``failure`` says why nothing of it can be trusted."""
    silent = [] if report.unanswered is None or report.maintenance else [("", str(report.unanswered))]
    known = [("", failure)] if failure else []
    own = Condition(
        cluster=report.name,
        remote="",
        status=own_status(report),
        causes=_causes(root_causes(report.results), report.results),
        because=_open([*known, *silent], own_status(report), report.results),
        maintenance=_note(report.maintenance),
    )
    remotes = {
        one.alias: Condition(
            cluster=report.name,
            remote=one.alias,
            status=one.status,
            causes=_causes(one.root_causes, one.results),
            because=_open(known, one.status, one.results),
            maintenance=_note(one.maintenance),
        )
        for one in sorted(report.remotes, key=lambda one: one.status is Status.FAIL)
        if one.alias and (only is None or one.alias in only)
    }
    return (own, *remotes.values())


def _note(acknowledged: object) -> str:
    return str(getattr(acknowledged, "note", ""))


def _causes(checks: Iterable[str], results: Iterable[Result]) -> tuple[Cause, ...]:
    known = {result.check: result for result in results}
    found = [known[check] for check in checks if check in known and known[check].findings]
    return tuple(
        Cause(
            check=one.check,
            severity=str(one.severity or ""),
            summary=shown(one.findings[0].summary, MAX_SENTENCE_LENGTH),
            remedy=shown(one.findings[0].full_remedy, MAX_SENTENCE_LENGTH),
        )
        for one in found[:_MAX_CAUSES]
    )


def _open(known: Iterable[tuple[str, str]], status: Status, results: Iterable[Result]) -> tuple[tuple[str, str], ...]:
    if status is not Status.UNKNOWN:
        return ()
    questions = [*known, *((one.check, one.because) for one in results if one.is_open)]
    return tuple((check, shown(why, MAX_SENTENCE_LENGTH)) for check, why in questions[:_MAX_CAUSES])
