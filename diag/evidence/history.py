"""What earlier rounds saw of a remote: the daemon remembers it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from diag.evidence.reads import fleeting
from diag.evidence.terms import Reason, Step, Unavailable
from diag.lazy_dataclass import dataclass

NO_PAST: Final = Unavailable(
    step=Step.CONFIGURATION, reason=Reason.NOT_REQUESTED, detail="no earlier round is known: only the daemon remembers"
)


@fleeting("at")
@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What an earlier round saw of one remote.

    ``name`` and ``uuid`` are those of the cluster behind the remote. ``issuers`` are fingerprints of the CA keys that signed the leaves, ``red`` the followers of this remote
    that were red, None where that was not known. ``options`` are the settings of the remote with which its connections are made anew when
    they change, None where they were not known.
    """

    at: datetime
    connected: bool | None = None
    addresses: tuple[str, ...] = ()
    issuers: tuple[str, ...] = ()
    uuid: str = ""
    name: str = ""
    red: tuple[str, ...] | None = ()
    options: tuple[tuple[str, str], ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The earlier rounds, the oldest first, as far as they are kept."""

    looks: tuple[Observation, ...]
