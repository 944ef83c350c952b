"""The check version/ccr-local-older."""

from __future__ import annotations

from checks.shared.applies import BOTH_RELEASED
from checks.shared.release_range import and_others, extremes
from checks.tables import docs
from diag.check import Yields, check
from diag.model import (
    Finding,
    LocalVersion,
    Nodes,
    OfLocal,
    OfRemote,
    Remote,
    RemoteVersion,
    Replication,
    Severity,
    Unavailable,
)


@check(
    "version/ccr-local-older",
    severity=Severity.ERROR,
    severities=(Severity.INFO,),
    applies=BOTH_RELEASED,
    docs=(docs.CCR_PREREQUISITES, docs.CCR_UPGRADE_ONE_WAY),
    tags=("ccr",),
    source="documentation: cross-cluster replication, prerequisites",
)
def ccr_local_older(
    local_version: LocalVersion,
    remote_version: RemoteVersion,
    local_nodes: OfLocal[Nodes] | Unavailable,
    remote_nodes: OfRemote[Nodes] | Unavailable,
    remote_evidence: Remote,
    replication: Replication | Unavailable,
) -> Yields:
    """The local cluster is older than the remote, which does not fit cross-cluster replication.

    Why it matters: a follower index has to be on a cluster of the same or a newer release than its leader, patch level included;
    otherwise it stops at something new in the leader. For searches nothing is wrong.

    Whether a remote is used for replication is not written in its settings: it is an error where the API of the local cluster reports
    followers, else an info, which leaves the remote ok. Where you replicate and give no url, raise it:
    ``checks: {severity: {version/ccr-local-older: error}}``.

    How to fix: if indices are replicated from this remote, upgrade the local cluster first, to the release of the remote or later.

    Example: a local cluster at 8.15.2 that follows indices of a remote cluster at 8.15.3.
    """
    here, there = extremes(local_version, local_nodes), extremes(remote_version, remote_nodes)
    lowest, highest = here[0], there[-1]
    if lowest < highest:
        used = isinstance(replication, Replication) and remote_evidence.alias in replication.aliases
        matters = (
            "indices are replicated from it, which needs the same release or a newer one."
            if used
            else "this matters only if indices are replicated from this remote, searches do not mind."
        )
        upgrade = f"pgrade the local cluster to {highest} or later."
        yield Finding(
            summary=f"The local cluster runs {lowest}{and_others(here)}, older than the remote cluster with {highest}{and_others(there)}; {matters}",
            remedy=f"U{upgrade}" if used else f"If indices are replicated from this remote: u{upgrade}",
            severity=Severity.ERROR if used else Severity.INFO,
            facts={"observed": str(lowest), "expected": str(highest)},
        )
