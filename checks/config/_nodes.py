"""What only the nodes tell: which of them may connect to remotes, and what stands in the file of each."""

from __future__ import annotations

from collections.abc import Sequence

from diag.model import (
    as_fact,
)


def cut(names: Sequence[str]) -> tuple[str, ...]:
    return as_fact(names)
