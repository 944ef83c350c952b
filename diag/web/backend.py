"""What the web pages ask of the service behind them."""

from __future__ import annotations

from typing import Protocol

from diag.board import Board
from diag.check import Check
from diag.history import History
from diag.lazy_dataclass import dataclass
from diag.model import ClusterReport


class UnknownNameError(LookupError):
    """Somebody asked for a cluster or a remote that is not configured; the text says so and names the nearest."""


class BusyError(Exception):
    """More probes were asked for than are run at a time."""


class ProbeFailedError(Exception):
    """The probe failed inside diag."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """A round for one remote, run because somebody asked."""

    report: ClusterReport
    took: float


class OwnText(Protocol):
    """The service's own metrics. ``version`` changes whenever the text would."""

    version: int

    def render(self) -> tuple[int, bytes]:
        """The version, and the text in the Prometheus format; on any thread."""


class Service(Protocol):
    """The service as the web sees it."""

    @property
    def board(self) -> Board:
        """The latest reports."""

    @property
    def history(self) -> History:
        """What changed, since when, and how much of the time a remote was well."""

    @property
    def own(self) -> OwnText:
        """The service's own metrics."""

    @property
    def interval(self) -> float:
        """The seconds between two rounds."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader of the status page should know: a refused configuration, broken packs."""

    @property
    def known_checks(self) -> tuple[Check, ...]:
        """Every check that there is, chosen or not."""

    def not_ready(self) -> str:
        """Why the service is not ready; empty when it is."""

    async def reload(self) -> None:
        """Load the configuration again. Raises ConfigError, and goes on with the old one, if the new one is bad."""

    async def probe(self, cluster: str, remote: str) -> Probed:
        """Run a round for one remote now, outside of the timetable. Raises UnknownNameError, BusyError or ProbeFailedError."""

    async def run(self, cluster: str) -> Probed:
        """Have the next round of a cluster now, and wait for it; the board has it then. Raises as ``probe`` does."""
