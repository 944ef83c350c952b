"""A table of checks as text: all that is known of each, so that its module is imported when it is first asked.

Of the checks of a pack a command asks a third. Whoever keeps such a table writes it anew with each change, and tests that it is.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from typing import Any, Final

from diag.check import Applies, Check, Verdicts, Yields, with_documents
from diag.check.needs import SLOTS, Need, Scope
from diag.model import Kind, Layer, Mode, SecurityModel, Severity

_SLOTS: Final = {**SLOTS, Verdicts.__name__: Verdicts}
_NAMES: Final = {slot: name for name, slot in _SLOTS.items()}
_APPLIES: Final[dict[str, Callable[[str], Any]]] = {
    "models": SecurityModel,
    "modes": Mode,
    "local_kinds": Kind,
    "remote_kinds": Kind,
}
_TEXTS: Final = ("docs", "tags", "explains", "leaves_open")
_FLAGS: Final = ("essential", "second_hop", "once_in_documents")


class WrittenInModule:
    """The function of a check that stands in a table: imported when it is first called, or asked for."""

    def __init__(self, place: str, *, in_documents: bool) -> None:
        self._module, _, self._name = place.partition(":")
        self._in_documents = in_documents

    @cached_property
    def function(self) -> Callable[..., Yields]:
        """The function itself."""
        made: Check = getattr(importlib.import_module(self._module), self._name)
        if self._in_documents:
            assert made.in_documents is not None  # noqa: S101 -- the table says that there is one.
            made = made.in_documents
        return made.run

    def __call__(self, *values: Any, **named: Any) -> Yields:  # noqa: ANN401 -- whatever the check asks for.
        """Ask the check."""
        return self.function(*values, **named)


def table_of(checks: Iterable[Check]) -> str:
    """Write the table: a line for each check, with what is not as it is where it is left out."""
    rows = (json.dumps(_row(check), ensure_ascii=False) for check in checks)
    return "[\n" + ",\n".join(rows) + "\n]\n"


def read_table(text: str) -> tuple[Check, ...]:
    """Make the checks of a table."""
    return tuple(map(_check, json.loads(text)))


def _row(check: Check) -> dict[str, Any]:
    """Each check is found in the module of its function, under the name of that."""
    row: dict[str, Any] = {
        "id": check.id,
        "place": f"{check.function.__module__}:{check.function.__name__}",
        "severity": check.severity,
        "severities": check.severities,
        "layer": check.layer.name,
        "needs": _needs_row(check),
        "scope": check.scope,
        "applies": {name: getattr(check.applies, name) for name in _APPLIES if getattr(check.applies, name)},
        "source": check.source,
        **{name: getattr(check, name) for name in _TEXTS},
        **{name: getattr(check, name) for name in _FLAGS},
        "while_connected": check.while_connected,
        "in_documents": check.in_documents and _needs_row(check.in_documents),
    }
    return {name: value for name, value in row.items() if value}


def _needs_row(check: Check) -> list[tuple[str, str, bool]]:
    return [(need.parameter, _NAMES[need.slot], need.optional) for need in check.needs]


def _check(row: dict[str, Any]) -> Check:
    others: dict[str, Any] = {name: tuple(row[name]) for name in _TEXTS if name in row}
    others |= {name: True for name in _FLAGS if name in row}
    made = Check(
        id=row["id"],
        severity=Severity(row["severity"]),
        severities=tuple(map(Severity, row["severities"])),
        layer=Layer[row["layer"]],
        run=WrittenInModule(row["place"], in_documents=False),
        needs=_needs(row.get("needs", ())),
        scope=Scope(row["scope"]),
        applies=_applies(*((name, *words) for name, words in row.get("applies", {}).items())),
        source=row.get("source", ""),
        while_connected=Severity(row["while_connected"]) if "while_connected" in row else None,
        **others,
    )
    if "in_documents" not in row:
        return made
    return with_documents(made, WrittenInModule(row["place"], in_documents=True), _needs(row["in_documents"]))


def _needs(rows: Iterable[tuple[str, str, bool]]) -> tuple[Need, ...]:
    return tuple(_need(parameter, name, optional) for parameter, name, optional in rows)


@lru_cache(maxsize=1024)
def _need(parameter: str, name: str, optional: bool) -> Need:  # noqa: FBT001 -- a key of the cache.
    slot = _SLOTS[name]
    return Need(parameter=parameter, type=slot if isinstance(slot, type) else slot[1], slot=slot, optional=optional)


@lru_cache(maxsize=256)
def _applies(*rows: tuple[str, ...]) -> Applies:
    return Applies(**{name: tuple(map(_APPLIES[name], words)) for name, *words in rows})
