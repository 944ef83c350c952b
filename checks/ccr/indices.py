"""Which indices of a remote cluster the declared use means, and how findings name them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from checks.remedies import shorten
from diag.model import Index, Indices
from diag.model.patterns import matches

MOST_FACTS: Final = 20
_MOST_SHOWN: Final = 5
# A longer list is cut when it is read, so that a name that is not in it may exist all the same.
_MOST_READ: Final = 5000
# What Elasticsearch makes for itself: hidden indices, and those that are mounted from a snapshot. A pattern has to name them.
_OWN: Final = (".", "restored-", "partial-")
_BACKING: Final = re.compile(r"\.ds-(?P<stream>.+?)(?:-\d{4}\.\d{2}\.\d{2})?-\d{6,}")


def listed(texts: Sequence[str]) -> str:
    """Name some things, the first few of many."""
    shown = ", ".join(shorten(text, 80) for text in texts[:_MOST_SHOWN])
    return shown + (f" and {len(texts) - _MOST_SHOWN} more" if len(texts) > _MOST_SHOWN else "")


def is_whole(names: Sequence[object]) -> bool:
    """Tell whether a list of indices, policies or pipelines was read to its end."""
    return len(names) < _MOST_READ


def fits(pattern: str, name: str) -> bool:
    """Tell whether a pattern means an index, alias or data stream; ``*`` means nothing that Elasticsearch makes for itself."""
    return matches(pattern, name) and all(pattern.startswith(own) for own in _OWN if name.startswith(own))


def meant(patterns: Sequence[str], index: Index, indices: Indices) -> bool:
    """Tell whether patterns mean an index: by its own name, or by that of the data stream that it belongs to."""
    found = _BACKING.fullmatch(index.name)
    stream = found["stream"] if found is not None and found["stream"] in indices.data_streams else ""
    return any(fits(pattern, name) for pattern in patterns for name in (index.name, stream) if name)
