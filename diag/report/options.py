"""How a report is to look. What it says never depends on this."""

from __future__ import annotations

from diag.lazy_dataclass import dataclass
from diag.model import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderOptions:
    """Width in columns, colour or none, plain ASCII or not; ``verbose`` spells out what is otherwise only named.

    ``fail_on`` is the lowest severity that counts as a failure where a format knows only failed or not (JUnit).
    """

    width: int = 100
    colour: bool = False
    ascii: bool = False
    verbose: bool = False
    fail_on: Severity = Severity.WARNING
