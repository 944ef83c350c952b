"""The image: built from the unchanged Dockerfile by buildah, without a registry and without an engine, and laid out for runc.

The base is a Debian of our own with the same release and the same minor release of Python as the one that the Dockerfile names, under its
name: what differs from the real base is where Python lies.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.e2e.conftest import program
from tests.e2e.toolcache import CACHE, alone
from tests.patience import ENDS_WITHIN

ROOT: Final = Path(__file__).parents[3]
_BASE: Final = "docker.io/library/python:3.13-slim"
_RELEASE: Final = "trixie"
PYTHON: Final = "python3,python3-venv,python-is-python3,ca-certificates"
# The builder trusts whom this machine trusts: its way to packages may have a CA of its own.
_TRUST: Final = "/etc/ssl/certs/ca-certificates.crt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image that was built: its configuration as a Docker engine reads it, and its files with the settings that runc takes."""

    config: dict[str, Any]
    bundle: Path


def build(folder: Path, lock: str = "run") -> Image:
    """Build the image with what a lock names. Takes half a minute to two, and half a minute more where the base is not in the cache yet."""
    store = (
        program("buildah"),
        "--root",
        str(folder / "storage"),
        "--runroot",
        str(folder / "run"),
        "--storage-driver",
        "vfs",
    )

    def buildah(*arguments: str | Path) -> str:
        done = subprocess.run(
            [*store, *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=2 * ENDS_WITHIN,
        )
        assert done.returncode == 0, f"{done.stdout[-2000:]}{done.stderr[-4000:]}"
        return done.stdout.strip()

    container = buildah("from", "scratch")
    subprocess.run(["tar", "-xf", debian("python", PYTHON), "-C", buildah("mount", container)], check=True)
    buildah("umount", container)
    buildah("config", "--env", "PATH=/usr/local/bin:/usr/bin:/bin", container)
    buildah("commit", "-q", container, _BASE)
    buildah("rm", container)
    trusted = ("-v", f"{_TRUST}:{_TRUST}:ro") if Path(_TRUST).exists() else ()
    options = ("--isolation", "chroot", "--pull-never", "--format", "docker", "--build-arg", f"LOCK={lock}")
    buildah("bud", *options, *trusted, "-t", "diag", ".")
    inspected = json.loads(buildah("inspect", "--type", "image", "diag"))
    # What only Docker's own format has, such as the health check, is lost on the way into the layout.
    buildah("push", "diag", f"oci:{folder / 'layout'}:diag")
    unpack = [program("umoci"), "unpack", "--image", f"{folder / 'layout'}:diag", folder / "bundle"]
    subprocess.run(unpack, check=True, capture_output=True, timeout=ENDS_WITHIN)
    return Image(config=inspected["Docker"]["config"], bundle=folder / "bundle")


def debian(name: str, packages: str) -> Path:
    """A small Debian with these packages, as an archive that is kept for all runs on this machine."""
    target = CACHE / f"debian-{_RELEASE}-{name}.tar"
    with alone(name):
        if not target.exists():
            with tempfile.TemporaryDirectory(dir=CACHE) as folder:
                fresh = Path(folder) / "base.tar"
                left_out = [f"--dpkgopt=path-exclude=/usr/share/{one}/*" for one in ("man", "doc", "locale")]
                command = [program("mmdebstrap"), "--quiet", "--variant=minbase", f"--include={packages}", *left_out]
                subprocess.run(
                    [*command, "--dpkgopt=force-unsafe-io", _RELEASE, fresh], check=True, timeout=2 * ENDS_WITHIN
                )
                fresh.replace(target)
    return target
