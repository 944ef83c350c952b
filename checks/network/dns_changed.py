"""The check network/dns-changed."""

from __future__ import annotations

from typing import Final

from checks.shared.fixes import on_local, put_settings
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import Endpoints, Finding, History, Remote, RemoteInfo, Resolution, Severity, listed

_PING: Final = "transport.ping_schedule"
_ROUNDS: Final = 2  # That many rounds before this one have to have found it not connected as well.


@check(
    "network/dns-changed",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.DNS_CACHE, docs.TROUBLESHOOT_NOT_REACHABLE),
    tags=("dns", "history"),
    source="documentation: important settings, networkaddress.cache.ttl; InetAddress of the JDK",
)
def dns_changed(remote: Remote, endpoints: Endpoints, info: RemoteInfo, past: History) -> Yields:
    """The name of the remote leads to other addresses than before, and the local cluster is not connected.

    Why it matters: Elasticsearch keeps what it looked up for a while, and may go on with the old addresses. It is found once the
    outage has lasted for more than two rounds: a name that gives its addresses in turn changes all the time.

    How to fix: lower ``networkaddress.cache.ttl`` in the security properties of the JDK; change its ``transport.ping_schedule`` and back, which
    makes Elasticsearch connect anew (``skip_unavailable`` alone does not).

    Example: the balancer of the remote was replaced, and got another address.
    """
    now = {ip for one in endpoints.all if isinstance(one.resolution, Resolution) for ip in one.resolution.addresses}
    known = [set(observation.addresses) for observation in past.looks if observation.addresses]
    lasting = [observation.connected for observation in past.looks][-_ROUNDS:] == [False] * _ROUNDS
    if not known or not now:
        yield NotApplicable("no earlier look knew the addresses" if now else "the names do not resolve")
    elif info.connected or not lasting:
        return
    elif any(before != now for before in known[-3:]):
        before = next(before for before in known[-3:] if before != now)
        yield Finding(
            summary=f"The name leads to {listed(sorted(now))} now, to {listed(sorted(before))} before, and the local cluster is not connected.",
            remedy="Make it connect anew: change a setting of its connections and back. For the future lower networkaddress.cache.ttl.",
            fix=on_local(
                put_settings({remote.setting(_PING): "60s" if remote.transport_ping_schedule != "60s" else "61s"}),
                put_settings({remote.setting(_PING): remote.transport_ping_schedule or None}),
            ),
            facts={"observed": tuple(sorted(now)), "expected": tuple(sorted(before))},
        )
