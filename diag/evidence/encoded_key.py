"""The encoded form of an API key, base64 of ``id:secret``: the one place that writes and reads it."""

from __future__ import annotations

import base64
import binascii


def encoded(key_id: str, secret: str) -> str:
    """The encoded form, as Elasticsearch gives it under ``encoded``."""
    return base64.b64encode(f"{key_id}:{secret}".encode()).decode()


def inside(text: str) -> str:
    """The text behind base64, with or without its padding, as Java takes it; empty where there is none."""
    bare = text.rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""


def key_id(text: str) -> str:
    """The id inside an encoded key; empty where it is none."""
    return inside(text).partition(":")[0]
