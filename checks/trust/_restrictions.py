"""The other side's ``trust_restrictions`` file: whether it can be used, and keeps others out."""

from __future__ import annotations

from typing import Final

from checks.shared.fixes import on_remote_nodes
from checks.shared.presented_names import quoted
from diag.model import Fix

PATH: Final = "xpack.security.transport.ssl.trust_restrictions.path"
_IN_FILE: Final = "in the trust_restrictions file, under trust.subject_name"


def lines(*patterns: str, when: str = _IN_FILE) -> tuple[Fix, ...]:
    """Lines of the ``trust_restrictions`` file, each of which admits what a pattern matches."""
    return on_remote_nodes(yml=[f"- {quoted(pattern)}" for pattern in patterns], when=when)
