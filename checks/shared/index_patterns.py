"""Which indices of a remote cluster the declared use means, and how findings name them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from diag.model import MAX_INDICES, Index, Indices, matches

MAX_FACTS: Final = 20
# What Elasticsearch makes for itself: hidden indices, and those that are mounted from a snapshot. A pattern has to name them.
_OWN: Final = (".", "restored-", "partial-")
_EXCLUDES: Final = "-"
_ALL: Final = "_all"
CUT: Final = "the remote cluster has more indices than are read"
# How the names of the indices behind data streams begin: those of its documents, and those of what could not be indexed. The second
# have privileges of their own, and no pattern means them without saying so.
FAILURES: Final = ".fs-"
BEHIND_STREAMS: Final = (".ds-", FAILURES)
_BEHIND: Final = re.compile(r"\.(?:ds|fs)-(?P<stream>.+?)(?:-\d{4}\.\d{2}\.\d{2})?-\d{6,}")


def is_whole(names: Sequence[object]) -> bool:
    """Tell whether a list of indices, policies or pipelines was read to its end."""
    return len(names) < MAX_INDICES


def fits(pattern: str, name: str) -> bool:
    """Tell whether a pattern means an index, alias or data stream; ``*`` means nothing that Elasticsearch makes for itself."""
    return matches(pattern, name) and all(pattern.startswith(own) for own in _OWN if name.startswith(own))


def included(patterns: Sequence[str]) -> tuple[str, ...]:
    """Give the patterns that name something, as an auto-follow pattern takes them."""
    return tuple("*" if one == _ALL else one for one in patterns if not one.startswith(_EXCLUDES))


def excluded(patterns: Sequence[str]) -> tuple[str, ...]:
    """Give the patterns of what is left out again."""
    return tuple(one.removeprefix(_EXCLUDES) for one in patterns if one.startswith(_EXCLUDES))


def stream(index: str) -> str:
    """The data stream that an index stands behind, by the name that Elasticsearch gave the index; empty where it is none of these."""
    found = _BEHIND.fullmatch(index)
    return found["stream"] if found is not None else ""


def meant(patterns: Sequence[str], index: Index, indices: Indices) -> bool:
    """Tell whether patterns mean an index: by its own name, or by that of the data stream that it belongs to."""
    of_documents = "" if index.name.startswith(FAILURES) else stream(index.name)
    names = [index.name, *([of_documents] if of_documents in indices.data_streams else [])]
    if any(matches(pattern, name) for pattern in excluded(patterns) for name in names):
        return False
    return any(fits(pattern, name) for pattern in included(patterns) for name in names)
