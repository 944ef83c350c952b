"""Reports for tests of the past: one healthy cluster in which a test changes what it is about."""

from __future__ import annotations

import dataclasses
import functools
from datetime import UTC, datetime, timedelta

from diag.engine import judge
from diag.history import Event
from diag.model import ClusterReport, EndpointEvidence, Endpoints, RemoteEvidence, RemoteReport, Status
from tests import caselib
from tests.diag.daemon.world import healthy, without_name

START = datetime(2026, 1, 15, 12, tzinfo=UTC)
PAUSE = timedelta(minutes=3)


def minute(number: float) -> datetime:
    """So many minutes after the start."""
    return START + timedelta(minutes=number)


def evidence(alias: str = "logs") -> RemoteEvidence:
    """The evidence of a healthy remote."""
    seen = healthy().remotes[0]
    return dataclasses.replace(seen, remote=dataclasses.replace(seen.remote, alias=alias))


@functools.cache
def _judged(broken: bool) -> ClusterReport:  # noqa: FBT001 -- the key of the cache.
    whole = healthy()
    remotes = tuple(map(without_name, whole.remotes)) if broken else whole.remotes
    return judge(dataclasses.replace(whole, remotes=remotes), caselib.catalogue().checks)


def report(*remotes: RemoteEvidence, broken: bool = False, cluster: str = "eu") -> ClusterReport:
    """A report of a cluster with these remotes, all of them well, or with names that do not resolve."""
    model = _judged(broken)
    found = tuple(
        dataclasses.replace(model.remotes[0], evidence=without_name(one) if broken else one)
        for one in remotes or (evidence(),)
    )
    local = dataclasses.replace(
        model.evidence.cluster, name=cluster, remotes=tuple(one.evidence.remote for one in found)
    )
    return dataclasses.replace(
        model,
        evidence=dataclasses.replace(model.evidence, cluster=local, remotes=tuple(one.evidence for one in found)),
        remotes=found,
    )


def having(status: Status, *causes: str, cluster: str = "eu", alias: str = "logs") -> ClusterReport:
    """A report of one remote with this status and these root causes."""
    made = report(evidence(alias), cluster=cluster)
    remote: RemoteReport = dataclasses.replace(made.remotes[0], status=status, root_causes=causes)
    return dataclasses.replace(made, remotes=(remote,))


def endpoints(seen: RemoteEvidence, **changes: object) -> RemoteEvidence:
    """The same remote, its first dialled address changed."""
    assert isinstance(seen.endpoints, Endpoints)
    first: EndpointEvidence = dataclasses.replace(seen.endpoints.all[0], **changes)  # type: ignore[arg-type]  # -- fields of it.
    return dataclasses.replace(seen, endpoints=Endpoints(all=(first, *seen.endpoints.all[1:])))


def words(events: tuple[Event, ...]) -> list[tuple[str, str, str, str, str]]:
    """Events without their cursor and time: remote, kind, subject, before, after."""
    return [(one.remote, one.kind.value, one.subject, one.before, one.after) for one in events]
