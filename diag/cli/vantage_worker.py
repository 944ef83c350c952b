"""The command that looks from another place: a worker of a vantage point."""

from __future__ import annotations

from pathlib import Path

import click

from diag.cli.command_options import EXISTING_FILE
from diag.cli.standard_streams import UsageError, loaded

# ruff: noqa: PLC0415 -- each command loads what it needs when it runs: `diag --help` has no time for it.


@click.command()
@click.option(
    "--scheduler",
    required=True,
    metavar="ADDRESS",
    help="The scheduler of the daemon: tls://HOST:PORT; tcp://HOST:PORT on loopback alone.",
)
@click.option(
    "--vantage-point",
    required=True,
    metavar="NAME",
    help="Which of vantage_points this is.",
)
@click.option("--ca", type=EXISTING_FILE, metavar="FILE", help="The CA of the scheduler and of all workers.")
@click.option("--certificate", type=EXISTING_FILE, metavar="FILE", help="The certificate to show, as PEM.")
@click.option("--key", type=EXISTING_FILE, metavar="FILE", help="Its private key, as PEM without a passphrase.")
@click.option(
    "--rounds", type=click.IntRange(1, 1024), default=16, show_default=True, help="The most rounds at a time."
)
def worker(
    *,
    scheduler: str,
    vantage_point: str,
    ca: Path | None,
    certificate: Path | None,
    key: Path | None,
    rounds: int,
) -> int:
    """Look at remotes from here, for a daemon elsewhere: connects to it, and needs no open port."""
    from diag.vantage.installed import problem_of_installation
    from diag.vantage.worker_settings import AddressError, WorkerSettings, checked_address

    if problem := problem_of_installation():
        raise UsageError(problem)
    try:
        address = checked_address(
            scheduler, with_tls=None not in {ca, certificate, key}, some={ca, certificate, key} != {None}
        )
    except AddressError as error:
        raise UsageError(str(error)) from None
    settings = WorkerSettings(
        scheduler=address, vantage_point=vantage_point, ca=ca, certificate=certificate, key=key, rounds=rounds
    )
    loaded()
    from diag.vantage.vantage_process import work_until_stopped

    return work_until_stopped(settings)
