"""The program: its commands, and what becomes of every way in which one can end."""

from __future__ import annotations

import gc
import importlib
import os
import sys
import time
import warnings
from typing import Any, NoReturn

import click

from diag import VERSION
from diag.cli.groups import Group
from diag.cli.variables import name_variables
from diag.cli.ways_in import WAYS_IN

# ruff: noqa: PLC0415 -- what only some commands need waits for them: `diag --help` has no time for it.

INTERRUPTED = 130
OWN_FAILURE = 1

# The commands in the order in which people need them: the module of each, and its line in the help.
COMMANDS = {
    "run": ("run", "Look at every configured remote once, and report."),
    "daemon": ("serving", "Look again and again; serve metrics, report and status page."),
    "worker": ("vantage_worker", "Look from another vantage point, for a daemon elsewhere."),
    "health": ("health_check", "Say whether a daemon is alive: the health check of a container."),
    "history": ("past_events", "Show what changed, from the file that the daemon writes."),
    "probe": ("run", "Look at addresses, without a configuration."),
    "lint": ("lint", "Show what files alone can show: the configuration, or documents of Elasticsearch."),
    "replay": ("run", "Judge saved evidence again, without a network."),
    "discover": ("setup", "Ask a cluster or a platform, and write a diag.yaml."),
    "setup": ("setup", "Print the role that diag needs; write the documents of a new remote."),
    "lab": ("serving", "Start emulated remote clusters, to try diag on."),
    "checks": ("checks", "List and explain the checks."),
    "config": ("checks", "Check the configuration; print its schema."),
    "completion": ("completing", "Print the completion script of a shell."),
    "version": ("checks", "Print the version of diag, Python and OpenSSL."),
}


class Program(Group):
    """A group of commands that return their exit code. No traceback leaves it."""

    def main(self, *args: Any, **extra: Any) -> NoReturn:  # noqa: ANN401 -- click's own signature.
        """Run a command and end the process with its exit code."""
        sys.exit(self._code(*args, **{**extra, "standalone_mode": False, "obj": time.monotonic()}))

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands, without loading any."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the one command that was asked for."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(f"diag.cli.{COMMANDS[cmd_name][0]}"), cmd_name)
        if not isinstance(command, click.Command):
            return None
        name_variables(command, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands, without loading any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the ways in as they are laid out: they are lines to copy."""
        formatter.write(f"\n{WAYS_IN}")
        super().format_epilog(ctx, formatter)

    def _code(self, *args: Any, **extra: Any) -> int:  # noqa: ANN401 -- click's own signature.
        try:
            result = super().main(*args, **extra)
        except click.UsageError as error:
            _show_usage(error)
            return error.exit_code
        except click.ClickException as error:
            _print_usage_error(error.format_message())
            return error.exit_code
        except (click.Abort, KeyboardInterrupt):
            return INTERRUPTED
        except Exception as error:
            if os.environ.get("DIAG_DEBUG"):
                raise
            _print_usage_error(f"{_stated(error)}\nDIAG_DEBUG=1 shows where this happened.")
            return OWN_FAILURE
        return result if isinstance(result, int) else 0


@click.group(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 nothing found, 1 diag itself failed, 2 usage or configuration, 3 error or critical, "
    "4 warning, 5 something essential is unknown. Each option is an environment variable too, named in the help of its command.",
)
@click.version_option(VERSION, "--version", message="diag %(version)s")
def program() -> None:
    """The doctor for Elasticsearch remote clusters: finds out why one is broken, root cause first."""


def main() -> None:
    """Start the program, from the shell."""
    # What modules are made of stays for good. Looking through it for garbage, again and again, is a tenth of the start.
    gc.disable()
    # The search for plugins of pydantic reads the metadata of every installed package, and diag has no use for any.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    if not os.environ.get("DIAG_DEBUG"):
        # Whoever interrupts a run leaves steps of it that had not begun; what Python remarks on that helps nobody at a terminal.
        warnings.filterwarnings("ignore", message="coroutine .* was never awaited", category=RuntimeWarning)
    program.main(prog_name="diag")


def _stated(error: Exception) -> str:
    """An error in words. Two checks of one id is what a user can fix; the text of another may hold anything."""
    from diag.engine import DuplicateCheckError

    if isinstance(error, DuplicateCheckError):
        return str(error)
    return f"diag itself failed ({type(error).__name__}); please report it."


def _print_usage_error(text: str) -> None:
    from diag.cli.standard_streams import print_error

    print_error(text)


def _show_usage(error: click.UsageError) -> None:
    """Show a usage error; what the user typed may hold escape sequences. Without a command, the help is what was missing."""
    from diag.text import visible

    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
    else:
        click.UsageError(visible(error.format_message() + _belongs_to(error)), error.ctx).show(sys.stderr)


def _belongs_to(error: click.UsageError) -> str:
    """Name the commands that take an option which was typed in front of them, or without one."""
    context = error.ctx
    if not isinstance(error, click.NoSuchOption) or context is None or not isinstance(context.command, Group):
        return ""
    names = []
    for name in context.command.list_commands(context):
        command = context.command.get_command(context, name)
        if command and any(error.option_name in one.opts for one in command.params if isinstance(one, click.Option)):
            names.append(f"{context.command_path} {name}")
    return f" It goes behind {' or '.join(names)}." if names else ""
