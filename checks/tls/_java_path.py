"""What Java's validation of a path refuses in certificates that a trusted CA issued."""

from __future__ import annotations

from diag.model import (
    FaultFound,
    shorten,
)


def facts(fault: FaultFound, expected: str) -> dict[str, str]:
    return {
        "observed": shorten(fault.detail),
        "expected": expected,
        "subject": shorten(fault.subject),
        "issuer": shorten(fault.issuer),
    }
