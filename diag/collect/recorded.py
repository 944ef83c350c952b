"""A round once more, without a network: keep what came through the network, and give it back."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

from diag.collect.network import Network
from diag.collect.target import ApiTarget, ProbeTarget, not_connected
from diag.evidence.call import Answer, Answers, Call
from diag.model import Probe, Reason, Resolution, Step, Unavailable

Q = TypeVar("Q", bound=Hashable)
A = TypeVar("A")


class _Kept(Generic[Q, A]):
    """Answers by question. One that was put several times gets its answers in their order, and the last one from then on."""

    def __init__(self) -> None:
        self._answers: dict[Q, list[A]] = {}

    def keep(self, question: Q, answer: A) -> A:
        self._answers.setdefault(question, []).append(answer)
        return answer

    def again(self, question: Q, otherwise: A) -> A:
        answers = self._answers.get(question, [otherwise])
        return answers.pop(0) if len(answers) > 1 else answers[0]


class RecordedNetwork:
    """Gives back what came through a network: names by host, probes by remote and address, calls by the address of their API.

    It holds what peers sent before any secret is masked in it: it is for memory, not for a file.
    """

    def __init__(self) -> None:
        self.resolutions = _Kept[str, Resolution | Unavailable]()
        self.probes = _Kept[tuple[object, ...], Probe]()
        self.answers = _Kept[tuple[str, Call], Answer]()

    async def resolve(self, host: str, _seconds: float, /) -> Resolution | Unavailable:
        """Give the addresses that the host had."""
        return self.resolutions.again(host.lower(), _missing(Step.DNS, "lookup of this name"))

    async def probe(self, dial: ProbeTarget, /) -> Probe:
        """Give what the address showed."""
        return self.probes.again(_place(dial), not_connected(dial, _missing(Step.CONNECT, "probe of this address")))

    async def call(self, target: ApiTarget, calls: tuple[Call, ...], /) -> Answers:
        """Give what the API answered."""
        missing = Answer(value=_missing(Step.API, "answer to this call"))
        return {call: self.answers.again((target.url, call), missing) for call in calls}


class RecordingNetwork:
    """Passes everything on to another network, and keeps what came back in ``recorded``."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self.recorded = RecordedNetwork()

    async def resolve(self, host: str, seconds: float, /) -> Resolution | Unavailable:
        """Give the addresses of a host."""
        return self.recorded.resolutions.keep(host.lower(), await self._network.resolve(host, seconds))

    async def probe(self, dial: ProbeTarget, /) -> Probe:
        """Look at one address."""
        return self.recorded.probes.keep(_place(dial), await self._network.probe(dial))

    async def call(self, target: ApiTarget, calls: tuple[Call, ...], /) -> Answers:
        """Make calls at one address of an API."""
        answers = await self._network.call(target, calls)
        return {call: self.recorded.answers.keep((target.url, call), answer) for call, answer in answers.items()}


def _place(dial: ProbeTarget) -> tuple[object, ...]:
    return dial.alias, dial.endpoint, dial.ip


def _missing(step: Step, what: str) -> Unavailable:
    return Unavailable(step=step, reason=Reason.OTHER, detail=f"the recording has no {what}")
