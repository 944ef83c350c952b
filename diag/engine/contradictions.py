"""What a finding is worth while the local cluster is connected: the local cluster is connected where a check says that it can't be. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from diag.check import Check
from diag.engine.running import CheckAnswer
from diag.lazy_dataclass import replaced
from diag.model import Finding, Severity

_CONNECTED: Final = (
    "The local cluster reports that it is connected: its nodes do not judge as diag does, take another way, or hold a "
    "connection that is older than this and fails the next time."
)


def contradict(stated: Sequence[CheckAnswer], check: Check, first_contacts: Collection[str] = ()) -> None:
    """Add to each finding that the local cluster is connected, which makes it no error by itself.

    Where another address is well, the connection may stand by that one, and contradicts nothing; not so by one of the
    ``first_contacts``, where a sniffing cluster only learns the addresses that it then connects to.
    """
    if check.while_connected is None:
        return
    carrying = (one for one in stated if one.where not in first_contacts)
    if any(one.silent for one in carrying):
        return
    for one in stated:
        if one.findings:
            one.findings = [_contradicted(finding, check, check.while_connected) for finding in one.findings]


def _contradicted(finding: Finding, check: Check, highest: Severity) -> Finding:
    if finding.severity is Severity.INFO:
        return finding
    return replaced(
        finding,
        summary=f"{finding.summary.removesuffix('.')}. {_CONNECTED}",
        remedy=f"Find out first why the connection works; change nothing that works. If it is to be changed: {finding.remedy}",
        fix=tuple(replaced(fix, when=fix.when or "if it is to be changed") for fix in finding.fix),
        severity=min(finding.severity or check.severity, highest, key=lambda level: level.rank),
        facts={**finding.facts, "contradicted_by": "connected: true"},
    )
