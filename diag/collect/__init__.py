"""All the I/O of a round: names, connections, handshakes and files become evidence here."""

from diag.collect.handshake import ClientKey
from diag.collect.network import Network, RealNetwork
from diag.collect.recorded import RecordedNetwork
from diag.collect.round import RoundInput, gather
from diag.collect.target import ProbeTarget

__all__ = ["ClientKey", "Network", "ProbeTarget", "RealNetwork", "RecordedNetwork", "RoundInput", "gather"]
