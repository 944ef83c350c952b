"""The check runtime/resolve-slow."""

from __future__ import annotations

from checks.shared.fixes import call, on_local
from checks.tables import docs
from diag.check import Applies, Yields, check
from diag.model import (
    Finding,
    ResolvedCluster,
    Severity,
    Thresholds,
)


@check(
    "runtime/resolve-slow",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.API_RESOLVE_CLUSTER,),
    tags=("search",),
    source="elasticsearch#114020, elasticsearch#120542; the limit is chosen by diag",
)
def resolve_slow(resolved: ResolvedCluster, thresholds: Thresholds) -> Yields:
    """Asking the remotes through the local cluster takes long.

    Why it matters: the call waits for the slowest remote, and so do Kibana and everything else that asks before it searches.

    How to fix: fix the connection to the remote that does not answer; from 8.19 the call takes ``?timeout=5s``.

    Example: one remote drops packets, and ``GET _resolve/cluster/*:*`` needs 30 seconds.
    """
    if resolved.took_longer_than(thresholds.resolve_seconds_warning):
        yield Finding(
            summary=f"GET _resolve/cluster took {resolved.seconds:.1f} s; expected at most {thresholds.resolve_seconds_warning:g} s.",
            remedy="Fix the remotes that are not connected: the call waits for each of them.",
            fix=on_local(call("GET", "_remote/info"), when="to see which"),
            facts={"observed": round(resolved.seconds, 1), "expected": thresholds.resolve_seconds_warning},
        )
