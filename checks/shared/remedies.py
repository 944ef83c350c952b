"""How findings word what to do: a call with its settings, a keystore entry, text of a bounded length."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping

from diag.model import mask_userinfo, shorten

Setting = str | bool | None | list[str]
_MAX_LENGTH = 200
_MAX_ITEMS = 20
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_SETTINGS_KEY = re.compile(r"[-A-Za-z0-9_]+")


def put_settings(settings: Mapping[str, Setting]) -> str:
    """Word the call that changes persistent settings; None removes a setting."""
    body = json.dumps({"persistent": {shorten(key): _bounded(value) for key, value in settings.items()}})
    return f"PUT _cluster/settings {body}"


def suggest_alias(alias: str) -> str:
    """The alias that is valid everywhere and looks most like ``alias``."""
    plain = unicodedata.normalize("NFKD", alias[:_MAX_LENGTH]).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9_-]+", "-", plain).strip("-_")[:60] or "remote"


def is_settings_key(alias: str) -> bool:
    """Tell whether Elasticsearch accepts ``cluster.remote.<alias>.*`` as names of settings."""
    return _SETTINGS_KEY.fullmatch(alias) is not None


def _bounded(value: Setting) -> Setting:
    match value:
        case str():
            return shorten(mask_userinfo(value))
        case list():
            shown = [shorten(mask_userinfo(item)) for item in value[:_MAX_ITEMS]]
            return shown if len(value) <= _MAX_ITEMS else [*shown, "…"]
        case _:
            return value
