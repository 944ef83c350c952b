"""The contract of those who run rounds: in this process, or in worker processes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Protocol

from diag.config import ClusterConfig, Config
from diag.lazy_dataclass import dataclass
from diag.model import ClusterReport, History
from diag.plan import NOTHING, Plan
from diag.rounds.collecting import max_round_seconds

GIVEN_UP_AFTER: Final = (
    1.5  # Times the time of the longest round, which ends by itself: this long, and the fault is ours.
)

Early = Callable[[ClusterReport], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundFailure:
    """A round that failed inside diag: what kind of error, its text without secrets, and where it was raised.

    ``lost``: the process that ran it is gone. That says nothing of the cluster, and another one can run the round again. ``died`` is how that
    process ended, empty where it goes on, or was gone before it could run anything. ``quarantined``: that was so too often in a row, and no
    round of this cluster is run for a while.
    """

    kind: str
    detail: str
    frames: tuple[str, ...] = ()
    took: float
    lost: bool = False
    died: str = ""
    quarantined: bool = False


Done = tuple[ClusterReport, float] | RoundFailure


class RunsRounds(Protocol):
    """Runs rounds, many at a time."""

    async def run(
        self,
        plan: Plan,
        cluster: ClusterConfig,
        remotes: tuple[str, ...] = (),
        past: Mapping[str, History] = NOTHING,
        early: Early | None = None,
    ) -> Done:
        """Run one round, of some ``remotes`` only where they are named; give the report and the seconds it took.

        Raises nothing but cancellation. ``early`` is given reports on the remotes that are known while others still are looked at; never
        after this has ended.
        """

    def begin(self, plan: Plan) -> None:
        """Hear which plan the rounds to come are of."""

    async def stop(self) -> None:
        """End. Rounds that still run are given up."""


def give_up_seconds(config: Config) -> float:
    """The seconds after which a round that has not ended by itself is given up."""
    return GIVEN_UP_AFTER * max_round_seconds(config)
