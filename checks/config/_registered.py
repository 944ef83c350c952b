"""What the local cluster has registered, next to what is declared: missing, left over, transient, another."""

from __future__ import annotations

from checks.shared.fixes import Setting
from diag.model import (
    Remote,
)


def declared_settings(remote: Remote) -> dict[str, str]:
    """The settings that are declared, as text; what is left out is not declared."""
    return {
        key: ",".join(value) if isinstance(value, tuple) else str(value).lower() if isinstance(value, bool) else value
        for key, value in remote.settings.items()
    }


def as_setting(key: str, value: str) -> Setting:
    return value.split(",") if key == "seeds" else value
