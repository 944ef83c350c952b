"""The Compose file, and what it mounts from this repository."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "deploy" / "compose"


def compose() -> dict[str, Any]:
    """The file."""
    made: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text())
    return made


def mounted() -> dict[tuple[str, str], Path]:
    """What is mounted from this repository, by service and place."""
    found = {}
    for name, service in compose()["services"].items():
        for volume in service.get("volumes", ()):
            source, target, *_ = volume.split(":")
            if source.startswith("."):
                found[name, target] = (FOLDER / source).resolve()
    return found
