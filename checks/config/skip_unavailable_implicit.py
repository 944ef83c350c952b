"""The check config/skip-unavailable-implicit."""

from __future__ import annotations

from typing import Final

from checks.shared.fixes import on_local, put_settings
from checks.shared.options import in_force, left_out_means
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    SKIP_BY_DEFAULT,
    Finding,
    LocalVersion,
    Registration,
    Remote,
    RemoteInfo,
    Severity,
    Unavailable,
)

_SKIP: Final = "skip_unavailable"


@check(
    "config/skip-unavailable-implicit",
    severity=Severity.WARNING,
    severities=(Severity.INFO,),
    applies=Applies.settings(),
    docs=(docs.CCS_SKIP_UNAVAILABLE, docs.REMOTE_CLUSTER_SETTINGS),
    tags=("settings", "ccs"),
    source="elasticsearch#105792: the default of skip_unavailable is true from 8.15 on, by the release of the local cluster",
)
def skip_unavailable_implicit(
    remote: Remote,
    registration: Registration | Unavailable,
    local_version: LocalVersion | Unavailable,
    info: RemoteInfo | Unavailable,
) -> Yields:
    """Whether searches may leave this remote out is left to a default that has changed.

    Why it matters: before 8.15 a search fails when the remote is away; from 8.15 on it answers without it, with fewer hits and no
    error. Whoever never set ``skip_unavailable`` gets the other behaviour with the upgrade. It is a warning where ``use`` declares that
    the remote is searched and results without it would pass unnoticed, else an info.

    How to fix: set ``skip_unavailable`` for this remote, to what is wanted.

    Example: after the upgrade to 8.15 dashboards show half of the documents while the remote is down.
    """
    if not remote.addresses:
        yield NotApplicable("no address is configured, so there is no remote")
    elif in_force(remote, registration, _SKIP):
        return
    elif (means := left_out_means(local_version, info)) is None:
        yield Unknown(
            f"what the default means hangs on the release of the local cluster: {local_version}",
            piece=local_version if isinstance(local_version, Unavailable) else None,
        )
    else:
        searched = bool(remote.use.search or remote.use.esql or remote.use.enrich or remote.use.eql)
        does = "leave this remote out when it can't be reached" if means else "fail when this remote can't be reached"
        yield Finding(
            summary=f"skip_unavailable is not set; searches {does} (the default is false before {SKIP_BY_DEFAULT.since}, true from then on). "
            "Expected a value that is set.",
            remedy=f"Set what is wanted; with {str(not means).lower()} searches {'fail then' if means else 'go on without it'}.",
            fix=on_local(put_settings({remote.setting(_SKIP): means})),
            severity=Severity.WARNING if means and searched else Severity.INFO,
            facts={"setting": remote.setting(_SKIP), "observed": "not set", "in_force": means},
        )
