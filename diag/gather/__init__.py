"""All the I/O of a round: names, connections, handshakes and files become evidence here."""

from diag.gather.dial import Dial
from diag.gather.hello import ClientKey
from diag.gather.network import Network, RealNetwork
from diag.gather.recorded import RecordedNetwork
from diag.gather.round import RoundInput, gather

__all__ = ["ClientKey", "Dial", "Network", "RealNetwork", "RecordedNetwork", "RoundInput", "gather"]
