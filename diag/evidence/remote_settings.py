"""The settings of a remote, ``cluster.remote.<alias>.*``: the one table that configuration, gathering and checks go by."""

from __future__ import annotations

from typing import Final

from diag.evidence.terms import Mode, Version
from diag.lazy_dataclass import dataclass

_FIRST: Final = Version(5, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteSetting:
    """One setting: its key behind the alias, the mode that it belongs to (None: both), and the first release that knows it.

    ``reaches`` says that the remote is reached by it; ``address`` that it holds ``host:port``. ``default`` is what Elasticsearch takes
    where it is left out, empty where that hangs on the release or on a setting of the node. ``what`` says what a plain one is for: the
    configuration takes it as text, under its own key.
    """

    key: str
    mode: Mode | None = None
    since: Version = _FIRST
    reaches: bool = False
    address: bool = False
    default: str = ""
    what: str = ""

    @property
    def field(self) -> str:
        """The attribute of ``Remote`` that holds it."""
        return self.key.replace(".", "_")


REMOTE_SETTINGS: Final = (
    RemoteSetting(key="mode", since=Version(7, 6), reaches=True, default="sniff"),
    RemoteSetting(key="proxy_address", mode=Mode.PROXY, since=Version(7, 6), reaches=True, address=True),
    RemoteSetting(key="server_name", mode=Mode.PROXY, since=Version(7, 7), reaches=True),
    RemoteSetting(
        key="proxy_socket_connections",
        mode=Mode.PROXY,
        since=Version(7, 7),
        default="18",
        what="Connections of each node, mode proxy.",
    ),
    RemoteSetting(key="seeds", mode=Mode.SNIFF, reaches=True, address=True),
    RemoteSetting(key="proxy", mode=Mode.SNIFF, since=Version(6, 4), reaches=True, address=True),
    RemoteSetting(
        key="node_connections", mode=Mode.SNIFF, since=Version(7, 7), what="Nodes that are connected to, mode sniff."
    ),
    RemoteSetting(key="skip_unavailable", since=Version(6, 1)),
    RemoteSetting(key="transport.ping_schedule", since=Version(6, 6), what="How often quiet connections are pinged."),
    RemoteSetting(key="transport.compress", since=Version(6, 7), what="Whether requests are compressed."),
    RemoteSetting(key="transport.compression_scheme", since=Version(7, 14), what="How: lz4 or deflate."),
)
PLAIN_SETTINGS: Final = tuple(one for one in REMOTE_SETTINGS if one.what)
# What else stands under an alias: the key of the keystore, and from 9.3 on what requests are signed with.
CREDENTIALS: Final = "credentials"
SIGNING: Final = "signing."
