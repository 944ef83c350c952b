"""Whether the local cluster is connected, by its own word, and whether that word holds."""

from __future__ import annotations

MAX_LENGTH = 300
