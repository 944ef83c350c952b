"""The commands that give a report: run, probe, replay."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from diag.cli.command_options import (
    DURATION,
    EXISTING_FILE,
    FILE,
    Chosen,
    Shown,
    check_options,
    chosen_options,
    config_option,
    shown_options,
)
from diag.cli.completing import check_ids
from diag.cli.live_cluster import LiveCluster, config_for, live_cluster_options
from diag.cli.workers_option import WORKERS

# ruff: noqa: PLC0415 -- each command loads what it needs when it runs: `diag --help` has no time for it.


@click.command()
@config_option
@chosen_options
@shown_options
@live_cluster_options()
@click.option("--wait", type=DURATION, help="Repeat until nothing is found that counts, at most this long.")
@click.option("--timeout", type=DURATION, help="End after this long; what was not seen by then is unknown.")
@click.option("--save-evidence", type=FILE, metavar="FILE", help="Keep what was seen, for diag replay.")
@click.option(
    "--workers",
    type=WORKERS,
    metavar="auto|N",
    default="auto",
    help="Processes that look at many local clusters; auto: for 500 remotes and more, one for each core.",
)
@click.option("--from-here", is_flag=True, help="Look from this machine, also where vantage_points are configured.")
def run(  # noqa: PLR0913 -- one parameter for each option.
    *,
    config_path: Path,
    chosen: Chosen,
    shown: Shown,
    live: LiveCluster | None,
    wait: float | None,
    timeout: float | None,
    save_evidence: Path | None,
    workers: int | Literal["auto"],
    from_here: bool,
) -> int:
    """Look at every configured remote once, and report."""
    from diag.cli.choice import read_config, run_of
    from diag.cli.discovered import with_discovered
    from diag.cli.output import save_evidence_file, write_report
    from diag.cli.run_rounds import Limits, run_rounds

    config = with_discovered(read_config(config_path)) if live is None else config_for(live)
    plan = run_of(config, chosen, from_here=from_here)
    judged = run_rounds(plan, Limits(wait=wait, timeout=timeout, fail_on=shown.fail_on), workers)
    if save_evidence is not None:
        save_evidence_file(judged, save_evidence)
    return write_report(judged.report, shown)


@click.command()
@click.argument("addresses", metavar="HOST:PORT ...", nargs=-1)
@click.option(
    "--file",
    "file",
    type=click.Path(allow_dash=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="More addresses, one a line; - reads standard input.",
)
@click.option("--server-name", default="", metavar="NAME", help="The name to ask for, as the remote's server_name.")
@click.option(
    "--security-model", type=click.Choice(["api_key", "certificate"]), help="Left out: derived from the rest."
)
@click.option(
    "--ca", multiple=True, type=EXISTING_FILE, metavar="FILE", help="Trusted CAs; left out, the public roots."
)
@click.option("--client-cert", type=EXISTING_FILE, metavar="FILE", help="The certificate to present, as PEM.")
@click.option("--client-key", type=EXISTING_FILE, metavar="FILE", help="Its private key.")
@click.option("--credential-file", type=EXISTING_FILE, metavar="FILE", help="Holds the encoded cross-cluster API key.")
@click.option("--no-transport", is_flag=True, help="Make the TLS handshake, and send nothing after it.")
@check_options
@click.option("--timeout", type=DURATION, help="End after this long.")
@click.option("--save-evidence", type=FILE, metavar="FILE", help="Keep what was seen, for diag replay.")
@shown_options
def probe(  # noqa: PLR0913 -- one parameter for each option.
    *,
    addresses: tuple[str, ...],
    file: Path | None,
    server_name: str,
    security_model: str | None,
    ca: tuple[Path, ...],
    client_cert: Path | None,
    client_key: Path | None,
    credential_file: Path | None,
    no_transport: bool,
    only: tuple[str, ...],
    skip: tuple[str, ...],
    timeout: float | None,
    save_evidence: Path | None,
    shown: Shown,
) -> int:
    """Look at addresses without any configuration, as a local cluster would that has each as a remote."""
    from diag.cli.adhoc import AdHocTarget, addresses_in, config_of, without_settings
    from diag.cli.choice import run_of
    from diag.cli.output import save_evidence_file, write_report
    from diag.cli.run_rounds import Limits, run_rounds

    named = AdHocTarget(
        addresses=addresses if file is None else addresses + addresses_in(file),
        server_name=server_name,
        security_model=security_model,
        ca=ca,
        client_cert=client_cert,
        client_key=client_key,
        credential_file=credential_file,
        transport=not no_transport,
    )
    if not named.addresses:
        msg = "expected HOST:PORT, or addresses in --file FILE"
        raise click.UsageError(msg)
    plan = without_settings(run_of(config_of(named), Chosen(only=only, skip=skip)))
    judged = run_rounds(plan, Limits(timeout=timeout, fail_on=shown.fail_on))
    if save_evidence is not None:
        save_evidence_file(judged, save_evidence)
    return write_report(judged.report, shown)


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(allow_dash=True, dir_okay=False, path_type=Path))
@chosen_options
@click.option(
    "--case",
    metavar="ID",
    shell_complete=check_ids,
    help="Write what this check says of one remote as a case file for the tests, to -o FILE.",
)
@shown_options
def replay(file: Path, chosen: Chosen, case: str | None, shown: Shown) -> int:
    """Judge saved evidence again: the same report, without a network. ``-`` reads standard input."""
    from diag.cli.output import write_report
    from diag.cli.replaying import case_of, judge_again
    from diag.cli.standard_streams import write_out

    if case is None:
        return write_report(judge_again(file, chosen), shown)
    if chosen.only or chosen.skip:
        msg = "--only and --skip do not go with --case: a case holds what all checks say together"
        raise click.UsageError(msg)
    write_out(case_of(file, chosen, case), shown.output)
    return 0
