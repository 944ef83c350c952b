"""Everything that one IP address showed, and the addresses together."""

from __future__ import annotations

from dataclasses import field
from typing import Final

from diag.evidence.address.endpoint import Connection, Endpoint, Resolution
from diag.evidence.address.presented_chain import Chain, SniTrials
from diag.evidence.address.tls import TlsAttempt
from diag.evidence.address.transport import InterfaceTrial, KeyTrial, TransportHello
from diag.evidence.terms import Reason, Step, Unavailable
from diag.lazy_dataclass import dataclass

NO_KEY: Final = Unavailable(
    step=Step.CONFIGURATION, reason=Reason.NOT_DECLARED, detail="no credential is configured for this remote"
)
_NOT_TRIED: Final = Unavailable(
    step=Step.TRANSPORT, reason=Reason.NOT_TRIED, detail="no frame of the transport protocol was sent"
)
_NOT_ASKED: Final = Unavailable(
    step=Step.TRANSPORT, reason=Reason.NOT_TRIED, detail="nothing was asked without an API key at this address"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """Everything that one IP address showed."""

    ip: str
    port: int
    connection: Connection | Unavailable
    tls: TlsAttempt | Unavailable
    chain: Chain | Unavailable
    transport: TransportHello | Unavailable = _NOT_TRIED
    key: KeyTrial | Unavailable = NO_KEY
    interface: InterfaceTrial | Unavailable = _NOT_ASKED
    sni_trials: SniTrials = field(default_factory=SniTrials)

    def __str__(self) -> str:
        """Give ``ip:port``."""
        return f"[{self.ip}]:{self.port}" if ":" in self.ip else f"{self.ip}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointEvidence:
    """What is known of one dialled address: its resolution, and a probe for each IP address behind it."""

    endpoint: Endpoint
    resolution: Resolution | Unavailable
    probes: tuple[Probe, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """All dialled addresses of a remote, for checks that compare them."""

    all: tuple[EndpointEvidence, ...]

    @property
    def probes(self) -> tuple[Probe, ...]:
        """Every probe of every endpoint."""
        return tuple(probe for endpoint in self.all for probe in endpoint.probes)
