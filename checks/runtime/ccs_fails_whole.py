"""The check runtime/ccs-fails-whole."""

from __future__ import annotations

from checks.shared.remedies import put_settings
from checks.shared.reported_errors import reported
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import (
    Finding,
    Remote,
    RemoteInfo,
    ResolvedCluster,
    Severity,
    Unavailable,
    shorten,
)


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
    elif (tried := reported(resolved)) is not None and tried.connected:
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
