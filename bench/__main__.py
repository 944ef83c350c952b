"""Run the benchmarks, compare them with the figures that were committed last, and keep them: ``make bench``, ``make bench-quick``.

    python bench [--quick] [--write] [SCRIPT…]

Each script runs in a process of its own. ``--write`` keeps the figures in ``figures.json`` and writes the tables of ``README.md``; those of scripts
that were not run stay as they are, with their own date.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import kept
from measured import Figure, line

HERE = Path(__file__).parent
# A further benchmark is a row: a script of this folder that hands its function to ``measured.main``, and what it needs on its command line.
SCRIPTS: dict[str, tuple[str, ...]] = {
    "startup": (),
    "probes": (),
    "judging": (),
    "awkward": (),
    "metrics": (),
    "page": (),
    "wire": (),
    "lint": (),
    "api": (),
    "deployments": (),
    "load": (),
    "vantage": (),
    "growth": (),
}


def run(script: str, *, quick: bool) -> list[Figure]:
    """The figures of one script. Raises CalledProcessError where it fails."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "figures.json"
        command = [sys.executable, str(HERE / f"{script}.py"), *SCRIPTS[script], "--json", str(file)]
        subprocess.run([*command, *(["--quick"] if quick else [])], check=True, stdout=subprocess.DEVNULL)
        return [Figure.of_json(one) for one in json.loads(file.read_text("utf-8"))]


def main() -> int:
    """Run what was asked for; the exit code is 1 where a script failed, never because of a figure."""
    parser = argparse.ArgumentParser(prog="python bench", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer repeats of less")
    parser.add_argument("--write", action="store_true", help="keep the figures, and write the tables of README.md")
    parser.add_argument("scripts", nargs="*", metavar="SCRIPT", help=", ".join(SCRIPTS))
    options = parser.parse_args()
    if unknown := sorted(set(options.scripts) - set(SCRIPTS)):
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(SCRIPTS)}")
    before, started, failed = kept.committed(), time.monotonic(), []
    found: dict[str, Any] = {}
    for script in options.scripts or SCRIPTS:
        print(f"{script}.py", flush=True)
        about, begun = kept.circumstances(quick=options.quick), time.monotonic()
        try:
            figures = run(script, quick=options.quick)
        except subprocess.CalledProcessError as error:
            failed.append(script)
            print(f"  failed: {error}", flush=True)
            continue
        found[script] = kept.compared({**about, "figures": figures}, before.get(script))
        for figure in found[script]["figures"]:
            print(line(figure), flush=True)
        print(f"  ({time.monotonic() - begun:.0f} s)", flush=True)
    print(f"all of it: {time.monotonic() - started:.0f} s" + (f"; failed: {', '.join(failed)}" if failed else ""))
    if options.write:
        every = kept.as_they_are() | found
        kept.write({script: every[script] for script in SCRIPTS if script in every})
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
