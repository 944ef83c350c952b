"""The network of a run that uses none: documents, and ``diag run`` without a network."""

from __future__ import annotations

from diag.collect.target import ApiTarget, ProbeTarget
from diag.evidence.call import Answer, Answers, Call
from diag.evidence.terms import NO_NETWORK
from diag.model import Probe, Reason, Resolution, Step, Unavailable


class NoNetwork:
    """Asks nobody, and says so."""

    async def resolve(self, host: str, seconds: float, /) -> Resolution | Unavailable:
        """Look nothing up."""
        del host, seconds
        return _not_asked(Step.DNS)

    async def probe(self, dial: ProbeTarget, /) -> Probe:
        """Open nothing."""
        nothing = _not_asked(Step.CONNECT)
        return Probe(ip=dial.ip, port=dial.endpoint.port, connection=nothing, tls=nothing, chain=nothing)

    async def call(self, target: ApiTarget, calls: tuple[Call, ...], /) -> Answers:
        """Call nobody."""
        del target
        return dict.fromkeys(calls, Answer(value=_not_asked(Step.API)))


def _not_asked(step: Step) -> Unavailable:
    return Unavailable(step=step, reason=Reason.OFFLINE, detail=NO_NETWORK)
