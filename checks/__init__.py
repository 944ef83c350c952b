"""The built-in checks: ``CHECKS`` are all of them, in display order.

They are made of a table, which ``make docs`` writes from the modules themselves: each of these is imported when its check is first asked,
which is a third of them in most commands.
"""

import importlib
from pathlib import Path

from diag.check import Check
from diag.check.table import read_table

GROUPS = ("config", "version", "network", "tls", "trust", "auth", "license", "runtime", "ccr", "cloud_api", "eck")
TABLE = Path(__file__).with_name("table.json")


def written() -> tuple[Check, ...]:
    """All checks as they are written, from the modules that their groups name."""
    places = [f"checks.{group}" for group in GROUPS]
    modules = [(f"{place}.{name}", name) for place in places for name in importlib.import_module(place).MODULES]
    return tuple(getattr(importlib.import_module(module), name) for module, name in modules)


CHECKS: tuple[Check, ...] = read_table(TABLE.read_text(encoding="utf-8"))
