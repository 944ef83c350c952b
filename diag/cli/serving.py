"""The commands that run until they are stopped: the daemon, and the lab."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from diag.cli.command_options import EXISTING_FILE, check_options, config_option, listen_option
from diag.cli.shard_option import SHARD
from diag.cli.standard_streams import loaded, print_error
from diag.cli.ways_in import ways_in_without
from diag.cli.workers_option import WORKERS
from diag.shard import Shard

# ruff: noqa: PLC0415 -- each command loads what it needs when it runs: `diag --help` has no time for it.


@click.command()
@config_option
@check_options
@listen_option("Where metrics, report and page are served; it goes before daemon.listen of the configuration.")
@click.option(
    "--web-config",
    type=EXISTING_FILE,
    metavar="FILE",
    help="TLS and logins of the web side, as Prometheus' --web.config.file; it goes before daemon.web_config.",
)
@click.option(
    "--shard",
    type=SHARD,
    metavar="K/N",
    default="1/1",
    help="Only this part of the local clusters, by a hash of the name: for N daemons that share them out.",
)
@click.option(
    "--workers",
    type=WORKERS,
    metavar="auto|N",
    help="Processes that run the rounds, 0 for none; it goes before daemon.workers of the configuration.",
)
def daemon(  # noqa: PLR0913 -- one parameter for each option.
    *,
    config_path: Path,
    only: tuple[str, ...],
    skip: tuple[str, ...],
    listen: tuple[str, int] | None,
    web_config: Path | None,
    shard: Shard,
    workers: int | Literal["auto"] | None,
) -> int:
    """Look at every remote again and again; serve metrics, report and status page."""
    from diag.daemon import run_daemon

    loaded()
    code = run_daemon(
        config_path, only=only, skip=skip, listen=listen, web_config=web_config, shard=shard, workers=workers
    )
    if code and (ways_in := ways_in_without(config_path)):
        print_error(ways_in)
    return code


@click.command()
@click.option("--daemon", "with_daemon", is_flag=True, help="Run the daemon on it as well.")
@listen_option("Where the daemon listens.")
@click.option(
    "--write",
    "directory",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Put configuration and certificates here, and keep them.",
)
def lab(with_daemon: bool, listen: tuple[str, int] | None, directory: Path | None) -> int:  # noqa: FBT001 -- a flag of the command line.
    """Start emulated remote clusters on this machine, healthy and broken, to try diag on."""
    from diag.lab.command import run_lab

    loaded()
    return run_lab(daemon=with_daemon, listen=listen, directory=directory)
