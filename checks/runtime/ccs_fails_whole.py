"""The check runtime/ccs-fails-whole."""

from __future__ import annotations

from checks.shared.fixes import on_local, put_settings
from checks.shared.options import in_force
from checks.shared.reported_errors import reported
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import (
    Finding,
    Registration,
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
    docs=(docs.CCS_SKIP_UNAVAILABLE, docs.API_PUT_SETTINGS),
    tags=("connection", "search"),
    source="documentation: cross-cluster search, optional remote clusters; verified on 6.8 to 9.2",
)
def ccs_fails_whole(
    remote: Remote,
    info: RemoteInfo,
    resolved: ResolvedCluster | Unavailable,
    registration: Registration | Unavailable,
) -> Yields:
    """The remote is down, and each search that names it fails as a whole.

    Why it matters: with ``skip_unavailable: false`` one remote that is out of reach takes the answers of all other clusters with it.

    How to fix: until it is connected again, leave it out (``-<alias>:*``), or set ``skip_unavailable: true`` if results without it will do.

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
        key = remote.setting("skip_unavailable")
        is_set = in_force(remote, registration, "skip_unavailable") == "true"
        yield Finding(
            summary="skip_unavailable is false and the remote is not connected: each search that names it fails as a whole.",
            remedy=f"Until it is connected again, exclude it from searches with -{shorten(remote.alias)}:*, or let searches go on without it"
            f"{': its skip_unavailable is set to true already, and runtime/skip-reset-bug says how to bring that into force' if is_set else ''}.",
            fix=() if is_set else on_local(put_settings({key: True}), when="if results without this remote will do"),
            facts={"observed": "skip_unavailable: false", "expected": "connected, or skip_unavailable: true"},
        )
