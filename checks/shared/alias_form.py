"""What form an alias has: whether it can stand in the name of a setting, and the valid one that looks most like it."""

from __future__ import annotations

import re
import unicodedata

_MAX_LENGTH = 200
_SETTINGS_KEY = re.compile(r"[-A-Za-z0-9_]+")


def suggest_alias(alias: str) -> str:
    """The alias that is valid everywhere and looks most like ``alias``."""
    plain = unicodedata.normalize("NFKD", alias[:_MAX_LENGTH]).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9_-]+", "-", plain).strip("-_")[:60] or "remote"


def is_settings_key(alias: str) -> bool:
    """Tell whether Elasticsearch accepts ``cluster.remote.<alias>.*`` as names of settings."""
    return _SETTINGS_KEY.fullmatch(alias) is not None
