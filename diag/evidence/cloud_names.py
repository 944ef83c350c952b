"""How the nodes of a cluster are named in their certificates, as Elastic Cloud names its own, and the patterns that admit them."""

from __future__ import annotations

import json
import re
from typing import Final

from diag.evidence.terms import Kind

CLOUD_NAME: Final = re.compile(r"[^.]+\.node\.[^.]+\.cluster\.[^.]+(\.account)?")
CLOUD_FORM: Final = "<node>.node.<cluster>.cluster.<scope>.account"
CLOUD: Final = frozenset({Kind.HOSTED, Kind.ECE})


def pattern_for(name: str) -> str:
    """Give the pattern that admits the whole cluster of a node, or the node alone where its name has another form."""
    escaped = re.sub(r"([*?\\])", r"\\\1", name)
    return "*.node." + escaped.partition(".node.")[2] if CLOUD_NAME.fullmatch(name) else escaped


def quoted(pattern: str) -> str:
    """Write a pattern as YAML takes it literally."""
    if pattern.isprintable():
        return "'" + pattern.replace("'", "''") + "'"
    return "".join(
        one if one.isprintable() else f"\\U{ord(one):08x}" for one in json.dumps(pattern, ensure_ascii=False)
    )
