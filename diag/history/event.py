"""The nouns of the past: an event, and how much of the time something was well."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from diag.lazy_dataclass import dataclass


class EventKind(StrEnum):
    """What changed. ``before`` and ``after`` of an event are texts; empty means none."""

    APPEARED = "appeared"  # Seen for the first time, or again; ``after`` is the status.
    GONE = "gone"  # No longer configured or registered; ``before`` is the status.
    STATUS = "status"
    ROOT_CAUSE = "root_cause"  # Check ids joined by ", ", the first one first to be fixed.
    ADDRESS = "address"  # The IP addresses behind the host:port in ``subject``.
    CERTIFICATE = "certificate"  # What the address in ``subject`` shows, or a configured file holds.
    RELEASE = "release"  # Of Elasticsearch.
    LICENSE = "license"
    IDENTITY = "identity"  # Another cluster answers: its name and UUID.
    SETTING = "setting"  # The key is in ``subject``.
    GAP = "gap"  # diag did not look from ``before`` to ``after``, both ISO 8601.


# What may be why something broke; the others are what became of it.
CAUSES: Final = frozenset(
    {
        EventKind.ADDRESS,
        EventKind.CERTIFICATE,
        EventKind.RELEASE,
        EventKind.LICENSE,
        EventKind.IDENTITY,
        EventKind.SETTING,
    }
)
# The kinds whose ``after`` is a status, or nothing where it is gone: the line of the status through time.
STATUS_KINDS: Final = frozenset({EventKind.APPEARED, EventKind.GONE, EventKind.STATUS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One change.

    ``cursor`` orders events and is never given twice, not even across restarts. ``remote`` is the cluster alias, empty where it is about
    the local cluster itself. ``subject`` says which setting, which address, which certificate. Texts may come from a peer.
    """

    cursor: int
    at: datetime
    cluster: str
    remote: str
    kind: EventKind
    subject: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """How long something was well between ``begins`` and ``ends``, in seconds.

    ``up`` is ok or warn, ``down`` is fail, ``unknown`` is time in which diag looked and could not tell, ``not_observed`` is time in which
    diag did not look, did not know of it yet, or of which nothing is kept any more.
    """

    begins: datetime
    ends: datetime
    up: float = 0.0
    down: float = 0.0
    unknown: float = 0.0
    not_observed: float = 0.0

    @property
    def ratio(self) -> float | None:
        """The share of the time with a verdict in which it was well, 0 to 1; None where there was no verdict at all."""
        known = self.up + self.down
        return self.up / known if known else None
