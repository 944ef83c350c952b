"""Whether the access of the API key covers what the remote is declared to be used for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from checks.auth._key_record import leaders_of, names_of, uncovered
from checks.shared.index_patterns import BEHIND_STREAMS
from diag.check import Unknown
from diag.model import (
    KeyAccess,
    KeyRecord,
    NotJudgedError,
    Remote,
    Replication,
    Unavailable,
    covers,
    dataclass,
    matches,
    overlaps,
    shorten,
)

# A key for a data stream covers the indices behind it too, whose names are others.
# Before it the name of a data stream, after it which part of that is meant (data, failures).
SELECTOR: Final = "::"


@dataclass(frozen=True, slots=True)
class AccessGap:
    """A declared pattern that a part of the access (``search``, ``replication``) does not cover, or not wholly (``partly``)."""

    part: str
    pattern: str
    names: tuple[str, ...]
    partly: bool


def access_gaps(
    record: KeyRecord, remote: Remote, replication: Replication | Unavailable
) -> Iterator[AccessGap | Unknown]:
    """What of the declared use a key leaves out. Where a part of the access is empty, other checks are about that."""
    if record.search:
        yield from _left_out("search", record.search, remote.use.search)
    if record.replication:
        failing = uncovered(record.replication, leaders_of(replication, remote))
        for one in _left_out("replication", record.replication, remote.use.replicate):
            # The leaders that fail are named by auth/key-no-replication-access, and are not named twice.
            if not (isinstance(one, AccessGap) and any(matches(one.pattern, leader) for leader in failing)):
                yield one


def _left_out(part: str, access: tuple[KeyAccess, ...], patterns: Iterable[str]) -> Iterator[AccessGap | Unknown]:
    names = names_of(access)
    for pattern in single(patterns):
        if pattern.startswith("<"):
            yield Unknown(f"{shorten(pattern, 80)} is date math, which is not judged here")
            continue
        if SELECTOR in pattern:
            yield Unknown(
                f"{shorten(pattern, 80)} names a part of a data stream ({SELECTOR}), which is not judged here"
            )
            continue
        try:
            if covers(names, pattern):
                continue
            partly = overlaps(names, pattern)
        except NotJudgedError as error:
            yield Unknown(f"whether the key covers {shorten(pattern, 80)}: {error}")
            continue
        if pattern.startswith(BEHIND_STREAMS):
            yield Unknown(f"which data stream {shorten(pattern, 80)} belongs to is not known")
        else:
            yield AccessGap(part, pattern, names, partly)


def single(patterns: Iterable[str]) -> Iterator[str]:
    """Each pattern by itself, also where several stand in one text; what is taken out again (-) can't be among the names of a key."""
    for text in patterns:
        for part in (text,) if text.startswith("<") else text.split(","):
            name = part.strip()
            if name and not name.startswith("-"):
                yield "*" if name == "_all" else name
