"""All the I/O of a round: names, connections, handshakes and files become evidence here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.collect.network import Network
from diag.collect.round import Partly, gather
from diag.collect.round_input import RoundInput
from diag.collect.target import ApiTarget, ProbeTarget
from diag.collect.tls_handshake import ClientKey
from diag.lazy_package import imported_when_asked

if TYPE_CHECKING:
    from diag.collect.real_network import RealNetwork
    from diag.collect.recorded import RecordedNetwork, RecordingNetwork

__all__ = [
    "ApiTarget",
    "ClientKey",
    "Network",
    "Partly",
    "ProbeTarget",
    "RealNetwork",
    "RecordedNetwork",
    "RecordingNetwork",
    "RoundInput",
    "gather",
]

# What documents say is found out without a network, and without OpenSSL.
__getattr__ = imported_when_asked(__name__, ("real_network", "recorded"), __all__)
