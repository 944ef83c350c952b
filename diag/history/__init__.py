"""The past: what changed with each cluster and remote, since when, and how much of the time a remote was well."""

from diag.history.contract import History
from diag.history.database import Retention
from diag.history.event import Availability, Event, EventKind
from diag.history.file_facts import FileFacts
from diag.history.file_history import FileHistory
from diag.history.memory import MemoryHistory

__all__ = ["Availability", "Event", "EventKind", "FileFacts", "FileHistory", "History", "MemoryHistory", "Retention"]
