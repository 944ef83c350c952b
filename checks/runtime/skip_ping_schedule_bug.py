"""The check runtime/skip-ping-schedule-bug."""

from __future__ import annotations

from typing import Final

from checks.shared.fixes import Remedy, on_local, put_settings
from checks.shared.options import in_force, left_out_means
from checks.tables import docs
from checks.tables.versions import SKIP_PING_BUG
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import Finding, LocalVersion, Registration, Remote, RemoteInfo, Severity, Unavailable, shorten

_PING: Final = "transport.ping_schedule"


@check(
    "runtime/skip-ping-schedule-bug",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.CCS_SKIP_UNAVAILABLE, docs.REMOTE_CLUSTER_SETTINGS),
    tags=("settings", "ccs"),
    source=SKIP_PING_BUG.source,
)
def skip_ping_schedule_bug(
    remote: Remote,
    registration: Registration | Unavailable,
    local_version: LocalVersion | Unavailable,
    info: RemoteInfo | Unavailable,
) -> Yields:
    """Searches are to leave the remote out when it is unreachable, and pings keep them from doing so.

    Why it matters: from 7.16.1 on, a remote with a ping schedule of its own makes searches fail when it can't be reached, although
    ``skip_unavailable`` is true.

    How to fix: remove ``transport.ping_schedule`` of this remote; TCP keep-alive holds quiet connections open as well.

    Example: ``skip_unavailable: true`` with ``transport.ping_schedule: 30s``.
    """
    ping = in_force(remote, registration, _PING).strip()
    skip = in_force(remote, registration, "skip_unavailable")
    skips = skip == "true" if skip else left_out_means(local_version, info)
    if not ping or ping.startswith("-"):
        yield NotApplicable("the remote has no transport.ping_schedule")
    elif skips is False:
        yield NotApplicable("skip_unavailable is false, so searches fail without this remote in any case")
    elif isinstance(local_version, Unavailable):
        yield Unknown(str(local_version), piece=local_version)
    elif local_version.number < SKIP_PING_BUG.since:
        return
    else:
        found = _remedy(remote.setting(_PING), registration)
        yield Finding(
            summary=f"skip_unavailable is true and transport.ping_schedule {shorten(ping, 30)}: on {local_version} searches fail all the same when "
            "this remote can't be reached; expected one of the two only.",
            remedy=found.sentence,
            fix=found.fix,
            facts={"setting": remote.setting(_PING), "observed": shorten(ping, 30), "expected": "not set"},
        )


def _remedy(key: str, registration: Registration | Unavailable) -> Remedy:
    """Remove the setting in the layer where it stands; a persistent value wins over the file."""
    layers = registration if isinstance(registration, Registration) else Registration(alias="")
    if _PING in layers.transient:
        persistent = {key: None} if _PING in layers.persistent else {}
        return Remedy("Remove the ping schedule.", on_local(put_settings(persistent, transient={key: None})))
    if _PING in layers.file and _PING not in layers.persistent:
        return Remedy(
            "Remove the ping schedule from elasticsearch.yml and restart the nodes, or switch it off with a persistent setting, which wins.",
            on_local(put_settings({key: "-1"}), when="without a restart"),
        )
    return Remedy("Remove the ping schedule.", on_local(put_settings({key: None})))
