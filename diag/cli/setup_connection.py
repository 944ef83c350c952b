"""``diag setup connection``: ask for what is missing, and write the documents of a new connection."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from diag.cli.command_options import EXISTING_FILE
from diag.cli.standard_streams import CannotWrite, UsageError, print_error, write_file, write_out

if TYPE_CHECKING:
    from diag.setup import Answers, Connection, Document, Question

# ruff: noqa: PLC0415 -- the command loads what it needs when it runs: `diag --help` has no time for it.

F = TypeVar("F", bound=Callable[..., Any])

# The values of Kind, SecurityModel and Mode, written out so that --help loads neither. A test compares.
KINDS = ("hosted", "ece", "eck", "self_managed")
MODELS = ("api_key", "certificate")
MODES = ("proxy", "sniff")
_MAX_CA = 1_000_000


def _side_options(function: F) -> F:
    """Add the options that both clusters have."""
    for side, what in (("remote", "has the data"), ("local", "searches or replicates")):
        several = click.option(
            f"--{side}-node", multiple=True, metavar="NAME[,DNS][,IP]", help="A node of it; once for each node."
        )
        ca = click.option(
            f"--{side}-ca",
            type=EXISTING_FILE,
            metavar="FILE",
            help="Public certificate of its transport CA, for a trust payload.",
        )
        scope = click.option(f"--{side}-scope", metavar="WORD", help="Organization or environment; ECK: the namespace.")
        cluster = click.option(
            f"--{side}-cluster",
            metavar="ID",
            help="Its cluster id in names of certificates; ECK: the name of the resource.",
        )
        release = click.option(f"--{side}-release", metavar="RELEASE", help="The release that it runs.")
        kind = click.option(
            f"--{side}-kind", type=click.Choice(KINDS), help=f"Who runs the {side} cluster, which {what}."
        )
        for option in (several, ca, scope, cluster, release, kind):
            function = option(function)
    return function


@click.command()
@_side_options
@click.option("--security-model", type=click.Choice(MODELS), help="How the local cluster proves itself.")
@click.option("--alias", metavar="NAME", help="The alias of the remote on the local cluster.")
@click.option(
    "--address",
    multiple=True,
    metavar="HOST[:PORT]",
    help="Where the remote is reached; several are seeds of mode sniff.",
)
@click.option("--mode", type=click.Choice(MODES), default="proxy", show_default=True, help="How it is reached.")
@click.option(
    "--server-name", metavar="NAME", help="The name in its certificate, where it is not the host of the address."
)
@click.option("--search", multiple=True, metavar="PATTERN", help="Remote indices that are searched.")
@click.option("--replicate", multiple=True, metavar="PATTERN", help="Remote indices that are replicated.")
@click.option(
    "--skip-unavailable/--no-skip-unavailable", default=True, help="Whether searches leave it out while it is away."
)
@click.option("--public-ca", is_flag=True, help="A public CA signed the certificate of the remote cluster server.")
@click.option(
    "-o", "--output", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Write into this folder."
)
@click.option("--force", is_flag=True, help="Replace documents that are there.")
def connection(*, output: Path | None, force: bool, **given: Any) -> int:  # noqa: ANN401 -- click's own signature.
    """Write the documents of a new connection, and the steps in their order; nothing is changed anywhere.

    What is missing is asked for on a terminal. Without -o everything is one page of Markdown.
    """
    from diag.setup import documents, one_page

    if force and output is None:
        msg = "--force goes with --output"
        raise click.UsageError(msg)
    made = _connection(_answered(_texts(given)))
    if output is None:
        write_out(one_page(made))
        return 0
    written = documents(made)
    _write(output, written, force=force)
    print_error(f"{len(written)} documents written to {output}; begin with {output / written[0].path}")
    return 0


def _texts(given: dict[str, Any]) -> dict[str, str | tuple[str, ...]]:
    """Make texts of what click read: the way back from answers is the same for options and for a terminal."""
    found: dict[str, str | tuple[str, ...]] = {}
    for name, value in given.items():
        if isinstance(value, bool):
            found[name] = str(value).lower()
        elif isinstance(value, Path):
            found[name] = _public_certificate(f"--{name.replace('_', '-')}", value)
        elif value:
            found[name] = value
    return found


def _public_certificate(option: str, path: Path) -> str:
    """Read the certificate of a CA. Raises UsageError where the file holds something else, above all a private key."""
    from diag.text import shorten
    from diag.x509 import read_ca_file

    try:
        with path.open("rb") as file:
            found = read_ca_file(str(path), file.read(_MAX_CA))
    except OSError as error:
        msg = f"{option} {path}: {error.strerror}"
        raise UsageError(msg) from None
    if found.has_private_key:
        msg = f"{option} {path} holds a private key, which never leaves the machine that signs; expected certificates alone"
        raise UsageError(msg)
    if found.problem or not found.certificates:
        msg = f"{option} {path}: {shorten(found.problem) or 'there is no certificate in it'}; expected the certificate of a CA, as PEM"
        raise UsageError(msg)
    if not all(one.is_ca for one in found.certificates):
        msg = f"{option} {path} holds the certificate of a node; expected that of the CA that signed it"
        raise UsageError(msg)
    return "".join(one.pem for one in found.certificates)


def _answered(answers: dict[str, str | tuple[str, ...]]) -> Answers:
    """Ask for what is missing, on a terminal. Raises UsageError elsewhere, with the options that would answer."""
    from diag.setup import missing

    watched = all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))
    while questions := list(missing(answers)):
        if not watched:
            flags = ", ".join(question.flag for question in questions)
            msg = f"missing: {flags} (asked for on a terminal only)"
            raise UsageError(msg)
        answers[questions[0].option] = _ask(questions[0])
    return answers


def _ask(question: Question) -> str | tuple[str, ...]:
    choices = click.Choice(question.choices) if question.choices else None
    default = "" if question.instead else None
    answer = str(click.prompt(question.text, type=choices, default=default, show_default=False, err=True))
    return tuple(answer.split()) if question.many else answer.strip()


def _connection(answers: Answers) -> Connection:
    from diag.setup import problems, to_connection

    try:
        made = to_connection(answers)
    except ValueError as error:
        raise UsageError(str(error)) from None
    if found := problems(made):
        raise UsageError("\n".join(found))
    _judge(made)
    return made


def _judge(made: Connection) -> None:
    """Ask the checks what they make of it, without a network. Raises UsageError for what cannot work; the rest is said."""
    from diag.cli.choice import run_of
    from diag.cli.command_options import Chosen
    from diag.cli.run_rounds import Limits, run_rounds
    from diag.config import Config
    from diag.model import Outcome, Severity
    from diag.setup import declaration

    config = Config.model_validate(declaration(made))
    report = run_rounds(run_of(config, Chosen(), offline=True), Limits()).report
    answer = [
        (finding.severity, f"{result.check}: {finding.summary} {finding.remedy}")
        for result in report.clusters[0].remotes[0].results
        if result.outcome is Outcome.FAIL
        for finding in result.findings
    ]
    if bad := [text for severity, text in answer if severity in {Severity.ERROR, Severity.CRITICAL}]:
        raise UsageError("\n".join(("this cannot work:", *bad)))
    for severity, text in answer:
        if severity is Severity.WARNING:
            print_error(text)


def _write(folder: Path, written: tuple[Document, ...], *, force: bool) -> None:
    """Write all of it: a new folder appears whole or not at all, in one that is there every file does.

    Raises UsageError where one of them is there already, before anything is written, and CannotWrite.
    """
    there = [one.path for one in written if os.path.lexists(folder / one.path)]
    if there and not force:
        msg = f"{folder} has {', '.join(there)} already; expected another folder, or --force"
        raise UsageError(msg)
    if folder.exists():
        _fill(folder, written)
        return
    fresh = folder.with_name(f".{folder.name}.{os.getpid()}.new")
    try:
        _fill(fresh, written)
        fresh.rename(folder)
    except OSError as error:
        msg = f"cannot write {folder}: {error.strerror}"
        raise CannotWrite(msg) from None
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _fill(folder: Path, written: tuple[Document, ...]) -> None:
    for one in written:
        path = folder / one.path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            msg = f"cannot make {path.parent}: {error.strerror}"
            raise CannotWrite(msg) from None
        write_file(path, one.text)
