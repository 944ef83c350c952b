"""Settings of a remote other than its address: connections, compression, pings, and what is left to a default."""

from __future__ import annotations

from typing import Final

from diag.model import (
    SKIP_BY_DEFAULT,
    LocalVersion,
    Registration,
    Remote,
    RemoteInfo,
    Unavailable,
)

COMPRESS: Final = "transport.compress"
SCHEME: Final = "transport.compression_scheme"


def in_force(remote: Remote, registration: Registration | Unavailable, key: str) -> str:
    """The setting that the cluster has, else the declared one, as text; empty where it is left out."""
    if isinstance(registration, Registration) and registration.exists:
        return registration.value(key)
    value = remote.settings.get(key, "")
    return str(value).lower() if isinstance(value, bool) else str(value)


def left_out_means(local_version: LocalVersion | Unavailable, info: RemoteInfo | Unavailable) -> bool | None:
    """What leaving it out comes to: as the cluster says, else by its release; None where neither is known."""
    if isinstance(info, RemoteInfo) and info.listed and info.skip_unavailable is not None:
        return info.skip_unavailable
    return None if isinstance(local_version, Unavailable) else local_version.number >= SKIP_BY_DEFAULT.since
