"""Whether the declared searches find anything: patterns that match nothing, remotes that are left out."""

from __future__ import annotations

from typing import Final

from checks.shared.reported_errors import MissingOn

MAX_LENGTH: Final = 300
ALLOW: Final = "extend access.search of the cross-cluster API key on the remote cluster"
# What to do about each lack of a privilege.
GIVE: Final = {
    MissingOn.LOGIN: "`diag setup role --search PATTERN --try-searches` prints the role that it needs",
    MissingOn.KEY: f"{ALLOW} (auth/key-index-not-covered)",
    MissingOn.KEY_OR_ROLE: f"{ALLOW}, or give the login the role that `diag setup role --search PATTERN --try-searches` prints",
}


def may_not(lack: MissingOn) -> str:
    """Begin a sentence on what lacks a privilege."""
    return f"{lack} may not" if lack is MissingOn.LOGIN else f"the remote cluster refuses: {lack} may not"
