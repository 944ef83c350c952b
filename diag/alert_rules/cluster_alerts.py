"""The alerts on local clusters themselves, their remotes aside."""

from __future__ import annotations

from diag.alert_rules import templates as say
from diag.alert_rules.rule import Alert
from diag.alert_rules.rule_limits import RuleLimits
from diag.alert_rules.status_alerts import CLUSTER_ALERTS, SEVERITIES
from diag.model import Status


def alerts_on_clusters(limits: RuleLimits) -> tuple[Alert, ...]:
    """By status."""
    return (_failing(limits), _unknown(limits), _warning(limits))


def _failing(limits: RuleLimits) -> Alert:
    return Alert(
        name=CLUSTER_ALERTS[Status.FAIL],
        why="What concerns the local cluster itself, and so all its remotes: nodes lack a role, for example.",
        expr="diag_cluster_status == 2",
        wait=limits.wait,
        severity=SEVERITIES[Status.FAIL],
        summary=f"The local cluster {say.CLUSTER} has a fault of its own{say.first_cause('summary', before=': ')}",
        description=say.causes("What fails is on the page of the cluster."),
        action=say.first_cause("remedy", otherwise="Open the page of the cluster: it says what fails."),
        page=say.CLUSTER_PAGE,
        runbook=say.manual_of_first("diag_root_cause_info"),
    )


def _unknown(limits: RuleLimits) -> Alert:
    return Alert(
        name=CLUSTER_ALERTS[Status.UNKNOWN],
        why="The configured API of a local cluster can't be asked: every check that lives by it is blind meanwhile.",
        expr='diag_cluster_status == 3\nunless on (job, instance, cluster) diag_maintenance{remote=""} == 1',
        wait=limits.wait_unknown,
        severity=SEVERITIES[Status.UNKNOWN],
        summary=f"diag can't ask the local cluster {say.CLUSTER}{say.first_open('because', before=': ')}",
        description=say.open_questions("Why is on the page of the cluster.")
        + "What the cluster says of its remotes is not known meanwhile.",
        action=f"Correct `url`, `auth` or `ca` of {say.CLUSTER} in diag.yaml, or let its API answer.",
        page=say.CLUSTER_PAGE,
        runbook=say.manual_of_first("diag_open_question_info"),
    )


def _warning(limits: RuleLimits) -> Alert:
    return Alert(
        name=CLUSTER_ALERTS[Status.WARN],
        why="The same for warnings about the local cluster itself.",
        expr="diag_cluster_status == 1",
        wait=limits.wait_unknown,
        severity=SEVERITIES[Status.WARN],
        summary=f"The local cluster {say.CLUSTER} has a warning of its own{say.first_cause('summary', before=': ')}",
        description=say.causes("The warning is on the page of the cluster."),
        action=say.first_cause("remedy", otherwise="Open the page of the cluster: it says what to do."),
        page=say.CLUSTER_PAGE,
        runbook=say.manual_of_first("diag_root_cause_info"),
    )
