"""The check config/server-name-missing."""

from __future__ import annotations

from checks.config._server_name import proxy_host, usable_host
from checks.shared.fixes import on_local, put_settings
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import SERVER_NAME, Finding, Kind, LocalVersion, Mode, Remote, Severity, Unavailable, is_ip, shorten


@check(
    "config/server-name-missing",
    severity=Severity.ERROR,
    severities=(Severity.WARNING,),
    applies=Applies.settings(modes=(Mode.PROXY,), remote_kinds=(Kind.HOSTED, Kind.ECE)),
    docs=(docs.HOSTED_TO_SELF_MANAGED, docs.REMOTE_CLUSTER_SETTINGS),
    tags=("sni",),
    source="documentation: remote cluster settings, server_name; elasticsearch#50951, kibana#61639",
)
def server_name_missing(remote: Remote, local_version: LocalVersion | Unavailable) -> Yields:
    """A remote behind a Cloud proxy has no server name.

    Why it matters: one proxy address serves many deployments, and the proxy tells them apart by the server name (SNI) in
    the first message. Without the setting only the host of ``proxy_address`` can stand in for it, and an IP address never can.

    How to fix: set ``server_name`` to the endpoint name of the remote deployment, as its Security page shows it.

    Example: ``proxy_address: 203.0.113.7:9400`` and no ``server_name``.
    """
    if not remote.proxy_address:
        yield NotApplicable("there is no proxy_address")
    elif isinstance(local_version, LocalVersion) and local_version.number < SERVER_NAME.since:
        yield NotApplicable(f"local release {local_version} has no server_name, which came with {SERVER_NAME.since}")
    elif not remote.server_name:
        host = proxy_host(remote)
        by_ip = host is not None and is_ip(host)
        why = (
            "proxy_address holds an IP address, so the proxy receives no name at all"
            if by_ip
            else "only the host of proxy_address can stand in for it"
        )
        yield Finding(
            summary=f"No server_name is set for a remote of kind {remote.kind}, and {why}; expected the endpoint name of the remote deployment.",
            remedy="Set it to the endpoint name of the remote deployment.",
            fix=on_local(
                put_settings(
                    {remote.setting("server_name"): usable_host(remote) or "<endpoint name of the remote deployment>"}
                )
            ),
            severity=Severity.ERROR if by_ip else Severity.WARNING,
            facts={"setting": remote.setting("server_name"), "observed": "", "proxy_host": shorten(host or "")},
        )
