"""What a broken or slow remote costs: searches that fail whole, calls that take long, a remote that is red."""

from __future__ import annotations

from typing import Final

from checks.remedies import put_settings
from checks.runtime.wording import told
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import (
    Finding,
    LocalVersion,
    Remote,
    RemoteHealth,
    RemoteInfo,
    ResolvedCluster,
    Severity,
    Thresholds,
    Unavailable,
    Version,
    shorten,
)

_FAST_SKIPS: Final = Version(7, 16)


@check(
    "runtime/ccs-fails-whole",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.CCS_SKIP, docs.A_PUT),
    tags=("connection", "search"),
    source="documentation: cross-cluster search, optional remote clusters; verified on 6.8 to 9.2",
)
def ccs_fails_whole(remote: Remote, info: RemoteInfo, resolved: ResolvedCluster | Unavailable) -> Yields:
    """The remote is down, and each search that names it fails as a whole.

    Why it matters: with ``skip_unavailable: false`` one remote that is out of reach takes the answers of all other clusters with it.

    How to fix: until it is mended, leave it out (``-<alias>:*``), or set ``skip_unavailable: true`` if results without it will do.

    Example: a dashboard over ``*:logs-*`` shows errors because one of ten remotes is down.
    """
    skips = remote.skip_unavailable if info.skip_unavailable is None else info.skip_unavailable
    if info.connected or not info.listed:
        yield NotApplicable("the remote is connected" if info.listed else "the local cluster does not name this alias")
    elif (tried := told(resolved)) is not None and tried.connected:
        yield NotApplicable("it was connected a moment later, when it was asked through the cluster")
    elif skips is None:
        yield NotApplicable("the cluster does not say whether searches go on without this remote")
    elif not skips:
        yield Finding(
            summary="skip_unavailable is false and the remote is not connected: each search that names it fails as a whole.",
            remedy=f"Until it is mended, search with -{shorten(remote.alias)}:*, or "
            f"{put_settings({remote.setting('skip_unavailable'): True})}",
            facts={"observed": "skip_unavailable: false", "expected": "connected, or skip_unavailable: true"},
        )


@check(
    "runtime/resolve-slow",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.A_RESOLVE,),
    tags=("search",),
    source="elasticsearch#114020, elasticsearch#120542; the limit is our choice",
)
def resolve_slow(resolved: ResolvedCluster, limits: Thresholds) -> Yields:
    """Asking the remotes through the local cluster takes long.

    Why it matters: the call waits for the slowest remote, and so do Kibana and everything else that asks before it searches.

    How to fix: mend the remote that does not answer; from 8.19 the call takes ``?timeout=5s``.

    Example: one remote drops packets, and ``GET _resolve/cluster/*:*`` needs 30 seconds.
    """
    if resolved.seconds > limits.resolve_seconds_warning:
        yield Finding(
            summary=f"GET _resolve/cluster took {resolved.seconds:.1f} s; expected at most {limits.resolve_seconds_warning:g} s.",
            remedy="Mend the remotes that are not connected: the call waits for each of them.",
            facts={"observed": round(resolved.seconds, 1), "expected": limits.resolve_seconds_warning},
        )


@check(
    "runtime/remote-health",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.CCS_FAIL,),
    tags=("remote",),
    source="documentation: cluster health API",
    explains=("runtime/skipped-clusters", "ccr/read-exceptions", "ccr/follower-lag"),
)
def remote_health(health: RemoteHealth) -> Yields:
    """The remote cluster is red: some primary shard is missing.

    Why it matters: searches of the affected indices give part of the results or fail, and followers of them stop.

    How to fix: ``GET _cluster/allocation/explain`` on the remote cluster says why a shard is not assigned.

    Example: the only node with a shard was shut down.
    """
    if health.status == "red":
        yield Finding(
            summary="The health of the remote cluster is red; expected green or yellow.",
            remedy="GET _cluster/allocation/explain on the remote cluster.",
            facts={"observed": health.status, "expected": "green or yellow"},
        )


@check(
    "runtime/old-slow-unavailable",
    severity=Severity.INFO,
    applies=Applies.settings(),
    docs=(docs.CCS_FAIL,),
    tags=("search", "version"),
    source="elasticsearch#74773, elasticsearch#80589",
)
def old_slow_unavailable(info: RemoteInfo, local: LocalVersion) -> Yields:
    """The remote is down, and the local cluster is of a release that waits long for it.

    Why it matters: before 7.16 a search that skips a remote which does not answer still waits for it, up to 30 seconds each time.

    How to fix: mend the remote, or leave it out of the search; upgrade the local cluster to 7.16 or later.

    Example: every search over ``*:logs-*`` takes 30 seconds since one remote was shut down.
    """
    if info.connected or not info.listed:
        yield NotApplicable("the remote is connected" if info.listed else "the local cluster does not name this alias")
    elif local.number < _FAST_SKIPS:
        yield Finding(
            summary=f"The remote is not connected, and {local} waits for it in each search, up to 30 seconds.",
            remedy="Mend the remote, or leave it out of the search; upgrade the local cluster to 7.16 or later.",
            facts={"observed": str(local), "expected": "7.16 or later"},
        )


CHECKS = (ccs_fails_whole, resolve_slow, remote_health, old_slow_unavailable)
