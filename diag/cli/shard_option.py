"""The type of an option that names a part of the local clusters."""

from __future__ import annotations

from typing import Any, Final

import click

from diag.shard import Shard


class ShardType(click.ParamType):  # type: ignore[type-arg]  # No parameters before click 8.5.
    """``K/N``."""

    name = "K/N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Shard:  # noqa: ANN401 -- click's own signature.
        """Read it."""
        if isinstance(value, Shard):
            return value
        try:
            return Shard.parse(str(value))
        except ValueError as error:
            self.fail(f"{value!r}: {error}", param, ctx)


SHARD: Final = ShardType()
