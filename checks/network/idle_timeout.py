"""The check network/idle-timeout."""

from __future__ import annotations

from typing import Final

from checks.shared.fixes import on_local, on_local_nodes, put_settings, yml
from checks.shared.node_settings import seconds_of
from checks.shared.options import in_force
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import Finding, Registration, Remote, Severity, Unavailable, shorten

_KEEP_ALIVE: Final = 300.0
_PING: Final = "transport.ping_schedule"


@check(
    "network/idle-timeout",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.NETWORK_IDLE_CONNECTIONS, docs.TROUBLESHOOT_UNRELIABLE_NETWORK),
    tags=("connection", "settings"),
    source="documentation: networking settings, long-lived connections (keep-alive after 300 s at the latest); elasticsearch#30247",
)
def idle_timeout(remote: Remote, registration: Registration | Unavailable) -> Yields:
    """What stands between the clusters drops quiet connections before anything is sent on them.

    Why it matters: the first search after a quiet time hangs or fails with ``NodeDisconnectedException``, the next one works. The nodes
    send keep-alives after 300 s at the latest; a device that forgets sooner drops the connection without a word.

    How to fix: raise the idle time of the balancer or firewall above 300 s; else let the nodes send sooner (``transport.tcp.keep_idle``);
    the last resort is a ping schedule for this remote.

    Example: ``idle_timeout: 60s`` declared for a remote behind a balancer, and no ``transport.ping_schedule``.
    """
    idle = remote.idle_timeout
    if idle is None:
        yield NotApplicable("no idle_timeout is declared for what stands between the clusters")
        return
    ping = in_force(remote, registration, _PING)
    every = seconds_of(ping)
    if ping and every is None and not ping.strip().startswith("-"):
        yield Unknown(f"transport.ping_schedule is {shorten(ping, 40)}, which is no time")
        return
    quiet = min(_KEEP_ALIVE, every or _KEEP_ALIVE)
    if idle <= quiet:
        pings = f"pings go out every {every:g} s" if every else "keep-alives go out after 300 s"
        wanted = max(1, int(idle // 2))
        yield Finding(
            summary=f"What stands in between drops connections that are quiet for {idle:g} s, and {pings}; expected a longer time there.",
            remedy=f"Raise the idle time of the balancer or firewall above {quiet:g} s, or keep the connections alive on the nodes of the local "
            "cluster; the last resort is a ping schedule.",
            fix=(
                *on_local_nodes(
                    yml=[yml("transport.tcp.keep_idle", str(wanted))], when="if the idle time can't be raised"
                ),
                *on_local(put_settings({remote.setting(_PING): f"{wanted}s"}), when="the last resort"),
            ),
            facts={"observed": idle, "expected": f"more than {quiet:g}"},
        )
