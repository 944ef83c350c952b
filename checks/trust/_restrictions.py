"""The other side's ``trust_restrictions`` file: whether it can be used, and keeps others out."""

from __future__ import annotations

from typing import Final

from checks.shared.fixes import at
from diag.model import Fix, Where, quoted

PATH: Final = "xpack.security.transport.ssl.trust_restrictions.path"
FILE: Final = "the trust_restrictions file, under trust.subject_name"


def lines(*patterns: str, when: str = "") -> tuple[Fix, ...]:
    """Lines of the ``trust_restrictions`` file, each of which admits what a pattern matches."""
    return at(Where.REMOTE_NODE, yml=[f"- {quoted(pattern)}" for pattern in patterns], file=FILE, when=when)
