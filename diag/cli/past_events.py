"""The command that shows what the daemon has written down: which change came when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from diag.cli.command_options import DURATION, FILE, config_option
from diag.cli.standard_streams import UsageError, write_out

if TYPE_CHECKING:
    import sqlite3

    from diag.history import Event

# ruff: noqa: PLC0415 -- each command loads what it needs when it runs: `diag --help` has no time for it.

DAYS = 30


@click.command()
@config_option
@click.option("--file", "path", type=FILE, metavar="FILE", help="The file, in place of daemon.history.path.")
@click.option("--cluster", metavar="NAME", help="Only this local cluster.")
@click.option("--remote", metavar="ALIAS", help="Only this remote; '' is the local cluster itself.")
@click.option("--since", type=DURATION, metavar="TIME", help="Only what changed in this time: 90m, 12h, 7d.")
@click.option(
    "--limit", type=click.IntRange(min=1), default=1000, show_default=True, help="At most this many, the latest ones."
)
@click.option("--format", "format_name", type=click.Choice(("text", "json")), default="text", show_default=True)
def history(  # noqa: PLR0913 -- one parameter for each option.
    *,
    config_path: Path,
    path: Path | None,
    cluster: str | None,
    remote: str | None,
    since: float | None,
    limit: int,
    format_name: str,
) -> int:
    """Show what changed, from the file that the daemon writes; it may be running."""
    from diag.history.opening import NotUsableError
    from diag.history.queries import Query, select
    from diag.history.read_only import opened_for_reading
    from diag.history.tables import stamp

    path, now = path or _configured(config_path), datetime.now(UTC)
    after = 0 if since is None else stamp(now - timedelta(seconds=since))
    query = Query(after=after, limit=limit, cluster=cluster, remote=remote, newest=True)
    try:
        with opened_for_reading(path) as connection:
            events = select(connection, query)
            about = _about(connection, cluster, remote, now) if cluster and remote else ""
    except NotUsableError as error:
        msg = f"{path}: {error}"
        raise UsageError(msg) from None
    write_out(_json(events) if format_name == "json" else about + _text(events))
    return 0


def _configured(config_path: Path) -> Path:
    from diag.config import ConfigError, load_config

    try:
        configured = load_config(config_path, lenient=True).daemon.history
    except ConfigError as error:
        raise UsageError(str(error)) from None
    if configured is None:
        msg = f"{config_path} names no daemon.history.path: the daemon keeps the past in memory, and shows it on its pages"
        raise UsageError(msg)
    return configured.path


def _about(connection: sqlite3.Connection, cluster: str, remote: str, now: datetime) -> str:
    """Since when a remote is as it is, and how much of the time it was well."""
    from diag.history.queries import known
    from diag.history.read_only import availability_in
    from diag.text import shown
    from diag.web.shown_past import availability_text

    state = known(connection).states.get((cluster, remote))
    if state is None:
        return ""
    status = f"{state.status or 'gone'} since {state.since:%Y-%m-%d %H:%M:%S} UTC"
    well = availability_text(availability_in(connection, cluster, remote, DAYS, now))
    return f"{shown(cluster)} → {shown(remote)}: {'; '.join(filter(None, (status, well)))}\n"


def _text(events: tuple[Event, ...]) -> str:
    from diag.report.past import event_text
    from diag.text import shown

    if not events:
        return "Nothing changed.\n"
    return "".join(
        f"{one.at:%Y-%m-%d %H:%M:%S} UTC  {shown(one.cluster)}{' → ' + shown(one.remote) if one.remote else ''}"
        f"  {shown(event_text(one))}\n"
        for one in events
    )


def _json(events: tuple[Event, ...]) -> str:
    import json

    from diag.report.past import event_to_json

    return json.dumps({"events": [event_to_json(one) for one in events]}, indent=2, ensure_ascii=False) + "\n"
