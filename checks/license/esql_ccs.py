"""The check license/esql-ccs."""

from __future__ import annotations

from typing import Final

from checks.license._install import install
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    ESQL_LICENSE,
    Finding,
    License,
    LocalCluster,
    LocalVersion,
    OfLocal,
    Remote,
    Severity,
    Unavailable,
    shorten,
)

_WITH_ESQL: Final = frozenset({"enterprise", "trial"})


@check(
    "license/esql-ccs",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.SUBSCRIPTIONS, docs.ESQL),
    tags=("license", "esql"),
    source=ESQL_LICENSE.source,
)
def esql_ccs(
    cluster: LocalCluster,
    remote: Remote,
    license_: OfLocal[License],
    local_version: LocalVersion | Unavailable,
) -> Yields:
    """ES|QL is used on this remote, and the license of the local cluster does not include that.

    Why it matters: from 8.18 on the local cluster refuses every ES|QL query that names a remote, unless its own license is enterprise or a
    trial. ``skip_unavailable`` does not help; ordinary searches go on; the license of the remote cluster does not matter for it.

    How to fix: install an enterprise license on the local cluster, or search this remote without ES|QL.

    Example: ``A valid Enterprise license is required to run ES|QL cross-cluster searches``.
    """
    if not (remote.use.esql or remote.use.enrich):
        yield NotApplicable("neither use.esql nor use.enrich is declared for this remote")
    elif isinstance(local_version, Unavailable):
        yield Unknown(str(local_version), piece=local_version)
    elif local_version.number < ESQL_LICENSE.since:
        yield NotApplicable(f"the local cluster runs {local_version}, which does not ask for a license here")
    elif license_.type not in _WITH_ESQL or not license_.active:
        how = install("an enterprise license", "local", cluster, remote)
        yield Finding(
            summary=f"The license of the local cluster is {shorten(license_.type, 60)} ({shorten(license_.status, 60)}); ES|QL across clusters needs an active "
            "enterprise license, or a trial.",
            remedy=how.sentence,
            fix=how.fix,
            facts={
                "observed": f"{shorten(license_.type, 60)}, {shorten(license_.status, 60)}",
                "expected": "enterprise or trial, active",
            },
        )
