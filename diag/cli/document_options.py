"""What the command line says of documents that are named: whose they are, and what their release and kind is."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

import click

from diag.cli.command_options import EXISTING_FILE
from diag.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """What the command line says of the documents."""

    files: tuple[str, ...]
    side: str | None
    version: str
    kind: str | None
    security_model: str | None
    env_file: Path | None
    keystore: Path | None
    stdin_filename: str
    password_files: tuple[Path, ...] = ()
    password_variables: tuple[str, ...] = ()


def document_options(function: Callable[..., int]) -> Callable[..., int]:
    """Add the files, and the options that say what they are; the command takes them as ``documents``."""

    @click.argument("files", nargs=-1, metavar="[FILE|FOLDER|-]…")
    @click.option("--as", "side", type=click.Choice(["local", "remote"]), help="Whose documents they are.")
    @click.option("--version", default="", metavar="RELEASE", help="The release of the cluster, such as 8.19.0.")
    @click.option("--kind", type=click.Choice(["hosted", "ece", "eck", "self_managed"]), help="Who runs it.")
    @click.option("--security-model", type=click.Choice(["api_key", "certificate"]), help="Of the remotes.")
    @click.option("--env-file", type=EXISTING_FILE, metavar="FILE", help="NAME=value lines that fill ${NAME} in.")
    @click.option("--keystore", type=EXISTING_FILE, metavar="FILE", help="What elasticsearch-keystore list printed.")
    @click.option(
        "--password-file",
        "password_files",
        type=EXISTING_FILE,
        multiple=True,
        metavar="FILE",
        help="Holds a password of key stores and keys.",
    )
    @click.option(
        "--password-env",
        "password_variables",
        multiple=True,
        metavar="NAME",
        help="A variable with a password of key stores and keys.",
    )
    @click.option("--stdin-filename", default="", metavar="NAME", help="What to call standard input.")
    @functools.wraps(function)
    def command(  # noqa: PLR0913 -- one parameter for each option.
        *,
        files: tuple[str, ...],
        side: str | None,
        version: str,
        kind: str | None,
        security_model: str | None,
        env_file: Path | None,
        keystore: Path | None,
        stdin_filename: str,
        password_files: tuple[Path, ...],
        password_variables: tuple[str, ...],
        **rest: object,
    ) -> int:
        documents = Documents(
            files=files,
            side=side,
            version=version,
            kind=kind,
            security_model=security_model,
            env_file=env_file,
            keystore=keystore,
            stdin_filename=stdin_filename,
            password_files=password_files,
            password_variables=password_variables,
        )
        return function(documents=documents, **rest)

    return command
