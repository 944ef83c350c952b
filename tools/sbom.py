"""Write the SBOMs of what is installed with diag, from the locks: ``make sbom``. One is of diag alone, one of it with its extra ``dask``.

cyclonedx-py reads names, versions and hashes from the lock; it does not know which package asks for which, under which license each is, and
the version of diag, which its metadata take from the code. All of that is put in from the metadata of what is installed here from the same lock.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata, requires
from pathlib import Path
from typing import Any, Final

from diag import VERSION

ROOT: Final = Path(__file__).parents[1]
# The extra by the lock.
LOCKS: Final = {"run": "", "dask": "dask"}
_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")
_EXTRA: Final = re.compile(r"""extra == ["']([^"']+)""")
_CLASSIFIER: Final = "License :: "


def main(target: Path, lock: str) -> None:
    """Write the SBOM of a lock, valid by its own schema."""
    # Without its own opinion on the graph of dependencies, which it does not see and which is added here.
    command = [sys.executable, "-W", "ignore", "-m", "cyclonedx_py", "requirements", f"requirements/{lock}.lock"]
    options = ["--pyproject", "pyproject.toml", "--sv", "1.6", "--output-reproducible", "-o", "-"]
    made = subprocess.run([*command, *options], cwd=ROOT, check=True, capture_output=True)  # noqa: S603 -- a program of this environment.
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(completed(json.loads(made.stdout), LOCKS[lock]), indent=2) + "\n")


def completed(bom: dict[str, Any], extra: str) -> dict[str, Any]:
    """Put in the version of diag, the license of each package, and which package asks for which; diag asks for those of an extra, too."""
    diag = bom["metadata"]["component"]
    diag["version"] = VERSION
    known = {normal(one["name"]): one for one in bom["components"]}
    for name, component in known.items():
        if stated := license_of(name):
            component["licenses"] = [{"license": {"name": stated, "acknowledgement": "declared"}}]
    graph = {
        diag["bom-ref"]: asked_by("diag", extra),
        **{one["bom-ref"]: asked_by(name) for name, one in known.items()},
    }
    bom["dependencies"] = [
        {"ref": ref, "dependsOn": sorted(known[name]["bom-ref"] for name in names if name in known)}
        for ref, names in sorted(graph.items())
    ]
    return bom


def license_of(name: str) -> str:
    """The license as the package declares it; empty where it is not installed here, because another platform needs it."""
    try:
        about: PackageMetadata = metadata(name)
    except PackageNotFoundError:
        return ""
    classified = [
        line.rpartition(" :: ")[2] for line in about.get_all("Classifier") or () if line.startswith(_CLASSIFIER)
    ]
    # The old field may hold the whole text of the license: then the classifier names it.
    stated = about.get("License-Expression") or about.get("License") or ""
    return stated if stated and "\n" not in stated else " OR ".join(classified)


def asked_by(name: str, extra: str = "") -> set[str]:
    """The packages that a package asks for, and those of one of its extras."""
    try:
        lines = requires(name) or []
    except PackageNotFoundError:
        return set()
    wanted = [line for line in lines if (asking := _EXTRA.search(line)) is None or asking[1] == extra]
    return {normal(found[0]) for line in wanted if (found := _NAME.match(line))}


def normal(name: str) -> str:
    """A name of a package as it is compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
