"""The check license/trial."""

from __future__ import annotations

from checks.license._both import sides, unless_only_one
from checks.license._install import install
from checks.tables import docs
from diag.check import Yields, check
from diag.model import (
    Finding,
    License,
    LocalCluster,
    OfLocal,
    OfRemote,
    Remote,
    Severity,
    Unavailable,
)


@check(
    "license/trial",
    severity=Severity.INFO,
    docs=(docs.API_LICENSE, docs.LICENSE_SELF_MANAGED),
    tags=("license",),
    source="documentation: get license API",
)
def trial(
    cluster: LocalCluster,
    remote: Remote,
    local_license: OfLocal[License] | Unavailable,
    remote_license: OfRemote[License] | Unavailable,
) -> Yields:
    """A cluster runs on a trial license.

    Why it matters: it ends after 30 days, and with it remotes with API keys and replication.

    How to fix: install a license before it ends, where the cluster is meant to stay.

    Example: a remote that was set up for a test, and went into production as it was.
    """
    for side in sides(local_license, remote_license):
        if not isinstance(side, tuple):
            yield from unless_only_one(side, local_license, remote_license)
        elif side[1].type == "trial":
            until = f" until {side[1].expires:%Y-%m-%d}" if side[1].expires is not None else ""
            how = install("a license", side[0], cluster, remote)
            yield Finding(
                summary=f"The {side[0]} cluster runs on a trial license{until}.",
                remedy=f"If the {side[0]} cluster is meant to stay, replace the trial before it ends. {how.sentence}",
                fix=how.fix,
                facts={"side": side[0], "observed": "trial"},
            )
