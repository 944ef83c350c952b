"""The stored answer of a reload of the keystores, from the file that the configuration names."""

from __future__ import annotations

from pathlib import Path

from diag.evidence import reload
from diag.evidence.reload import NO_RELOAD
from diag.local_files import read_file
from diag.model import Keystore, Reason, SecureSettingsReload, Unavailable


def read_reload(path: Path | None) -> SecureSettingsReload | Unavailable:
    """Read the file; without one nothing is known."""
    if path is None:
        return NO_RELOAD
    data = read_file(path)
    return data if isinstance(data, Unavailable) else reload.read(str(path), data)


def keystore_of(
    declared: Keystore | Unavailable,
    stored: SecureSettingsReload | Unavailable,
    shown: Keystore | Unavailable | None = None,
) -> Keystore | Unavailable:
    """The names in the keystores: the declared ones, else those that the platform shows, else those of a reload, if every node named its own."""
    if isinstance(declared, Keystore) or declared.reason is not Reason.NOT_DECLARED:
        return declared
    if isinstance(shown, Keystore):
        return shown
    named = [] if isinstance(stored, Unavailable) else [one.names for one in stored.nodes if one.names is not None]
    if isinstance(stored, Unavailable) or not named or len(named) < len(stored.nodes):
        return declared if shown is None or shown.not_configured else shown
    return Keystore(names=tuple(dict.fromkeys(name for names in named for name in names)))
