"""Environment variables: each option of each command reads one, so that a container or a unit needs no command line."""

from __future__ import annotations

import click

PREFIX = "DIAG"


def name_variables(command: click.Command, path: str) -> None:
    """Give every option of a command, and of the commands below it, the variable that is named by its place and its long name.

    ``path`` is how the command is typed, such as ``checks list``: its option ``--only`` reads ``DIAG_CHECKS_LIST_ONLY``.
    An option that names a variable itself keeps that one.
    """
    for option in command.params:
        if isinstance(option, click.Option) and option.envvar is None:
            option.envvar = f"{PREFIX}_{path}_{long_name(option)}".upper().replace(" ", "_").replace("-", "_")
            option.show_envvar = True
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            name_variables(below, f"{path} {name}")


def long_name(option: click.Option) -> str:
    """The name of an option as people type it, without dashes."""
    return max(option.opts, key=len).lstrip("-")
