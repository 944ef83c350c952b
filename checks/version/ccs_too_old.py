"""The check version/ccs-too-old."""

from __future__ import annotations

from checks.shared.applies import BOTH_RELEASED
from checks.shared.release_range import extremes
from checks.tables import docs
from checks.tables.versions import FIRST_REPLICATED, FIRST_SEARCHED
from diag.check import Yields, check
from diag.model import (
    Finding,
    Kind,
    LocalCluster,
    Nodes,
    OfRemote,
    Remote,
    RemoteVersion,
    Replication,
    Severity,
    Unavailable,
    Version,
)


@check(
    "version/ccs-too-old",
    severity=Severity.ERROR,
    applies=BOTH_RELEASED,
    docs=(docs.HOSTED_REMOTE_CLUSTERS, docs.CCS_SUPPORTED_RELEASES),
    tags=("ccs", "ccr"),
    source="Elastic Cloud documentation: remotes above 6.7.0; replication from 6.8.9 and 7.7.1 on",
    explains=("version/ccs-incompatible", "version/wire-incompatible"),
)
def ccs_too_old(
    cluster: LocalCluster,
    remote: Remote,
    remote_version: RemoteVersion,
    remote_nodes: OfRemote[Nodes] | Unavailable,
    replication: Replication | Unavailable,
) -> Yields:
    """The remote cluster is older than anything that can be searched, or replicated from at Elastic Cloud.

    Why it matters: remotes before 6.7 are served by no local cluster that is still maintained. Replication into a hosted deployment wants
    6.8.9 or 7.7.1 at least.

    How to fix: upgrade the remote cluster.

    Example: a remote cluster of 6.5.4.
    """
    lowest = extremes(remote_version, remote_nodes)[0]
    if remote_version.release.at_least(FIRST_SEARCHED.since) is False or lowest < FIRST_SEARCHED.since:
        yield _too_old(str(remote_version), FIRST_SEARCHED.since, "searches")
    elif cluster.kind in {Kind.HOSTED, Kind.ECE} and _replicates(remote, replication):
        older, newer = (gate.since for gate in FIRST_REPLICATED)
        floor = older if lowest.major < newer.major else newer
        if lowest < floor:
            yield _too_old(str(remote_version), floor, "replication into a hosted deployment")


def _replicates(remote: Remote, replication: Replication | Unavailable) -> bool:
    followed = isinstance(replication, Replication) and remote.alias in replication.aliases
    return followed or bool(remote.use.replicate)


def _too_old(observed: str, floor: Version, what: str) -> Finding:
    return Finding(
        summary=f"The remote cluster runs {observed}; for {what} {floor} or later is expected.",
        remedy=f"Upgrade the remote cluster to {floor} or later, best to the last minor of its major.",
        facts={"observed": observed, "expected": str(floor)},
    )
