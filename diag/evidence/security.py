"""What nodes and the configuration say of security and of TLS, and what follows for a connection: who sends in clear text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from diag.evidence.terms import SecurityModel, VerificationMode, Version

# Before it, security stood off by itself under these licenses; from it on, it stands on (documentation: security settings).
_FIRST_SECURE: Final = Version(8, 0, 0)
_OFF_BY_ITSELF: Final = frozenset({"basic", "trial"})


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


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredTls:
    """What the configuration declares of the TLS of one interface of the local cluster's nodes; None: not told."""

    enabled: bool | None = None
    verification_mode: VerificationMode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """How the nodes of the local cluster begin connections to a remote: their names, by what is known of each.

    ``declared`` is what the configuration says where no node was asked.
    """

    clear: tuple[str, ...] = ()
    tls: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    declared: bool | None = None

    @classmethod
    def of(cls, nodes: Mapping[str, bool | None], *, declared: bool | None) -> Sending:
        """Sort nodes by what is known of them; a declaration stands in for what is not."""
        told = {name: declared if begins is None else begins for name, begins in nodes.items()}
        return cls(
            clear=tuple(name for name, begins in told.items() if begins is False),
            tls=tuple(name for name, begins in told.items() if begins),
            unknown=tuple(name for name, begins in told.items() if begins is None),
            declared=declared,
        )

    @property
    def all_clear(self) -> bool:
        """Whether every node sends in clear text."""
        return (bool(self.clear) and not (self.tls or self.unknown)) or (self.declared is False and not self.tls)

    @property
    def all_tls(self) -> bool:
        """Whether every node begins with TLS."""
        return (bool(self.tls) and not (self.clear or self.unknown)) or (self.declared is True and not self.clear)
