"""All the I/O of a round: names, connections, handshakes and files become evidence here."""

from diag.collect.network import Network, RealNetwork
from diag.collect.recorded import RecordedNetwork, RecordingNetwork
from diag.collect.round import Partly, gather
from diag.collect.round_input import RoundInput
from diag.collect.target import ApiTarget, ProbeTarget
from diag.collect.tls_handshake import ClientKey

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
