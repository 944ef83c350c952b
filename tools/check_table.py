"""Write checks/table.json, all that is known of the checks without importing them: ``make docs``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def main() -> int:
    """Write it from the checks under the root of the repository."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=Path(__file__).parents[1], help=argparse.SUPPRESS)
    root: Path = parser.parse_args().root
    sys.path.insert(0, str(root))
    table = root / "checks" / "table.json"
    if not table.exists():
        table.write_text("[]", encoding="utf-8")
    from checks import written  # noqa: PLC0415 -- found from here on only.
    from diag.check.table import table_of  # noqa: PLC0415 -- likewise.

    table.write_text(table_of(written()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
