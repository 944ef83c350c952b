"""The past in words, and as plain values: one line for each event, for pages and for the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from diag.history import Event, EventKind
from diag.report.plain import rfc3339
from diag.text import shorten

MAX_VALUE: Final = 200
_KINDS: Final = {
    EventKind.ROOT_CAUSE: "root cause",
    EventKind.ADDRESS: "addresses of",
    EventKind.CERTIFICATE: "certificate of",
    EventKind.RELEASE: "release",
    EventKind.LICENSE: "license",
    EventKind.IDENTITY: "cluster that answers",
    EventKind.SETTING: "setting",
}


def event_text(event: Event, status: Callable[[str], str] = str) -> str:
    """Say what changed. ``status`` gives the word for a status where another one is shown."""
    match event.kind:
        case EventKind.APPEARED:
            return f"seen for the first time: {status(event.after)}"
        case EventKind.GONE:
            return f"gone; it was {status(event.before)}"
        case EventKind.STATUS:
            return f"{status(event.before)} → {status(event.after)}"
        case EventKind.GAP:
            return f"diag did not look from {event.before} to {event.after}"
    what = " ".join(filter(None, (_KINDS.get(event.kind, event.kind), event.subject)))
    return f"{what}: {_value(event.before)} → {_value(event.after)}"


def event_to_json(event: Event) -> dict[str, Any]:
    """Give one event as plain values."""
    return {
        "cursor": event.cursor,
        "at": rfc3339(event.at),
        "cluster": event.cluster,
        "remote": event.remote or None,
        "kind": event.kind.value,
        "subject": event.subject,
        "before": event.before,
        "after": event.after,
    }


def _value(text: str) -> str:
    return shorten(text, MAX_VALUE) or "none"
