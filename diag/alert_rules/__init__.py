"""Prometheus rules for what diag exports: alerts that carry cause and fix, and the availability of remotes. Pure text, from one table."""

from diag.alert_rules.rule_file import rule_file
from diag.alert_rules.rule_limits import RuleLimits

__all__ = ["RuleLimits", "rule_file"]
