"""Groups of commands: a name that nobody answers to is answered with the one that was probably meant."""

from __future__ import annotations

import click


class Group(click.Group):
    """A group of commands that knows what was probably meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; an unknown name is refused with its nearest neighbour."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            close = _nearest(args[0], self.list_commands(ctx))
            hint = f" Did you mean {close!r}?" if close else ""
            ctx.fail(f"No such command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)


def _nearest(word: str, known: list[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 -- rarely needed, and the help is quick without it.

    return next(iter(get_close_matches(word[:40].lower(), known, n=1, cutoff=0.5)), "")
