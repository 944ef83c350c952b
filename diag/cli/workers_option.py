"""The option that says how many worker processes run the rounds."""

from __future__ import annotations

from typing import Any, Final

import click


class WorkersType(click.ParamType):  # type: ignore[type-arg]  # No parameters before click 8.5.
    """``auto``, or a number."""

    name = "auto|N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | str:  # noqa: ANN401 -- click's own signature.
        """Read it."""
        from diag.config.worker_count import parse_workers  # noqa: PLC0415 -- slow to load.

        try:
            return parse_workers(str(value))
        except ValueError as error:
            self.fail(f"{value!r}: {error}", param, ctx)


WORKERS: Final = WorkersType()
