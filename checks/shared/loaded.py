"""What a node has loaded: whether a CA that is declared is among the certificates that it lists."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from diag.model import (
    Certificate,
    LoadedCertificate,
)

# From eight bytes on a serial number is no coincidence. CAs that are made by hand often have 01.
_MIN_UNIQUE_LENGTH: Final = 16


def is_loaded(certificate: Certificate, loaded: Iterable[LoadedCertificate]) -> bool:
    """Tell whether a node lists this certificate: by its serial number, and by its name where that number is a short one."""
    return any(
        one.serial == certificate.serial != ""
        and (len(one.serial) >= _MIN_UNIQUE_LENGTH or same_name_in(one.subject, certificate.subject))
        for one in loaded
    )


def same_name_in(one: str, other: str) -> bool:
    """Tell whether two writers of distinguished names mean the same: order, spacing, quotes and names of types differ between them."""
    return _values(one) == _values(other) != []


def _values(name: str) -> list[str]:
    parts = re.split(r"[,+]", name.replace("\\", "").replace('"', ""))
    return sorted(part.rpartition("=")[2].strip().casefold() for part in parts if part.strip())
