"""Options that several commands share, and the values they become."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from diag.cli.completing import check_ids
from diag.lazy_dataclass import dataclass

F = TypeVar("F", bound=Callable[..., Any])

# The names of diag.report.FORMATS and the series of diag.metrics, written out so that --help loads neither. A test compares.
FORMATS = ("text", "wide", "json", "ndjson", "junit", "markdown", "nagios", "curl", "prometheus")
SEVERITIES = ("info", "warning", "error", "critical")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What of a configuration is looked at, and by which checks. Nothing named means everything."""

    clusters: tuple[str, ...] = ()
    remotes: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How and where the report appears."""

    format: str
    output: Path | None
    fail_on: str
    no_color: bool
    verbose: bool


class Duration(click.ParamType):  # type: ignore[type-arg]  # No parameters before click 8.5.
    """A duration as the configuration writes it: ``30s``, ``5m``, ``1h30m``."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401 -- click's own signature.
        """Read it into seconds."""
        from diag.config import parse_duration  # noqa: PLC0415 -- slow to load.

        if isinstance(value, float):
            return value
        try:
            return parse_duration(str(value))
        except ValueError as error:
            self.fail(f"{value!r}: {error}", param, ctx)


class HostPort(click.ParamType):  # type: ignore[type-arg]  # No parameters before click 8.5.
    """An address to listen at: ``127.0.0.1:9643``, ``[::1]:0``."""

    name = "host:port"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:  # noqa: ANN401 -- click's own signature.
        """Read it into host and port."""
        host, colon, port = str(value).rpartition(":")
        if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > HIGHEST_PORT:
            self.fail(f"{value!r}: expected HOST:PORT, such as 127.0.0.1:9643", param, ctx)
        return host.strip("[]"), int(port)


HIGHEST_PORT = 65535
NAGIOS_UNKNOWN = 3
DURATION = Duration()
HOST_PORT = HostPort()
FILE = click.Path(dir_okay=False, path_type=Path)
EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def config_option(function: F) -> F:
    """Add ``--config``."""
    return click.option(
        "-c",
        "--config",
        "config_path",
        envvar="DIAG_CONFIG",
        default="diag.yaml",
        show_default=True,
        show_envvar=True,
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="The configuration.",
    )(function)


def listen_option(help_text: str) -> Callable[[F], F]:
    """Add ``--listen``."""
    return click.option(
        "--listen", type=HOST_PORT, metavar="HOST:PORT", envvar="DIAG_LISTEN", show_envvar=True, help=help_text
    )


def check_options(function: F) -> F:
    """Add ``--only`` and ``--skip``, without making a ``Chosen`` of them."""
    only = click.option(
        "--only",
        multiple=True,
        metavar="GLOB",
        help="Run these checks only, such as 'tls/*' or tag:dns.",
        shell_complete=check_ids,
    )
    skip = click.option(
        "--skip", multiple=True, metavar="GLOB", help="Do not run these checks.", shell_complete=check_ids
    )
    return only(skip(function))


def chosen_options(function: Callable[..., int]) -> Callable[..., int]:
    """Add the options that choose clusters, remotes and checks; the command takes them as ``chosen``."""

    @check_options
    @click.option("--cluster", "clusters", multiple=True, metavar="NAME", help="Only this local cluster.")
    @click.option("--remote", "remotes", multiple=True, metavar="ALIAS", help="Only this remote.")
    @functools.wraps(function)
    def command(
        *,
        clusters: tuple[str, ...],
        remotes: tuple[str, ...],
        only: tuple[str, ...],
        skip: tuple[str, ...],
        **rest: object,
    ) -> int:
        return function(chosen=Chosen(clusters=clusters, remotes=remotes, only=only, skip=skip), **rest)

    return command


def output_options(formats: Sequence[str]) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Add the options of the output, in one of these formats; the command takes them as ``shown``."""

    def add(function: Callable[..., int]) -> Callable[..., int]:
        @click.option("--format", "format_name", type=click.Choice(formats), default="text", show_default=True)
        @click.option(
            "-o", "--output", type=FILE, metavar="FILE", help="Write the report here, not to standard output."
        )
        @click.option(
            "--fail-on",
            type=click.Choice(SEVERITIES),
            default="warning",
            show_default=True,
            help="The mildest finding that makes the exit code other than 0.",
        )
        @click.option("--no-color", is_flag=True, help="No colour, as with NO_COLOR.")
        @click.option("-v", "--verbose", count=True, help="Spell out consequences and hints too.")
        @functools.wraps(function)
        def command(
            *, format_name: str, output: Path | None, fail_on: str, no_color: bool, verbose: int, **rest: object
        ) -> int:
            shown = Shown(format=format_name, output=output, fail_on=fail_on, no_color=no_color, verbose=verbose > 0)
            if shown.format != "nagios":
                return function(shown=shown, **rest)
            try:
                return function(shown=shown, **rest)
            except click.ClickException as error:
                # A monitoring system reads 2 as critical: what could not be looked at is unknown.
                click.echo(f"REMOTES UNKNOWN - {error.format_message()}".replace("|", "/"))
                return NAGIOS_UNKNOWN

        return command

    return add


shown_options = output_options(FORMATS)
