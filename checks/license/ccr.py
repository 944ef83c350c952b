"""The check license/ccr."""

from __future__ import annotations

from typing import Final

from checks.license._both import sides, unless_only_one
from checks.license._install import install
from checks.shared.fixes import Remedy
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import (
    Finding,
    License,
    LocalCluster,
    OfLocal,
    OfRemote,
    Remote,
    Replication,
    Severity,
    Unavailable,
    shorten,
)

_LEVEL: Final = "a platinum or enterprise license"
_WITH_CCR: Final = frozenset({"platinum", "enterprise", "trial"})


@check(
    "license/ccr",
    severity=Severity.CRITICAL,
    docs=(docs.SUBSCRIPTIONS, docs.CCR_PREREQUISITES),
    tags=("license", "replication"),
    source="elasticsearch#33002; subscriptions",
    # What is wrong with an index or an alias is so with a license too.
    explains=(
        "ccr/fatal-exception",
        "ccr/read-exceptions",
        "ccr/retention-lease-expired",
        "ccr/follower-lag",
        "ccr/active-without-task",
        "ccr/autofollow-errors",
        "ccr/autofollow-silent",
        "ccr/unfollow-ilm-wait",
    ),
)
def ccr(
    cluster: LocalCluster,
    replication: Replication,
    remote: Remote,
    local_license: OfLocal[License] | Unavailable,
    remote_license: OfRemote[License] | Unavailable,
) -> Yields:
    """Something is replicated from this remote, or is to be, and a license does not include replication.

    Why it matters: followers stop where the license of either cluster falls below platinum. The local cluster then refuses its statistics of
    replication too, so that lag and errors of the followers are not known.

    How to fix: install a platinum or enterprise license on that cluster.

    Example: the trial has ended: ``current license is non-compliant for [ccr]``.
    """
    if remote.alias not in replication.aliases and not remote.use.replicate:
        # Without the license a cluster does not report its auto-follow patterns.
        known = ", by the list of followers of the local cluster" if replication.unlicensed else ""
        yield NotApplicable(f"nothing is replicated from this remote{known}")
        return
    reported = not isinstance(local_license, Unavailable) and not _replicates(local_license)
    if replication.unlicensed and not reported:
        yield _refused(local_license, install(_LEVEL, "local", cluster, remote))
    for side in sides(local_license, remote_license):
        if not isinstance(side, tuple):
            yield from unless_only_one(side, local_license, remote_license)
        elif not _replicates(side[1]):
            how = install(_LEVEL, side[0], cluster, remote)
            yield Finding(
                summary=f"The license of the {side[0]} cluster is {shorten(side[1].type, 60)} ({shorten(side[1].status, 60)}); replication needs platinum, "
                "enterprise or a trial.",
                remedy=how.sentence,
                fix=how.fix,
                facts={
                    "side": side[0],
                    "observed": shorten(side[1].type, 60),
                    "expected": "platinum, enterprise or trial",
                },
            )


def _replicates(license_: License) -> bool:
    return license_.type in _WITH_CCR and license_.active


def _refused(local_license: License | Unavailable, how: Remedy) -> Finding:
    shows = (
        ""
        if isinstance(local_license, Unavailable)
        else f" GET _license shows {shorten(local_license.type, 60)} ({shorten(local_license.status, 60)})."
    )
    return Finding(
        summary="The local cluster refuses replication because of its license (GET _ccr/stats); expected platinum, enterprise or a trial."
        f"{shows}",
        remedy=how.sentence,
        fix=how.fix,
        facts={"side": "local", "observed": "refused", "expected": "platinum, enterprise or trial"},
    )
