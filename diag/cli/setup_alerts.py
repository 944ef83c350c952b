"""``diag setup alerts``: print the rules for Prometheus, with limits of one's own."""

from __future__ import annotations

import click

from diag.cli.standard_streams import UsageError, write_out

# ruff: noqa: PLC0415 -- the command loads what it needs when it runs: `diag --help` has no time for it.


class PrometheusTime(click.ParamType):  # type: ignore[type-arg]  # No parameters before click 8.5.
    """A duration that diag and Prometheus write the same way: ``30s``, ``5m``, ``1h30m``. It stays a text."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuse what is no duration."""
        from diag.config import parse_duration

        try:
            parse_duration(str(value))
        except ValueError as error:
            self.fail(f"{value!r}: {error}", param, ctx)
        return str(value)


TIME = PrometheusTime()
DAYS = click.FloatRange(min=0, min_open=True, max=3650)


@click.command()
@click.option("--job", default="diag", show_default=True, help="The name of the job that scrapes diag.")
@click.option(
    "--for", "wait", type=TIME, default="2m", show_default=True, help="How long a fault lasts before it is an alert."
)
@click.option(
    "--for-unknown",
    "wait_unknown",
    type=TIME,
    default="10m",
    show_default=True,
    help="The same for what is unknown, a warning, paused or behind.",
)
@click.option(
    "--for-diag", "wait_diag", type=TIME, default="5m", show_default=True, help="The same for trouble of diag itself."
)
@click.option(
    "--keep-firing-for",
    "keep",
    type=TIME,
    default="5m",
    show_default=True,
    help="How long an alert goes on when it is over: a restart of diag ends none.",
)
@click.option("--certificate-days", type=DAYS, default=14, show_default=True, help="Days that a certificate has left.")
@click.option("--key-days", type=DAYS, default=14, show_default=True, help="Days that an API key has left.")
@click.option("--license-days", type=DAYS, default=14, show_default=True, help="Days that a license has left.")
@click.option(
    "--critical-days", type=DAYS, default=7, show_default=True, help="Days below which these alerts are critical."
)
@click.option(
    "--lag-operations",
    type=click.IntRange(min=1),
    default=10_000,
    show_default=True,
    help="Operations that a follower is behind.",
)
@click.option(
    "--lag-operations-critical",
    type=click.IntRange(min=1),
    default=100_000,
    show_default=True,
    help="Operations above which that is critical.",
)
@click.option(
    "--read-seconds",
    type=click.FloatRange(min=1),
    default=120,
    show_default=True,
    help="Seconds since a follower last read from its leader.",
)
def alerts(job: str, **limits: float | str) -> int:
    """Print alert and recording rules for Prometheus: each alert carries its cause, its fix and links.

    Date alerts fire only where the check finds it worth a warning too: raise leaf_days_warning under checks.thresholds for more days than 30.
    """
    import re
    from typing import Any

    from diag.alert_rules import RuleLimits, rule_file
    from diag.text import shown

    if re.fullmatch(r"[\w./:@-]{1,200}", job) is None:
        msg = f"--job {shown(job, 40)!r}: expected the name of a job of Prometheus, without quotes and blanks"
        raise UsageError(msg)
    chosen: dict[str, Any] = limits
    write_out(rule_file(RuleLimits(job=job, **chosen)))
    return 0
