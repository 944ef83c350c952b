"""Security: whether a cluster uses it at all (``GET /_xpack``), what the settings of a node say of it, and what follows for TLS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Final

from diag.evidence.call import Call
from diag.evidence.piece import Piece, Subject
from diag.evidence.reading import flag, mapping, text, texts, unreadable
from diag.evidence.terms import SecurityModel, Unavailable, VerificationMode, Version
from diag.lazy_dataclass import dataclass

# Settings that are left out are in no answer; whether security is on, with all that follows from release and license, is in this one.
CALL: Final = Call(path="/_xpack?categories=features&filter_path=features.security.enabled")
# Before it, security stood off by itself under these licenses; from it on, it stands on (documentation: security settings).
_FIRST_SECURE: Final = Version(8, 0, 0)
# Of TLS, most releases show the switches and filter everything else out of the answer (measured on 8.19.0).
PATHS: Final = (
    "settings.xpack.security.enabled",
    *(
        f"settings.xpack.security.{interface}.ssl.{name}"
        for interface in ("transport", "remote_cluster_client", "remote_cluster_server")
        for name in ("enabled", "verification_mode", "supported_protocols")
    ),
)
_MAX_PROTOCOLS: Final = 10
_OFF_BY_ITSELF: Final = frozenset({"basic", "trial"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Security:
    """Whether a cluster uses security at all: what release and license make of a setting that is left out."""

    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceTls:
    """What a node's settings say of the TLS of one interface; None or empty where the setting is not there, or not shown.

    Most releases show ``enabled`` alone: the other settings are filtered out of every answer (measured on 8.19.0).
    """

    enabled: bool | None = None
    verification_mode: VerificationMode | None = None
    protocols: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSecurity:
    """What a node's settings say of ``xpack.security``: as a whole, of transport, and of both ends of remotes with an API key."""

    enabled: bool | None = None
    transport: InterfaceTls = field(default_factory=InterfaceTls)
    client: InterfaceTls = field(default_factory=InterfaceTls)
    server: InterfaceTls = field(default_factory=InterfaceTls)

    def on(self, version: Version | None, license_type: str) -> bool | None:
        """Tell whether security is on; what is not set means what it means to the release and its license. None: not known."""
        if self.enabled is not None or version is None:
            return self.enabled
        if version >= _FIRST_SECURE:
            return True
        return False if license_type in _OFF_BY_ITSELF else None

    def begins_tls(
        self, model: SecurityModel, version: Version | None, license_type: str, *, alone: bool = False
    ) -> bool | None:
        """Tell whether the node begins connections to remotes of this model with TLS; None where that is not known.

        ``alone`` says that it is the only node of its cluster.
        """
        on = self.on(version, license_type)
        if not on:
            return on
        if model is SecurityModel.API_KEY:
            return self.client.enabled is not False
        # Off is the default, with which a secured node forms no cluster with others: there, and where nothing at all is shown, the
        # setting is hidden rather than left out.
        hidden = self.transport.enabled is None and (not alone or self == NodeSecurity())
        return None if hidden else bool(self.transport.enabled)

    def serves_tls(
        self, model: SecurityModel, version: Version | None, license_type: str, *, alone: bool = False
    ) -> bool | None:
        """Tell whether the node expects TLS of remotes of this model; None where that is not known."""
        on = self.on(version, license_type)
        if model is SecurityModel.CERTIFICATE or not on:
            return self.begins_tls(SecurityModel.CERTIFICATE, version, license_type, alone=alone)
        return self.server.enabled is not False

    def of(self, model: SecurityModel) -> InterfaceTls:
        """The settings of connections to remotes of this model."""
        return self.client if model is SecurityModel.API_KEY else self.transport


def read(answer: object) -> Security | Unavailable:
    """Read whether security is on."""
    on = flag(mapping(mapping(mapping(answer).get("features")).get("security")).get("enabled"))
    return unreadable(CALL) if on is None else Security(enabled=on)


def read_node(settings: object) -> NodeSecurity:
    """Read the switches of security, of TLS between nodes, and of both ends of remotes with an API key."""
    security = mapping(mapping(mapping(settings).get("xpack")).get("security"))
    return NodeSecurity(
        enabled=flag(security.get("enabled")),
        transport=_interface(security, "transport"),
        client=_interface(security, "remote_cluster_client"),
        server=_interface(security, "remote_cluster_server"),
    )


def _interface(security: Mapping[str, object], name: str) -> InterfaceTls:
    ssl = mapping(mapping(security.get(name)).get("ssl"))
    mode = text(ssl.get("verification_mode")).strip().lower()
    protocols = (part.strip() for one in texts(ssl.get("supported_protocols", [])) for part in one.split(","))
    return InterfaceTls(
        enabled=flag(ssl.get("enabled")),
        verification_mode=VerificationMode(mode) if mode in set(VerificationMode) else None,
        protocols=tuple(part for part in protocols if part)[:_MAX_PROTOCOLS],
    )


PIECE: Final = Piece(name="security", noun=Security, subjects=(Subject.LOCAL,), calls=(CALL,), read=read)
