"""The addresses that are dialled: how they are written, what they resolve to, and the connection that opened."""

from __future__ import annotations

from typing import Final

from diag.evidence.reads import exceeds, fleeting
from diag.lazy_dataclass import dataclass

PUBLISH_HOST: Final = "publish_host"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One address that is dialled.

    ``server_name`` is the name sent as SNI (empty: none is sent). ``names`` are the names of which the certificate has to
    carry one, in the order in which Elasticsearch tries them: the configured ``server_name``, then the dialled host.
    ``setting`` is where the address stands: one of the remote's, or ``publish_host`` where a node of the remote published it.
    """

    setting: str
    host: str
    port: int
    server_name: str = ""
    names: tuple[str, ...] = ()

    @property
    def published(self) -> bool:
        """Whether a node published it, for the second hop of mode sniff."""
        return self.setting == PUBLISH_HOST

    def __str__(self) -> str:
        """Give ``host:port``."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@fleeting("seconds")
@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """The addresses behind a host name, in the order of the operating system. ``seconds`` is how long that took."""

    addresses: tuple[str, ...]
    seconds: float = 0.0
    literal: bool = False


@fleeting("seconds")
@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A TCP connection that opened. ``seconds`` is the time to connect."""

    ip: str
    seconds: float = 0.0

    def took_longer_than(self, limit: float) -> bool:
        """Whether the connect took more than ``limit`` seconds."""
        return exceeds(self, "seconds", limit)
