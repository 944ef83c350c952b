"""The past: what changed with each cluster and remote, since when, and how much of the time a remote was well."""

from diag.history.contract import History
from diag.history.event import Availability, Event, EventKind
from diag.history.memory import MemoryHistory

__all__ = ["Availability", "Event", "EventKind", "History", "MemoryHistory"]
