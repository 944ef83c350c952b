"""``diag completion``: what a shell needs to complete commands, options, values and ids of checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from diag.cli.standard_streams import UsageError, write_out

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# ruff: noqa: PLC0415 -- what completes is loaded where something is completed: `diag --help` has no time for it.

VARIABLE = "_DIAG_COMPLETE"  # What the printed script sets, and click's own main looks for.
SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> int:
    """Print the completion script of a shell.

    bash: diag completion bash > /etc/bash_completion.d/diag

    zsh: diag completion zsh > "${fpath[1]}/_diag"

    fish: diag completion fish > ~/.config/fish/completions/diag.fish
    """
    from click.shell_completion import ShellComplete, get_completion_class

    made = get_completion_class(shell)
    if made is None:
        msg = f"this release of click completes nothing in {shell}"
        raise UsageError(msg)
    # The text alone: click's own method for bash would first start a bash to ask for its release.
    write_out(ShellComplete.source(made(context.find_root().command, {}, "diag", VARIABLE)) + "\n")
    return 0


def check_ids(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """The ids of checks that begin with what was typed, each with its sentence."""
    from click.shell_completion import CompletionItem

    from diag.engine import load_catalogue

    del context, parameter
    return [
        CompletionItem(check.id, help=check.problem) for check in load_catalogue().checks if check.id.startswith(begun)
    ]
