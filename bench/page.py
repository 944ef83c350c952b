"""The pages with 1,000 remotes: how long they take to write and how large they are. The evidence is that of the lab, many times over."""

from __future__ import annotations

import asyncio
import dataclasses
import io
import tempfile
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path

from measured import Figure, main, repeated, wall_of

from diag.board import Board, Snapshot
from diag.daemon import running_daemon
from diag.lab.clusters import running_lab
from diag.logs import set_up_logs
from diag.model import ClusterReport, RemoteReport
from diag.web.background import Background
from diag.web.cluster_page import render_cluster
from diag.web.page import render_page
from diag.web.remote_page import render_remote

REMOTES = 1000


async def one_round() -> ClusterReport:
    """Judge the whole lab."""
    with tempfile.TemporaryDirectory() as folder:
        async with (
            running_lab(Path(folder)) as lab,
            running_daemon(lab.config, listen=("127.0.0.1", 0)) as running,
        ):
            while running.daemon.not_ready():  # noqa: ASYNC110 -- there is no event for it.
                await asyncio.sleep(0.05)
            return running.daemon.board.snapshot().clusters["lab"].report


def many(report: ClusterReport) -> Snapshot:
    """The same remotes, under other names, until there are 1,000."""
    remotes = tuple(renamed(one, f"{one.alias}-{n}") for n, one in enumerate(islice(cycle(report.remotes), REMOTES)))
    board = Board()
    board.put(dataclasses.replace(report, remotes=remotes))
    return board.snapshot()


def renamed(remote: RemoteReport, alias: str) -> RemoteReport:
    """The same remote under another alias."""
    declared = dataclasses.replace(remote.evidence.remote, alias=alias)
    return dataclasses.replace(remote, evidence=dataclasses.replace(remote.evidence, remote=declared))


def measure(*, quick: bool) -> Iterator[Figure]:
    """Time and size of each kind of page."""
    set_up_logs(io.StringIO())
    snapshot, background = many(asyncio.run(one_round())), Background()
    state = snapshot.clusters["lab"]
    pages: dict[str, Callable[[], str]] = {
        "overview": lambda: render_page(snapshot, background),
        "cluster": lambda: render_cluster(state, background.history),
        "remote": lambda: render_remote(state, state.report.remotes[0], background.history),
    }
    for name, write in pages.items():
        seconds, size = (1, 200) if name == "overview" else (None, None)
        times = tuple(1000 * one for one in repeated(3 if quick else 15, lambda write=write: wall_of(write)))
        what = f"the page of {'all' if name == 'overview' else f'one {name} among'} {REMOTES:,} remotes"
        yield Figure(
            name=f"{name}-time", what=what, unit="ms", values=times, at_most=None if seconds is None else 1000 * seconds
        )
        yield Figure(
            name=f"{name}-size",
            what=f"{what}, size",
            unit="kB",
            values=(len(write().encode()) / 1000,),
            at_most=size,
        )


if __name__ == "__main__":
    main(measure, __doc__)
