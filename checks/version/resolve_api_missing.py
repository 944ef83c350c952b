"""The check version/resolve-api-missing."""

from __future__ import annotations

from checks.shared.fixes import call, on_local
from checks.shared.release_range import RELEASED
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import (
    RESOLVE_CLUSTER,
    Finding,
    Identity,
    LocalVersion,
    OfLocal,
    Severity,
    Unavailable,
)


@check(
    "version/resolve-api-missing",
    severity=Severity.INFO,
    applies=Applies(local_kinds=RELEASED),
    docs=(docs.API_RESOLVE_CLUSTER, docs.CCS_RESOLVE_CLUSTER),
    tags=("connection", "reported"),
    source=RESOLVE_CLUSTER.source,
)
def resolve_api_missing(local_version: LocalVersion, identity: OfLocal[Identity] | Unavailable) -> Yields:
    """The local cluster has no call that tries its remotes.

    Why it matters: from 8.13 on ``GET _resolve/cluster`` connects to each remote and says what went wrong. Before, only
    ``GET _remote/info`` reports about a connection, without any reason; what the socket shows from here then counts for more.

    How to fix: nothing. For a proof, search: ``GET <alias>:*/_search?size=0``, with ``skip_unavailable: false``.

    Example: a local cluster at 7.17, whose remotes are ``connected: false`` and no more.
    """
    if isinstance(identity, Unavailable) and identity.not_configured:
        yield NotApplicable(str(identity))
    elif local_version.number < RESOLVE_CLUSTER.since:
        yield Finding(
            summary=f"The local cluster runs {local_version.number}, without GET _resolve/cluster, which tries each remote; "
            f"it is there from {RESOLVE_CLUSTER.since} on.",
            remedy="Nothing is to be done. To try a remote, search it, with skip_unavailable: false.",
            fix=on_local(call("GET", "<alias>:*/_search?size=0"), when="to try a remote"),
            facts={"observed": str(local_version.number), "expected": str(RESOLVE_CLUSTER.since)},
        )
