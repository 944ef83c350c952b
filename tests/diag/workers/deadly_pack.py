"""A check pack whose check ends its process, as a fault in a native library does."""

from __future__ import annotations

from pathlib import Path

import pytest

_MODULE = '''
import os, pathlib, signal
from diag.check import check
from diag.model import LocalCluster, Severity

@check("deadly/kills", severity=Severity.INFO, docs=(), source="a test")
def kills(cluster: LocalCluster):
    """It kills.

    Why it matters: it is dead.

    How to fix: show mercy.

    Example: ``deadly``.
    """
    if cluster.name.startswith("deadly") and not pathlib.Path({folder!r}, "mercy").exists():
        os.kill(os.getpid(), signal.SIGSEGV)
    yield from ()

CHECKS = (kills,)
'''


def install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have it found by this process and by those that it starts; give the folder where it is, in which a file ``mercy`` makes it harmless."""
    site = folder / "site"
    about = site / "deadly_pack-1.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: deadly-pack\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[diag.checks]\ndeadly = deadly_of_a_test:CHECKS\n")
    (site / "deadly_of_a_test.py").write_text(_MODULE.format(folder=str(folder)))
    monkeypatch.syspath_prepend(str(site))
    return site
