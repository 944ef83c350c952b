"""What the local cluster has registered, beside what is declared: missing, left over, transient, another."""

from __future__ import annotations

from checks.shared.remedies import Setting, put_settings
from diag.model import (
    Remote,
)


def declared_settings(remote: Remote) -> dict[str, str]:
    """The settings that are declared, as text; what is left out is not declared."""
    return {
        key: ",".join(value) if isinstance(value, tuple) else str(value).lower() if isinstance(value, bool) else value
        for key, value in remote.settings.items()
    }


def register(remote: Remote) -> str:
    """Word the call that registers a remote as it is declared."""
    return put_settings(
        {remote.setting(key): as_setting(key, value) for key, value in declared_settings(remote).items()}
    )


def as_setting(key: str, value: str) -> Setting:
    return value.split(",") if key == "seeds" else value
