"""The alerts on diag itself: whether it runs, keeps up, and works with what it was given."""

from __future__ import annotations

from diag.alert_rules import templates as say
from diag.alert_rules.rule import Alert
from diag.alert_rules.rule_limits import RuleLimits


def alerts_on_diag(limits: RuleLimits) -> tuple[Alert, ...]:
    """Late, a refused configuration, a source that can't be read, broken packs, a history that is not kept, a receiver that takes nothing, a vantage point away, down."""
    return (
        _late(limits),
        _refused(limits),
        _source(limits),
        _broken_pack(limits),
        _no_history(limits),
        _receiver(limits),
        _vantage_point_away(limits),
        _down(limits),
    )


def _late(limits: RuleLimits) -> Alert:
    return Alert(
        name="DiagRoundsLate",
        why="What is shown is the past; after three intervals it is shown as unknown.",
        expr=(
            "time() - diag_round_last_finished_timestamp_seconds > 60 + 3 * diag_round_interval_seconds\n"
            "or diag_round_lateness_seconds > diag_round_interval_seconds"
        ),
        wait=limits.wait_diag,
        severity="warning",
        summary="diag does not keep up with {{ $labels.cluster }}",
        description="The last round is {{ $value | humanizeDuration }} old or late: what is shown is the past.",
        action="Look at the log of diag for round.failed, round.quarantined and round.finished; lengthen `interval` if rounds take longer than it.",
        page=say.CLUSTER_PAGE,
        runbook=say.OVERVIEW,
    )


def _refused(limits: RuleLimits) -> Alert:
    reason = "{{ range printf `diag_config_problem_info{instance=%q}` $labels.instance | query }}{{ .Labels.because }}{{ else }}The log of diag says why.{{ end }}"
    return Alert(
        name="DiagConfigRefused",
        why="The configuration before is in use: what was added since is not watched.",
        expr="diag_config_last_reload_successful == 0 or diag_web_config_last_reload_successful == 0",
        wait=limits.wait_diag,
        severity="warning",
        summary="diag refused its new configuration, and goes on with the old one",
        description=reason,
        action="Correct diag.yaml (`diag config check` shows every problem with its line) or the file of its web configuration, and reload.",
        page=say.OVERVIEW,
        runbook=say.OVERVIEW,
        keeps=False,
    )


def _source(limits: RuleLimits) -> Alert:
    return Alert(
        name="DiagDiscoveryFailing",
        why="Local clusters that are new in a source are not watched, and those that are gone still are.",
        expr="diag_discovery_last_look_successful == 0",
        wait=limits.wait_diag,
        severity="warning",
        summary="diag can't use all of {{ $labels.source }}, which names local clusters",
        description="What it named before is still watched; what it names since is not. The overview and the log say what is wrong.",
        action="Correct the file, let the URL or the platform answer, or take the source out of `discover` in diag.yaml.",
        page=say.OVERVIEW,
        runbook=say.OVERVIEW,
        keeps=False,
    )


def _broken_pack(limits: RuleLimits) -> Alert:
    reason = "{{ range printf `diag_broken_pack_info{instance=%q}` $labels.instance | query }}{{ .Labels.pack }}: {{ .Labels.because }}\n{{ else }}The log of diag says why.{{ end }}"
    return Alert(
        name="DiagCheckPackBroken",
        why="Its checks do not run, so that nothing they look for is found.",
        expr="diag_broken_packs > 0",
        wait=limits.wait_diag,
        severity="warning",
        summary="{{ $value }} check packs of diag can't be loaded",
        description=reason,
        action="Install a release of the pack that fits this release of diag, or take the pack away.",
        page=say.OVERVIEW,
        runbook=say.OVERVIEW,
        keeps=False,
    )


def _no_history(limits: RuleLimits) -> Alert:
    return Alert(
        name="DiagHistoryUnavailable",
        why="What changes is kept in memory until the file can be used again, and lost with the process.",
        expr="diag_history_available == 0",
        wait=limits.wait_diag,
        severity="warning",
        summary="diag can't use the file of its history",
        description="What changes now is kept in memory only; the overview and the log say why the file can't be used.",
        action="Make room on its disk, end the program that holds it, or name another file under daemon.history.path of diag.yaml.",
        page=say.OVERVIEW,
        runbook=say.OVERVIEW,
        keeps=False,
    )


def _receiver(limits: RuleLimits) -> Alert:
    return Alert(
        name="DiagNotificationsFailing",
        why="Whoever relies on what the daemon sends itself hears nothing of what breaks.",
        expr="diag_notify_last_attempt_successful == 0",
        wait=limits.wait_diag,
        severity="warning",
        summary="{{ $labels.receiver }} does not take what diag sends",
        description="What changes waits for it, the oldest is given up first where too much waits. The log of diag says why it fails.",
        action="Let the receiver answer, or correct its address, login or secret under daemon.notify of diag.yaml.",
        page=say.OVERVIEW,
        runbook=say.OVERVIEW,
        keeps=False,
    )


def _vantage_point_away(limits: RuleLimits) -> Alert:
    return Alert(
        name="DiagVantagePointAway",
        why="What is looked at from there is unknown, unless another vantage point may look in its place.",
        expr="diag_vantage_point_up == 0",
        wait=limits.wait_diag,
        severity="warning",
        summary="No worker of diag looks from the vantage point {{ $labels.vantage_point }}",
        description="No diag worker of this release is connected for it. Remotes that are looked at from there are unknown.",
        action="Start diag worker there; its log says why it can't connect, that of the daemon why a worker is refused.",
        page=say.OVERVIEW,
        runbook=say.OVERVIEW,
    )


def _down(limits: RuleLimits) -> Alert:
    job = f'up{{job="{limits.job}"}}'
    return Alert(
        name="DiagDown",
        why="Alerts about remotes resolve when diag is gone: while this one fires, that means nothing.",
        expr=f"{job} == 0 or absent({job})",
        wait=limits.wait_diag,
        severity="critical",
        summary="diag is not running{{ if $labels.instance }} at {{ $labels.instance }}{{ end }}",
        description="Nobody is watching the remote clusters. An alert about them that resolves now says nothing.",
        action="Start diag; `diag config check` says whether its configuration is the reason.",
        keeps=False,
    )
