"""The alerts on remotes as a whole: broken, not to be judged, with a warning. One for each remote, whatever fails behind its cause."""

from __future__ import annotations

from diag.alert_rules import expressions as when
from diag.alert_rules import templates as say
from diag.alert_rules.rule import Alert
from diag.alert_rules.rule_limits import RuleLimits
from diag.alert_rules.status_alerts import REMOTE_ALERTS, SEVERITIES
from diag.model import Status


def alerts_on_remotes(limits: RuleLimits) -> tuple[Alert, ...]:
    """By status."""
    return (_failing(limits), _unknown(limits), _warning(limits))


def _failing(limits: RuleLimits) -> Alert:
    return Alert(
        name=REMOTE_ALERTS[Status.FAIL],
        why="One alert for each remote, however much fails behind its root cause.",
        expr=when.remote_is(2),
        wait=limits.wait,
        severity=SEVERITIES[Status.FAIL],
        summary=f"Remote {say.REMOTE} fails{say.first_cause('summary', before=': ')}",
        description=say.causes("What fails is on the page of the remote."),
        action=say.first_cause("remedy", otherwise="Open the page of the remote: it says what fails."),
        page=say.REMOTE_PAGE,
        runbook=say.manual_of_first("diag_root_cause_info"),
    )


def _unknown(limits: RuleLimits) -> Alert:
    return Alert(
        name=REMOTE_ALERTS[Status.UNKNOWN],
        why="Nobody knows whether the remote works: that is not the same as a remote that works.",
        expr=f"diag_remote_status == 3\nunless on ({when.REMOTE_LABELS}) diag_maintenance == 1",
        wait=limits.wait_unknown,
        severity=SEVERITIES[Status.UNKNOWN],
        summary=f"Remote {say.REMOTE} can't be judged{say.first_open('because', before=': ')}",
        description=say.open_questions("Something essential is not known; the page of the remote says what."),
        action=say.first_open(
            "hint",
            before="To have it asked: ",
            otherwise="Remove the reason; the page of the remote has the evidence.",
        ),
        page=say.REMOTE_PAGE,
        runbook=say.manual_of_first("diag_open_question_info"),
    )


def _warning(limits: RuleLimits) -> Alert:
    return Alert(
        name=REMOTE_ALERTS[Status.WARN],
        why="It works, and somebody has to do something before it breaks.",
        expr=when.remote_is(1),
        wait=limits.wait_unknown,
        severity=SEVERITIES[Status.WARN],
        summary=f"Remote {say.REMOTE} works, with a warning{say.first_cause('summary', before=': ')}",
        description=say.causes("The warning is on the page of the remote."),
        action=say.first_cause("remedy", otherwise="Open the page of the remote: it says what to do."),
        page=say.REMOTE_PAGE,
        runbook=say.manual_of_first("diag_root_cause_info"),
    )
