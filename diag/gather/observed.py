"""What follows from all probes of a remote together."""

from __future__ import annotations

from diag.model import Endpoints, RemoteVersion, Reply, TransportHello, Unavailable

WIRE = "wire"


def version_on_the_wire(endpoints: Endpoints | Unavailable) -> RemoteVersion | None:
    """The lowest release that answered the transport handshake; None where none did, or none that is known."""
    if isinstance(endpoints, Unavailable):
        return None
    hellos = (probe.transport for probe in endpoints.probes)
    answered = (h for h in hellos if isinstance(h, TransportHello) and h.reply is Reply.ANSWERED)
    known = [(hello.version, hello.exact) for hello in answered if hello.version is not None]
    if not known:
        return None
    number, exact = min(known)
    return RemoteVersion(number=number, source=WIRE, exact=exact)
