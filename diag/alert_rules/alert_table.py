"""Every alert: what it means, its condition, how long it has to last, and what it says to whoever is called."""

from __future__ import annotations

from diag.alert_rules.cluster_alerts import alerts_on_clusters
from diag.alert_rules.date_alerts import alerts_on_dates
from diag.alert_rules.diag_alerts import alerts_on_diag
from diag.alert_rules.remote_alerts import alerts_on_remotes
from diag.alert_rules.replication_alerts import alerts_on_replication
from diag.alert_rules.rule import Alert
from diag.alert_rules.rule_limits import RuleLimits


def alerts(limits: RuleLimits) -> tuple[Alert, ...]:
    """The table, in the order of the file."""
    return (
        *alerts_on_remotes(limits),
        *alerts_on_clusters(limits),
        *alerts_on_dates(limits),
        *alerts_on_replication(limits),
        *alerts_on_diag(limits),
    )
