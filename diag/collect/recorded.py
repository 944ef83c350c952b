"""A network that answers from evidence: the same round again, without a network."""

from __future__ import annotations

from diag.collect.target import ProbeTarget, not_connected
from diag.model import ClusterEvidence, Probe, Reason, Resolution, Step, Unavailable


class RecordedNetwork:
    """Gives back what a round found: resolutions by host, probes by remote, address and IP address."""

    def __init__(self, evidence: ClusterEvidence) -> None:
        self._resolutions: dict[str, Resolution | Unavailable] = {}
        self._probes: dict[tuple[str, str, str, int, str], Probe] = {}
        for remote in evidence.remotes:
            first = () if isinstance(remote.endpoints, Unavailable) else remote.endpoints.all
            second = () if isinstance(remote.published, Unavailable) else remote.published.all
            for found in (*first, *(one.evidence for one in second)):
                endpoint = found.endpoint
                self._resolutions[endpoint.host.lower()] = found.resolution
                for probe in found.probes:
                    key = (remote.remote.alias, endpoint.setting, endpoint.host, endpoint.port, probe.ip)
                    self._probes[key] = probe

    async def resolve(self, host: str, _seconds: float, /) -> Resolution | Unavailable:
        """Give the addresses that the host had."""
        missing = Unavailable(step=Step.DNS, reason=Reason.NOT_TOLD, detail="the recording has no lookup of this name")
        return self._resolutions.get(host.lower(), missing)

    async def probe(self, dial: ProbeTarget, /) -> Probe:
        """Give what the address showed."""
        endpoint = dial.endpoint
        found = self._probes.get((dial.alias, endpoint.setting, endpoint.host, endpoint.port, dial.ip))
        missing = Unavailable(step=Step.CONNECT, reason=Reason.NOT_TOLD, detail="the recording has no such address")
        return found or not_connected(dial, missing)
