"""The commands that look at nothing outside: the checks there are, the configuration, the version."""

from __future__ import annotations

import json
from pathlib import Path

import click

from diag.cli.command_options import check_options, config_option
from diag.cli.completing import check_ids
from diag.cli.groups import Group
from diag.cli.standard_streams import UsageError, columns, print_error, write_out

# ruff: noqa: PLC0415 -- each command loads what it needs when it runs: `diag --help` has no time for it.


@click.group(cls=Group)
def checks() -> None:
    """List and explain the checks that are installed."""


@checks.command("list")
@check_options
def list_checks(only: tuple[str, ...], skip: tuple[str, ...]) -> int:
    """List the checks: every severity that each may raise, and the problem that it finds."""
    from diag.cli.choice import installed_checks, select_checks
    from diag.cli.command_options import Chosen
    from diag.model import Policy
    from diag.report.manual import overview

    catalogue = installed_checks()
    chosen = select_checks(catalogue, Policy(), Chosen(only=only, skip=skip)).checks
    write_out(overview(chosen, columns()))
    return 0


@checks.command()
@click.argument("check_id", metavar="ID", shell_complete=check_ids)
def explain(check_id: str) -> int:
    """Print the manual page of one check."""
    from diag.cli.choice import installed_checks
    from diag.report.manual import explain as manual_page
    from diag.text import shown

    catalogue = installed_checks()
    check = catalogue.find(check_id)
    if check is None:
        msg = f"no check is called {shown(check_id, 80)!r}; {catalogue.did_you_mean(check_id)}"
        raise UsageError(msg)
    write_out(manual_page(check))
    return 0


@checks.command(hidden=True)
def reference() -> int:
    """Print the reference of the built-in checks, checks/REFERENCE.md."""
    from diag.cli.choice import installed_checks
    from diag.engine.packs import BUILTIN
    from diag.report.manual import reference as all_pages

    write_out(all_pages([check for check in installed_checks().checks if check.pack == BUILTIN]))
    return 0


@click.group(cls=Group)
def config() -> None:
    """Check the configuration, and print its schema."""


def _check_web_config(path: Path) -> None:
    """Read what guards the web side as the daemon will, certificates included."""
    from diag.cli.standard_streams import UsageError
    from diag.config import ConfigError
    from diag.daemon.web_guard_file import WebGuardFile

    try:
        WebGuardFile(path)
    except ConfigError as error:
        raise UsageError(str(error)) from None


@config.command("check")
@config_option
def check_config(config_path: Path) -> int:
    """Say whether the configuration can be used, and everything that is wrong with it."""
    from diag.cli.choice import installed_checks, read_config, select_checks
    from diag.cli.command_options import Chosen
    from diag.config.without_effect import without_effect

    loaded = read_config(config_path)
    if loaded.daemon.web_config is not None:
        _check_web_config(loaded.daemon.web_config)
    select_checks(installed_checks(), loaded.policy(), Chosen(), loaded)
    for problem in without_effect(loaded):
        print_error(str(problem))
    remotes = sum(len(cluster.remotes) for cluster in loaded.clusters)
    asked = sum(cluster.url is not None and not cluster.remotes for cluster in loaded.clusters)
    also = f", and those that {_number(asked, 'cluster')} will show" if asked else ""
    print_error(
        f"{config_path} can be used: {_number(len(loaded.clusters), 'local cluster')}, {_number(remotes, 'remote')}{also};"
        " diag lint judges what its settings mean"
    )
    return 0


@config.command()
@click.option("--report", "of_report", is_flag=True, help="The schema of the JSON report instead.")
@click.option("--documents", "of_documents", is_flag=True, help="The schema of what diag lint FILE… writes as JSON.")
def schema(*, of_report: bool, of_documents: bool) -> int:
    """Print the JSON schema of the configuration, for editors."""
    if of_report:
        from diag.report.json_schema import report_schema as wanted
    elif of_documents:
        from diag.report.documents.documents_schema import documents_schema as wanted
    else:
        from diag.config.config_schema import config_schema as wanted
    write_out(json.dumps(wanted(), indent=2, ensure_ascii=False) + "\n")
    return 0


@config.command()
def example() -> int:
    """Print a complete example of a configuration: diag config example > diag.yaml."""
    here = Path(__file__).parents[1]
    # In a wheel it lies beside the schema; in a working copy, at the top.
    places = (here / "config" / "example.yaml", here.parent / "diag.example.yaml")
    write_out(next(place for place in places if place.exists()).read_text(encoding="utf-8"))
    return 0


@click.command()
def version() -> int:
    """Print the version of diag, of Python and of OpenSSL."""
    import platform

    from cryptography.hazmat.backends.openssl.backend import backend

    from diag import VERSION

    write_out(f"diag {VERSION} (Python {platform.python_version()}, {backend.openssl_version_text()})\n")
    return 0


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
