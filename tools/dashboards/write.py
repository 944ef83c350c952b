"""Write grafana/dashboards/*.json: ``make docs``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from certificates_board import CERTIFICATES
from fleet_board import FLEET
from itself_board import ITSELF
from panels import Json
from remote_board import REMOTE
from replication_board import REPLICATION

FOLDER: Final = Path(__file__).parents[2] / "grafana" / "dashboards"


def boards() -> dict[str, Json]:
    """Each dashboard by the name of its file."""
    return {
        "fleet.json": FLEET,
        "remote.json": REMOTE,
        "replication.json": REPLICATION,
        "certificates.json": CERTIFICATES,
        "itself.json": ITSELF,
    }


def as_text(board: Json) -> str:
    """A dashboard as its file holds it."""
    return json.dumps(board, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write them."""
    FOLDER.mkdir(exist_ok=True)
    for name, board in boards().items():
        (FOLDER / name).write_text(as_text(board), encoding="utf-8")


if __name__ == "__main__":
    main()
