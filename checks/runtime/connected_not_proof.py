"""The check runtime/connected-not-proof."""

from __future__ import annotations

from checks.shared.fixes import call, on_local
from checks.shared.reported_errors import MAX_ERROR_LENGTH, meaning, reported, what_to_do
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    RemoteEvidence,
    RemoteInfo,
    ResolvedCluster,
    Severity,
    in_path,
    shorten,
)


@check(
    "runtime/connected-not-proof",
    severity=Severity.ERROR,
    severities=(Severity.WARNING,),
    applies=Applies.settings(),
    docs=(docs.CCS_RESOLVE_CLUSTER, docs.API_RESOLVE_CLUSTER),
    tags=("connection", "reported"),
    source="documentation: resolve cluster API; elasticsearch#119793; error texts observed on 8.19 and 9.2",
    explains=("runtime/skipped-clusters", "ccr/read-exceptions"),
)
def connected_not_proof(remote_evidence: RemoteEvidence, info: RemoteInfo, resolved: ResolvedCluster) -> Yields:
    """The local cluster is connected, and requests to the remote fail.

    Why it matters: an open connection says nothing about keys, licenses and privileges; these are judged with the first request.

    How to fix: do what the error says; the checks of groups auth and license name the setting.

    Example: the API key was invalidated while the connections stood: ``connected: true``, and each search ends with 401.
    """
    tried = reported(resolved)
    again = on_local(call("GET", f"_resolve/cluster/{in_path(remote_evidence.remote.alias)}:*"), when="to try again")
    if not info.connected:
        yield NotApplicable("the local cluster is not connected; runtime/not-connected is about that")
    elif tried is None:
        yield Unknown("the login lacks the index privileges with which the remote could be asked through the cluster")
    elif tried.error:
        what = meaning(tried.error)
        yield Finding(
            summary=f"Connected, and a request to the remote fails{f': {what}' if what else ''}. "
            f"It says: {shorten(tried.error, MAX_ERROR_LENGTH)}",
            remedy=f"{what_to_do(tried.error) or 'Do what the error says.'} Then try again.",
            fix=again,
            facts={"observed": shorten(tried.error, MAX_ERROR_LENGTH), "expected": "no error", "meaning": what},
        )
    elif not tried.connected:
        yield Finding(
            summary="GET _remote/info says connected, and GET _resolve/cluster could not connect just now.",
            remedy="Look at the log of the local cluster; a connection that only some nodes have looks like this.",
            fix=again,
            severity=Severity.WARNING,
            facts={"observed": "connected: false when asked", "expected": "connected: true"},
        )
