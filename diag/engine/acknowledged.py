"""What the user decided about findings: other severities, what is acknowledged until a day, what is under maintenance now. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from fnmatch import fnmatchcase
from typing import Final

from diag.lazy_dataclass import dataclass, replaced
from diag.model import Acknowledgement, Outcome, Policy, Result, Severity
from diag.text import fits


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """What of a policy holds at one moment for one remote (or, with an empty alias, for the local cluster itself)."""

    severity: tuple[tuple[str, Severity], ...]
    acknowledged: tuple[Acknowledgement, ...]
    maintenance: Acknowledgement | None

    def of(self, result: Result) -> Result:
        """Put in what they make of a result. Under maintenance an open question is no news either."""
        if result.outcome is Outcome.FAIL:
            result = self._weighed(result)
            known = self.acknowledgement(result.check) or self.maintenance
            return replaced(result, acknowledged=known) if known else result
        if self.maintenance is not None and result.outcome in {Outcome.UNKNOWN, Outcome.ERROR}:
            return replaced(result, acknowledged=self.maintenance)
        return result

    def acknowledgement(self, check: str) -> Acknowledgement | None:
        """By which a failure of a check is known; None where nobody acknowledged it."""
        return next((one for one in self.acknowledged if fnmatchcase(check, one.check)), None)

    def of_all(self, results: Iterable[Result]) -> tuple[Result, ...]:
        """Put in what they make of results."""
        results = tuple(results)
        idle = not (self.severity or self.acknowledged or self.maintenance)
        return results if idle else tuple(map(self.of, results))

    def _weighed(self, result: Result) -> Result:
        level = next((level for glob, level in self.severity if fnmatchcase(result.check, glob)), None)
        if level is None:
            return result
        findings = tuple(replaced(finding, severity=level) for finding in result.findings)
        return replaced(result, severity=level, findings=findings)


_NONE: Final = Decisions(severity=(), acknowledged=(), maintenance=None)


def decisions(policy: Policy, cluster: str, remote: str, at: datetime) -> Decisions:
    """What of a policy holds for a remote at a moment."""
    if not (policy.severity or policy.acknowledge or policy.maintenance):
        return _NONE
    return Decisions(
        severity=tuple((glob, Severity(level)) for glob, level in policy.severity.items()),
        acknowledged=tuple(
            one
            for one in policy.acknowledge
            if at.date() <= date.fromisoformat(one.until) and fits(cluster, one.cluster) and fits(remote, one.remote)
        ),
        maintenance=_maintenance(policy, cluster, remote, at),
    )


def _maintenance(policy: Policy, cluster: str, remote: str, at: datetime) -> Acknowledgement | None:
    """The window that is open for longest."""
    opened = [
        (ends, window)
        for window in policy.maintenance
        if fits(cluster, window.cluster) and fits(remote, window.remote) and (ends := window.ends(at))
    ]
    if not opened:
        return None
    ends, window = max(opened, key=lambda one: one[0])
    return Acknowledgement(
        check="*",
        until=ends.isoformat().replace("+00:00", "Z"),
        note=window.note,
        cluster=cluster,
        remote=remote,
        maintenance=True,
    )
