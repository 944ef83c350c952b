"""The repository holds no path of one machine, no host of a registry, and no secret."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
# The words are put together here, so that this file does not hold them.
MACHINE_PATH = re.compile(r"(?<![A-Za-z0-9_.-])/(?:" + "|".join(["wo" + "rk", "ro" + "ot", "ho" + "me"]) + r")/")
REGISTRY = re.compile(
    "|".join(["py" + r"pi\.org", "python" + r"hosted\.org", "registry" + r"\.npmjs", "repo" + r"\d*\.maven"])
)


def files() -> list[Path]:
    """Give every text file that belongs to the repository."""
    names = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in names.stdout.splitlines() if (ROOT / name).is_file()]


def test_no_path_of_a_machine_and_no_registry() -> None:
    """What was true on one machine only has no place here."""
    for path in files():
        text = path.read_text(errors="replace")
        assert not MACHINE_PATH.search(text), path
        assert not REGISTRY.search(text), path


def test_every_lint_exception_has_a_reason() -> None:
    """A ``noqa`` or ``type: ignore`` says why, on its line."""
    for path in files():
        if path.suffix == ".py" and path != Path(__file__):
            for line in path.read_text().splitlines():
                if "# noqa" in line:
                    assert re.search(r"# noqa: [A-Z0-9, ]+ -- \S|# noqa: [A-Z0-9, ]+\s+# \S", line), f"{path}: {line}"
