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
    known = [(h.version, h.version if h.exact else h.highest) for h in answered if h.version is not None]
    if not known:
        return None
    number = min(version for version, _ in known)
    # The lowest node is no higher than the highest release that any of them may be.
    highest = min((end for _, end in known if end is not None), default=None)
    return RemoteVersion(number=number, source=WIRE, exact=number == highest, highest=highest)
