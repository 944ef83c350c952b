"""Whether the declared searches find anything: patterns that match nothing, remotes that are left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from checks.shared.fixes import call
from checks.shared.reported_errors import MissingOn
from diag.model import Request

_MAX_PATTERNS: Final = 5
ALLOW: Final = "extend access.search of the cross-cluster API key on the remote cluster"
# What to do about each lack of a privilege.
GIVE: Final = {
    MissingOn.LOGIN: "`diag setup role --search PATTERN --try-searches` prints the role that it needs",
    MissingOn.KEY: f"{ALLOW} (auth/key-index-not-covered)",
    MissingOn.KEY_OR_ROLE: f"{ALLOW}, or give the login the role that `diag setup role --search PATTERN --try-searches` prints",
}


def extend_key(patterns: Sequence[str]) -> Request:
    """The call that lets the key search more indices. It replaces all of the key's access."""
    access = {"search": [{"names": ["<those that it has>", *patterns[:_MAX_PATTERNS]]}]}
    return call("PUT", "_security/cross_cluster/api_key/<id of the key>", {"access": access})


def may_not(lack: MissingOn) -> str:
    """Begin a sentence on what lacks a privilege."""
    return f"{lack} may not" if lack is MissingOn.LOGIN else f"the remote cluster refuses: {lack} may not"
