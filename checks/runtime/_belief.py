"""Whether the local cluster reports that it is connected, and whether that holds."""

from __future__ import annotations

MAX_LENGTH = 300
