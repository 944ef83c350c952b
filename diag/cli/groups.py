"""Groups of commands: a name that nobody answers to is answered with the one that was probably meant."""

from __future__ import annotations

import click

from diag.text import nearest

_WHOLE_SENTENCE = 300


class Group(click.Group):
    """A group of commands that knows what was probably meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; an unknown name is refused with its nearest neighbour."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            close = nearest(args[0], self.list_commands(ctx))
            meant = f"{ctx.command_path} {' '.join([*args[1:2], '--help'])}" if args[0] == "help" else "".join(close)
            hint = f" Did you mean {meant!r}?" if meant else ""
            ctx.fail(f"No such command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands with the whole first sentence of each."""
        commands = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        rows = [(name, one.get_short_help_str(_WHOLE_SENTENCE)) for name, one in commands if one and not one.hidden]
        with formatter.section("Commands"):
            formatter.write_dl(rows)
