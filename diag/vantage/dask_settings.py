"""How Dask is set up on both sides: nothing but rounds, nothing that is kept, nothing that listens for anybody else."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

import dask
from distributed.security import Security

from diag.config import SecretRef
from diag.vantage.round_order import RELEASE

TOPIC: Final = "diag evidence"
# A release is a tag of a worker, too: a round is never given to a worker of another one.
RELEASE_TAG: Final = f"diag {RELEASE}"
_TAG_OF_PLACE: Final = "vantage point "
LOOPBACK_ANY_PORT: Final = "127.0.0.1:0"

_SETTINGS: Final = {
    # Evidence passes through, and is not kept for somebody who may ask what was sent.
    "distributed.admin.log-length": 1,
    "distributed.admin.low-level-log-length": 1,
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.scheduler.work-stealing": False,
    "distributed.scheduler.worker-ttl": "30s",
    "distributed.scheduler.active-memory-manager.start": False,
    "distributed.worker.profile.enabled": False,
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": False,
    "distributed.comm.timeouts.connect": "10s",
    "distributed.comm.timeouts.tcp": "30s",
}


def set_up_dask() -> None:
    """Say to Dask how it is used here. What it logs of itself is said in other words by those who use it."""
    dask.config.set(_SETTINGS)
    for name in ("distributed", "distributed.core", "distributed.worker", "distributed.scheduler", "distributed.comm"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def tag_of(place: str) -> str:
    """The tag that a worker of a vantage point has, as a resource of Dask."""
    return f"{_TAG_OF_PLACE}{place}"


def place_in(tags: dict[str, float]) -> str:
    """The vantage point of a worker by its tags, empty where it has none."""
    return next((tag.removeprefix(_TAG_OF_PLACE) for tag in tags if tag.startswith(_TAG_OF_PLACE)), "")


def release_in(tags: dict[str, float]) -> str:
    """The release of a worker by its tags."""
    return next((tag for tag in tags if tag.startswith("diag ")), "")


def security_of(ca: Path | None, certificate: Path | None, key: SecretRef | None) -> Security:
    """Mutual TLS, where both sides show a certificate of one CA; without one none, for loopback alone. Raises SecretError."""
    if ca is None or certificate is None or key is None:
        return Security(require_encryption=False)
    # Dask takes the name of a file, or PEM.
    shown = {"cert": str(certificate), "key": str(key.file) if key.file else key.resolve().reveal()}
    roles = ("scheduler", "client", "worker")
    own = {f"tls_{role}_{part}": text for role in roles for part, text in shown.items()}
    return Security(require_encryption=True, tls_ca_file=str(ca), **own)


def protocol_of(ca: Path | None) -> str:
    """The protocol of Dask that goes with it."""
    return "tcp" if ca is None else "tls"
