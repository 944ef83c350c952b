"""What follows from all probes of a remote together."""

from __future__ import annotations

from dataclasses import replace

from diag.model import (
    REMOTE_CLUSTER_SERVER,
    Endpoints,
    Interface,
    InterfaceTrial,
    KeyTrial,
    Probe,
    Release,
    Remote,
    RemoteVersion,
    Reply,
    ResolvedCluster,
    SecurityModel,
    TlsAttempt,
    TlsResult,
    TransportHello,
    Unavailable,
    Version,
    http_service,
    is_transport,
)

WIRE = "wire"
# Where the release of the remote is what the local cluster says of it, and where it is what somebody wrote down.
LOCAL = "local"
DECLARED = "declared"


def with_observed_model(remote: Remote, endpoints: Endpoints | Unavailable) -> Remote:
    """Give an address of the command line the security model that its peer showed: by its interface, else by what it asked for."""
    if remote.registered or remote.declared_model is not None or isinstance(endpoints, Unavailable):
        return remote
    shown = next((model for probe in endpoints.probes if (model := _model_of(probe)) is not None), None)
    if shown is not None:
        return replace(remote, observed_model=shown)
    # Without any sign the port decides, as the documentation has it; the report says that this is a guess.
    # On a port that it has no row for, a server that asks for no client certificate is no transport interface as nodes come with.
    ports = {address.port for address in remote.dialled if address.port is not None}
    usual = any(is_transport(port) or http_service(port) for port in ports)
    by_key = REMOTE_CLUSTER_SERVER in ports or (not usual and any(_asks_for_none(one) for one in endpoints.probes))
    guessed = SecurityModel.API_KEY if by_key else SecurityModel.CERTIFICATE
    return replace(remote, observed_model=guessed, model_guessed=True)


def _model_of(probe: Probe) -> SecurityModel | None:
    if isinstance(probe.interface, InterfaceTrial) and probe.interface.interface is not Interface.UNCLEAR:
        by_key = probe.interface.interface is Interface.REMOTE_CLUSTER_SERVER
        return SecurityModel.API_KEY if by_key else SecurityModel.CERTIFICATE
    if isinstance(probe.tls, TlsAttempt) and probe.tls.client_certificate_requested:
        return SecurityModel.CERTIFICATE
    return None


def _asks_for_none(probe: Probe) -> bool:
    tls = probe.tls
    return isinstance(tls, TlsAttempt) and tls.result is TlsResult.COMPLETED and not tls.client_certificate_requested


def version_on_the_wire(endpoints: Endpoints | Unavailable) -> RemoteVersion | None:
    """The lowest release that answered the transport handshake; None where none did, or none that is known."""
    if isinstance(endpoints, Unavailable):
        return None
    known = [release for probe in endpoints.probes if (release := _release(probe)) is not None]
    if not known:
        return None
    number = min(release.lowest for release in known)
    # The lowest node is no higher than the highest release that any of them may be.
    highest = min((release.highest for release in known if release.highest is not None), default=None)
    return RemoteVersion(number=number, source=WIRE, exact=number == highest, highest=highest)


def _release(probe: Probe) -> Release | None:
    """What a node may run. One that took the key says its release; the transport handshake may leave a range."""
    if isinstance(probe.key, KeyTrial) and probe.key.version is not None:
        return Release(probe.key.version, probe.key.version)
    hello = probe.transport
    return hello.release if isinstance(hello, TransportHello) and hello.reply is Reply.ANSWERED else None


def narrowed(
    version: RemoteVersion | Unavailable, resolved: ResolvedCluster | Unavailable
) -> RemoteVersion | Unavailable:
    """Take the release that the local cluster names (``GET _resolve/cluster``) where nothing exact is known that contradicts it."""
    if isinstance(resolved, Unavailable) or not resolved.version:
        return version
    try:
        number = Version.parse(resolved.version)
    except ValueError:
        return version
    named = RemoteVersion(number=number, source=LOCAL)
    if isinstance(version, Unavailable) or version.source == DECLARED:
        return named
    return named if not version.exact and version.release.may_be(number) else version


def observed_version(
    endpoints: Endpoints | Unavailable, reported: RemoteVersion | Unavailable, nodes: tuple[Version, ...]
) -> RemoteVersion | Unavailable:
    """The release of a remote cluster: what is seen goes before what is declared.

    ``reported`` is what its API says, or else the configuration; ``nodes`` are the releases of the nodes that the API names. The wire wins
    wherever it contradicts; where it only leaves a range that fits, the exact number inside of it says more.
    """
    wire = version_on_the_wire(endpoints)
    if wire is None:
        return reported
    if isinstance(reported, Unavailable):
        return wire
    return reported if any(wire.release.may_be(number) for number in (reported.number, *nodes)) else wire
