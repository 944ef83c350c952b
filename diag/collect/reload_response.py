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


def keystore_of(declared: Keystore | Unavailable, stored: SecureSettingsReload | Unavailable) -> Keystore | Unavailable:
    """The names in the keystores: the declared ones, else those that the nodes named when they were reloaded, if all of them did."""
    if isinstance(declared, Keystore) or declared.reason is not Reason.NOT_DECLARED or isinstance(stored, Unavailable):
        return declared
    named = [one.names for one in stored.nodes if one.names is not None]
    if not named or len(named) < len(stored.nodes):
        return declared
    return Keystore(names=tuple(dict.fromkeys(name for names in named for name in names)))
