"""The check config/legacy-sniff-on-modern."""

from __future__ import annotations

from checks.config._legacy import BEHIND_PROXY, to_proxy_mode
from checks.shared.fixes import on_local
from checks.shared.release_range import not_known
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import (
    PROXY_MODE,
    SERVER_NAME,
    Finding,
    LocalVersion,
    Mode,
    Remote,
    RemoteVersion,
    Severity,
    Unavailable,
    mask_userinfo,
    shorten,
)


@check(
    "config/legacy-sniff-on-modern",
    severity=Severity.WARNING,
    applies=Applies.settings(modes=(Mode.SNIFF,)),
    docs=(docs.CONNECTION_MODES, docs.REMOTE_CLUSTER_SETTINGS),
    tags=("mode", "legacy"),
    source="Elasticsearch SniffConnectionStrategy: cluster.remote.*.proxy; elasticsearch#50391",
)
def legacy_sniff_on_modern(
    remote: Remote, local_version: LocalVersion | Unavailable, remote_version: RemoteVersion | Unavailable
) -> Yields:
    """Sniff mode goes through ``proxy``, although both clusters have proxy mode.

    Why it matters: ``cluster.remote.<alias>.proxy`` is a leftover from before 7.6: undocumented, and its server name has come from
    different settings in different releases. It can stop working at an upgrade.

    How to fix: change to mode ``proxy`` in one request; connections drop for a moment.

    Example: ``seeds: ["logs.example:1"]`` and ``proxy: logs.example:9400`` with both clusters at 8.15.
    """
    if not remote.proxy:
        yield NotApplicable("proxy is not set")
        return
    known = [side.number for side in (local_version, remote_version) if not isinstance(side, Unavailable)]
    behind = remote.kind in BEHIND_PROXY
    first = SERVER_NAME.since if behind else PROXY_MODE.since
    if isinstance(local_version, LocalVersion) and local_version.number < first:
        return  # Behind a Cloud proxy, proxy mode does not work without the server name that came with 7.7.
    if any(number < PROXY_MODE.since for number in known):
        return
    if unknown := not_known(local_version, remote_version):
        yield from unknown
    else:
        yield Finding(
            summary=(
                f"proxy is set to {shorten(mask_userinfo(remote.proxy))} in sniff mode, a form from before 7.6; "
                f"both clusters are newer (local {known[0]}, remote {known[1]}): expected mode proxy with proxy_address."
            ),
            remedy="Use mode proxy.",
            fix=on_local(to_proxy_mode(remote, local_version)),
            facts={
                "setting": remote.setting("proxy"),
                "observed": shorten(mask_userinfo(remote.proxy)),
                "local_version": str(known[0]),
                "remote_version": str(known[1]),
            },
        )
