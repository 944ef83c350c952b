"""What a worker is started with."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from diag.config.vantage_section import is_loopback
from diag.lazy_dataclass import dataclass
from diag.text import shown

_MAX_TEXT: Final = 200
_EXPECTED: Final = "expected tls://HOST:PORT, such as tls://diag.example:8786"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings:
    """Where a worker connects, for which vantage point, and what it shows. ``rounds`` is how many it makes at a time."""

    scheduler: str
    vantage_point: str
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    rounds: int


class AddressError(Exception):
    """The options of a worker do not fit together; the text says what was expected."""


def checked_address(scheduler: str, *, with_tls: bool, some: bool) -> str:
    """The address of the scheduler, if a worker may connect there with what it has. Raises AddressError.

    ``some``: at least one of the three files of TLS was named; ``with_tls``: all of them.
    """
    try:
        parts = urlsplit(scheduler)
        usable = parts.scheme in {"tls", "tcp"} and parts.hostname and parts.port and not parts.path.strip("/")
    except ValueError:
        usable = None
    if not usable:
        msg = f"--scheduler {shown(scheduler, _MAX_TEXT)}: {_EXPECTED}"
        raise AddressError(msg)
    if some and not with_tls:
        msg = "expected --ca, --certificate and --key together"
        raise AddressError(msg)
    if parts.scheme == "tls" and not with_tls:
        msg = "expected --ca, --certificate and --key with a scheduler at tls://"
        raise AddressError(msg)
    if parts.scheme == "tcp" and with_tls:
        msg = f"--scheduler {shown(scheduler, _MAX_TEXT)}: expected tls:// with --ca, --certificate and --key"
        raise AddressError(msg)
    if parts.scheme == "tcp" and not is_loopback(parts.hostname or ""):
        msg = f"--scheduler {shown(scheduler, _MAX_TEXT)}: without TLS only a loopback address; {_EXPECTED}"
        raise AddressError(msg)
    return scheduler.rstrip("/")
