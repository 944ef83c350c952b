"""What everybody may ask of the past."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from diag.history.event import Availability, Event, EventKind
from diag.history.file_facts import FileFacts
from diag.model import ClusterReport


class History(Protocol):
    """The past of every cluster and remote; ``remote=""`` is the local cluster itself.

    All may be called on any thread, and none raises because a file can't be used. ``since``, ``failing`` and ``flapping`` answer from memory at once;
    the others take milliseconds, or longer where a disk is slow: on the event loop they belong in ``asyncio.to_thread``.
    """

    @property
    def file(self) -> FileFacts | None:
        """How the file does; None where none is configured."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know: that nothing is kept on disk, and why."""

    def record(
        self, report: ClusterReport, at: datetime, max_pause: timedelta, *, incomplete: bool = False
    ) -> tuple[Event, ...]:
        """Note what a round found, and give what changed since the one before, which may be that of an earlier process.

        ``max_pause`` is the time between two rounds above which diag did not look in between. ``incomplete``: the remotes of the report
        need not be all there are, so that none of the others is gone.
        """

    def expect(self, clusters: Iterable[str], at: datetime) -> tuple[Event, ...]:
        """Say which clusters there are: the others, of which something is known, are gone."""

    def events(
        self,
        *,
        after: int = 0,
        limit: int = 1000,
        cluster: str | None = None,
        remote: str | None = None,
        kinds: Collection[EventKind] = (),
    ) -> tuple[Event, ...]:
        """The events with a higher cursor than ``after``, the oldest first; None and no kinds mean all."""

    def newest(self) -> int:
        """The highest cursor there is; 0 while nothing happened, or nobody knows yet."""

    def latest(self, cluster: str, remote: str, limit: int = 20) -> tuple[Event, ...]:
        """The last events of one remote, the newest first."""

    def since(self, cluster: str, remote: str) -> datetime | None:
        """Since when it has had its status; None where it is not there."""

    def failing(self, cluster: str, remote: str) -> Mapping[str, datetime]:
        """Since when each check that fails does so without a break; a round without a verdict is none."""

    def what_changed_before(self, cluster: str, remote: str) -> tuple[Event, ...]:
        """What changed, of the remote and of its local cluster, in the day before it stopped being well; the newest first.

        Nothing where it is well, or was never seen well.
        """

    def availability(self, cluster: str, remote: str, days: float, now: datetime) -> Availability:
        """How long it was well in the last ``days`` days."""

    def flapping(self, cluster: str, remote: str, now: datetime) -> bool:
        """Whether it changes between well and not well again and again."""
