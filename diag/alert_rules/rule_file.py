"""The file of rules: the alerts, what they need recorded, and the availability of each remote."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import yaml

from diag.alert_rules.alert_table import alerts
from diag.alert_rules.expressions import WITH_OWN_ALERT, causes_with_own_alert
from diag.alert_rules.rule_limits import RuleLimits

_HEAD: Final = """\
# Alert and recording rules for diag, as `diag setup alerts` prints them; its options change limits and times.
# Load them with `rule_files:` in prometheus.yml (2.42 or newer, for keep_firing_for); the job that scrapes diag is named "{job}".
groups:
  - name: diag
    rules:
"""
_AVAILABILITY: Final = """\

  # How much of the last 30 days a remote could be used (ok or warn), of the time in which that was known; looked at every 3 minutes.
  # Where several instances of diag look at a remote, it has to be fine from everywhere.
  - name: diag-availability
    interval: 3m
    rules:
      - record: diag:remote_available
        expr: min by (job, cluster, remote) ((diag_remote_status < bool 2) unless (diag_remote_status == 3))

      - record: diag:remote_known
        expr: max by (job, cluster, remote) (diag_remote_status != bool 3)

      - record: diag:remote_available:avg30d
        expr: avg_over_time(diag:remote_available[30d])

      - record: diag:remote_known:avg30d
        expr: avg_over_time(diag:remote_known[30d])
"""


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as they are."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def rule_file(limits: RuleLimits) -> str:
    """The whole file, as text."""
    return _HEAD.format(job=limits.job) + "\n".join(_rules(limits)) + _AVAILABILITY


def _rules(limits: RuleLimits) -> Iterator[str]:
    recorded: dict[str, object] = {"record": WITH_OWN_ALERT, "expr": causes_with_own_alert(limits)}
    yield _entry(
        "Which root causes have an alert of their own: a remote that has no other is not reported twice.", recorded
    )
    for alert in alerts(limits):
        yield _entry(alert.why, alert.rule(limits.keep))


def _entry(why: str, rule: dict[str, object]) -> str:
    written = yaml.dump([rule], Dumper=_Dumper, sort_keys=False, width=10_000, allow_unicode=True)
    return "".join(f"      {line}\n" if line else "\n" for line in (f"# {why}", *written.splitlines()))
