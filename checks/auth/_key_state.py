"""What the remote cluster reports of an API key that speaks against it: the proof, where the key could not be tried."""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

from checks.shared.fixes import Later
from diag.model import Finding, KeyLookup, KeyTrial, KeyVerdict, Now, Unavailable, dataclass, shorten

_WANTED: Final = "cross_cluster"


class Fault(Enum):
    """Which check a fault belongs to."""

    INVALID = auto()
    EXPIRED = auto()
    WRONG_TYPE = auto()
    NONE = auto()


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is wrong with a key by its record, in words that follow "the key"."""

    fault: Fault
    words: str = ""


def recorded(remote_side: KeyLookup | Unavailable, key: KeyTrial | Unavailable, now: Now) -> Recorded | None:
    """Judge the record; None where there is none, or where the key was tried, which is the better proof."""
    if isinstance(remote_side, Unavailable) or (isinstance(key, KeyTrial) and key.verdict is not KeyVerdict.UNCLEAR):
        return None
    record = remote_side.record
    if record is None:
        return Recorded(Fault.INVALID, "does not exist there")
    if record.invalidated:
        return Recorded(Fault.INVALID, "was invalidated")
    if record.expires is not None and now.has_come(record.expires):
        return Recorded(Fault.EXPIRED, f"has expired ({record.expires:%Y-%m-%d})")
    if record.type != _WANTED:
        return Recorded(Fault.WRONG_TYPE, f"is of type {shorten(record.type, 40)}, not cross_cluster")
    return Recorded(Fault.NONE)


def by_record(found: Recorded, how: Later) -> Finding:
    """Word the finding."""
    return Finding(
        summary=f"The remote cluster reports that the key {found.words}; expected a valid cross-cluster API key.",
        remedy=how.sentence,
        fix=how.fix,
        facts={"observed": found.words, "expected": "a valid cross-cluster API key"},
    )
