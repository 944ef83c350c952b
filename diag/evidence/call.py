"""One call at the API of a cluster, as data: which privilege it needs, and from which release on it exists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final
from urllib.parse import quote

from diag.evidence.terms import Reason, Step, Unavailable, Version
from diag.lazy_dataclass import dataclass

# With this release come cross-cluster API keys. Before it the privilege read_security may not exist, and a role that names
# a privilege that does not exist makes a cluster refuse every call of the login with 400 (measured on 6.8.23).
FIRST_READ_SECURITY: Final = Version(8, 10, 0)
READ_SECURITY: Final = "read_security"
# So long may the part of an address be that names indices; a node takes 4 kB for the first line of a request.
MAX_NAMES_LENGTH: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call. ``privilege`` is what the login needs (empty: any login will do).

    ``on`` says on which indices the privilege is; empty: it is one on the cluster. ``since`` is the first release that knows the call.
    ``missing`` are statuses other than 200 that are an answer too. ``shared``: for this many seconds the answer serves every round
    that asks the same of the same login: what is about a whole organization is not asked once for each of its clusters.
    """

    path: str
    privilege: str = "monitor"
    on: str = ""
    since: Version | None = None
    missing: tuple[int, ...] = ()
    shared: float = 0.0

    @property
    def name(self) -> str:
        """The call without its query, as sentences name it."""
        return f"GET {self.path.partition('?')[0]}"

    @property
    def needed(self) -> str:
        """The privilege in words, empty where any login will do."""
        return f"{self.privilege} on {self.on}" if self.privilege and self.on else self.privilege

    def not_there(self, version: Version | Unavailable) -> Unavailable | None:
        """Say why a cluster of this release does not know the call; None where it does, or where that is not known."""
        if self.since is None or isinstance(version, Unavailable) or version >= self.since:
            return None
        detail = f"{self.name} exists from {self.since} on, and the cluster runs {version}"
        return Unavailable(step=Step.API, reason=Reason.NOT_REQUESTED, detail=detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of one call: parsed JSON or Unavailable, how many seconds that took, and when it was over."""

    value: object
    seconds: float = 0.0
    at: datetime | None = None


Answers = Mapping[Call, Answer]


def existing(privileges: Iterable[str], version: Version) -> tuple[str, ...]:
    """Those of the cluster privileges that a release knows for sure."""
    return tuple(one for one in privileges if one != READ_SECURITY or version >= FIRST_READ_SECURITY)


def joined(names: Iterable[str]) -> str:
    """Write names of indices as an address has them."""
    return ",".join(quote(name, safe="*:-_.") for name in names)
