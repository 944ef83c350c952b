"""The alerts on cross-cluster replication: one for each follower that is in trouble by itself, not for what a broken remote does to it."""

from __future__ import annotations

from diag.alert_rules import expressions as when
from diag.alert_rules import templates as say
from diag.alert_rules.rule import Alert, urgent_above
from diag.alert_rules.rule_limits import RuleLimits

_FOLLOWER = "{{ $labels.follower }}"
_WHERE = f"{_FOLLOWER} in {{{{ $labels.cluster }}}}, which follows an index of {{{{ $labels.remote }}}},"


_STATISTICS = f"Look at GET /{_FOLLOWER}/_ccr/stats on the local cluster: it shows whether reads (the connection) or writes (the load) wait."


def alerts_on_replication(limits: RuleLimits) -> tuple[Alert, ...]:
    """Paused, red, far behind, and not reading."""
    return (_paused(limits), _red(limits), _behind(limits), _not_reading(limits))


def _paused(limits: RuleLimits) -> Alert:
    return Alert(
        name="FollowerIndexPaused",
        why="The leader keeps the operations that a paused follower misses for 12 hours; then it has to be made again.",
        expr=when.paused(limits),
        wait=limits.wait_unknown,
        severity="warning",
        summary=f"The follower {_WHERE} is paused",
        description=say.of_check(when.PAUSED, "summary", otherwise="Somebody paused it, and nothing is replicated."),
        action=say.of_check(
            when.PAUSED,
            "remedy",
            otherwise=f"Resume it: POST /{_FOLLOWER}/_ccr/resume_follow on the local cluster.",
        ),
        page=say.REMOTE_PAGE,
        runbook=say.manual(when.PAUSED),
    )


def _red(limits: RuleLimits) -> Alert:
    return Alert(
        name="FollowerIndexRed",
        why="A primary shard of the follower is missing; one that is copied for the first time is left out.",
        expr=when.red(limits),
        wait=limits.wait_unknown,
        severity="critical",
        summary=f"The follower {_WHERE} is red",
        description=say.of_check(when.RED, "summary", otherwise="A primary shard of it is missing."),
        action=say.of_check(
            when.RED, "remedy", otherwise="GET _cluster/allocation/explain on the local cluster says why."
        ),
        page=say.REMOTE_PAGE,
        runbook=say.manual(when.RED),
    )


def _behind(limits: RuleLimits) -> Alert:
    return Alert(
        name="FollowerIndexBehind",
        why="By operations; bulk loads on the leader are over before this fires.",
        expr=when.behind(limits),
        wait=limits.wait_unknown,
        severity=urgent_above(limits.lag_operations_critical),
        summary=f"The follower {_WHERE} is {{{{ $value | humanize }}}} operations behind",
        description=say.of_check(when.LAG, "summary", otherwise="What is searched there is old."),
        action=say.of_check(when.LAG, "remedy", otherwise=_STATISTICS),
        page=say.REMOTE_PAGE,
        runbook=say.manual(when.LAG),
    )


def _not_reading(limits: RuleLimits) -> Alert:
    return Alert(
        name="FollowerIndexNotReading",
        why="By seconds; a follower asks its leader at least once a minute, also where nothing is written.",
        expr=when.not_reading(limits),
        wait=limits.wait,
        severity="critical",
        summary=f"The follower {_WHERE} has not read from its leader for {{{{ $value | humanizeDuration }}}}",
        description=say.of_check(
            when.LAG, "summary", otherwise="Nothing is replicated; what is searched there is old."
        ),
        action=say.of_check(when.LAG, "remedy", otherwise=_STATISTICS),
        page=say.REMOTE_PAGE,
        runbook=say.manual(when.LAG),
    )
