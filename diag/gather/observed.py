"""What follows from all probes of a remote together."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from diag.model import (
    Endpoints,
    Interface,
    InterfaceTrial,
    Probe,
    Remote,
    RemoteVersion,
    Reply,
    SecurityModel,
    TlsAttempt,
    TransportHello,
    Unavailable,
    Version,
)

_REMOTE_CLUSTER_SERVER: Final = 9443

WIRE = "wire"


def with_observed_model(remote: Remote, endpoints: Endpoints | Unavailable) -> Remote:
    """Give an address of the command line the security model that its peer showed: by its interface, else by what it asked for."""
    if remote.registered or remote.declared_model is not None or isinstance(endpoints, Unavailable):
        return remote
    shown = next((model for probe in endpoints.probes if (model := _model_of(probe)) is not None), None)
    if shown is not None:
        return replace(remote, observed_model=shown)
    # Without any sign the port decides, as the documentation has it; the report says that this is a guess.
    by_key = any(address.port == _REMOTE_CLUSTER_SERVER for address in remote.dialled)
    guessed = SecurityModel.API_KEY if by_key else SecurityModel.CERTIFICATE
    return replace(remote, observed_model=guessed, model_guessed=True)


def _model_of(probe: Probe) -> SecurityModel | None:
    if isinstance(probe.interface, InterfaceTrial) and probe.interface.interface is not Interface.UNCLEAR:
        by_key = probe.interface.interface is Interface.REMOTE_CLUSTER_SERVER
        return SecurityModel.API_KEY if by_key else SecurityModel.CERTIFICATE
    if isinstance(probe.tls, TlsAttempt) and probe.tls.client_certificate_requested:
        return SecurityModel.CERTIFICATE
    return None


def version_on_the_wire(endpoints: Endpoints | Unavailable) -> RemoteVersion | None:
    """The lowest release that answered the transport handshake; None where none did, or none that is known."""
    if isinstance(endpoints, Unavailable):
        return None
    hellos = (probe.transport for probe in endpoints.probes)
    answered = (h for h in hellos if isinstance(h, TransportHello) and h.reply is Reply.ANSWERED)
    known = [(h.version, h.version if h.exact else h.highest) for h in answered if h.version is not None]
    if not known:
        return None
    number = min(version for version, _ in known)
    # The lowest node is no higher than the highest release that any of them may be.
    highest = min((end for _, end in known if end is not None), default=None)
    return RemoteVersion(number=number, source=WIRE, exact=number == highest, highest=highest)


def observed_version(
    endpoints: Endpoints | Unavailable, told: RemoteVersion | Unavailable, nodes: tuple[Version, ...]
) -> RemoteVersion | Unavailable:
    """The release of a remote cluster: what is seen goes before what is declared.

    ``told`` is what its API says, or else the configuration; ``nodes`` are the releases of the nodes that the API names. The wire wins
    wherever it contradicts; where it only leaves a range that fits, the exact number inside of it says more.
    """
    wire = version_on_the_wire(endpoints)
    if wire is None:
        return told
    if isinstance(told, Unavailable):
        return wire
    return told if any(_may_be(wire, number) for number in (told.number, *nodes)) else wire


def _may_be(wire: RemoteVersion, number: Version) -> bool:
    if wire.exact or wire.highest is None:
        return number == wire.number
    return wire.number <= number <= wire.highest
