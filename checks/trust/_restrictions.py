"""The other side's ``trust_restrictions`` file: whether it can be used, and keeps others out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from checks.shared.fixes import at
from diag.model import Fix, Origin, TrustRestrictions, Where, quoted

PATH: Final = "xpack.security.transport.ssl.trust_restrictions.path"
EXTENSIONS: Final = (".yml", ".yaml", ".json")
FILE: Final = "the trust_restrictions file, under trust.subject_name"


def lines(*patterns: str, when: str = "") -> tuple[Fix, ...]:
    """Lines of the ``trust_restrictions`` file, each of which admits what a pattern matches."""
    return at(Where.REMOTE_NODE, yml=[f"- {quoted(pattern)}" for pattern in patterns], file=FILE, when=when)


# Gives the place of a value in the file, None where nobody handed the file over as a document.
Place = Callable[[str], Origin | None]


def nowhere(value: str) -> None:
    """Give no place: the file was not handed over as a document."""
    del value


def is_misnamed(restrictions: TrustRestrictions) -> bool:
    """Tell whether the name of the file keeps Elasticsearch from reading it."""
    return not restrictions.path.endswith(EXTENSIONS)
