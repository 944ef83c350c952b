"""Run commands of diag in this process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from diag.cli import program

REFUSED = "network/tcp-refused"


def diag(*arguments: str | Path, environment: dict[str, str] | None = None, stdin: Any = None) -> Result:
    """Run a command in this process."""
    env = {"DIAG_CONFIG": "", "NO_COLOR": "", **(environment or {})}
    return CliRunner().invoke(program, [str(one) for one in arguments], env=env, input=stdin, prog_name="diag")
