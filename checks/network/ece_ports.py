"""The check network/ece-ports."""

from __future__ import annotations

from typing import Final

from checks.network._tcp import REFUSED, SILENT, Attempt, attempts_at, why_no_attempt
from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TCP
from checks.shared.dialled_port import change_port
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    Endpoints,
    Finding,
    Kind,
    LocalCluster,
    Ports,
    Remote,
    SecurityModel,
    Severity,
    Unavailable,
    ports_of,
    shorten,
)

# What hosts of the role allocator open for each other alone: the transport interfaces of the containers.
_ALLOCATORS: Final = (range(19000, 20000), range(23000, 24000))
_MODELS: Final = {SecurityModel.API_KEY: "an API key", SecurityModel.CERTIFICATE: "certificates"}


@check(
    "network/ece-ports",
    severity=Severity.ERROR,
    applies=Applies(remote_kinds=(Kind.ECE,)),
    while_connected=Severity.WARNING,
    docs=(docs.ECE_NETWORKING, docs.ECE_LOAD_BALANCERS, docs.ECE_REMOTE_CLUSTERS),
    tags=("tcp", "ports", "ece"),
    source="documentation: networking prerequisites of Elastic Cloud Enterprise (inbound traffic of proxies and of allocators)",
    explains=("network/tcp-refused", "network/tcp-timeout", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TCP,
)
def ece_ports(cluster: LocalCluster, remote: Remote, endpoints: Endpoints | Unavailable) -> Yields:
    """The port for remote clusters is not open at the proxies of an installation of Elastic Cloud Enterprise.

    Why it matters: the proxies take remote clusters at 9400 (certificates) and 9443 (API key) and nowhere else. Both may be blocked where nobody
    uses remote clusters, and a load balancer in front of the proxies needs a listener for each. The ports of allocators, 19000 to 19999 and
    23000 to 23999, are for hosts of the installation alone, and move with the containers.

    How to fix: open the port at the load balancer, at the hosts of the role proxy, and in every firewall between them and the local cluster. If
    the local cluster is on Elastic Cloud Enterprise too, its allocators are what connects.

    Example: a load balancer that knows 9243 and 9343, and a remote at ``abc.ece.example:9443``.
    """
    ports = ports_of(Kind.ECE)
    assert ports is not None  # noqa: S101 -- the table has it.
    wrong = [one for one in remote.dialled if any(one.port in of_allocators for of_allocators in _ALLOCATORS)]
    for one in wrong:
        yield _internal(remote, ports, one.setting, one.port or 0)
    expected = ports.expected(remote.security_model)
    if wrong:
        return
    if not any(one.port == expected for one in remote.dialled if one.parts):
        yield NotApplicable(
            f"no address has the port {expected}, which the proxies have for {_MODELS[remote.security_model]}"
        )
        return
    if isinstance(endpoints, Unavailable):
        yield Unknown(str(endpoints), piece=endpoints)
        return
    tried = [one for one in attempts_at(endpoints) if one.endpoint.port == expected]
    closed = [one for one in tried if one.reason in REFUSED | SILENT]
    if not tried or any(not one.known for one in tried):
        yield Unknown(
            "; ".join(dict.fromkeys(one.detail for one in tried if not one.known)) or why_no_attempt(endpoints)
        )
    elif len(closed) == len(tried):
        yield _closed(cluster, remote, expected, closed)
    elif closed:
        yield NotApplicable(f"{len(tried) - len(closed)} of {len(tried)} addresses open a connection at {expected}")


def _closed(cluster: LocalCluster, remote: Remote, port: int, closed: list[Attempt]) -> Finding:
    refused = all(one.reason in REFUSED for one in closed)
    how = "refuses the connection" if refused else "gives no answer"
    who = " from every allocator of the local installation" if cluster.kind is Kind.ECE else ""
    return Finding(
        summary=f"Port {port} of {shorten(str(closed[0].endpoint.host), 120)} {how}; expected it open at the proxies of Elastic Cloud Enterprise "
        f"for remote clusters with {_MODELS[remote.security_model]}.",
        remedy=f"Open {port} at the load balancer, at the hosts of the role proxy and in the firewalls between{who}; "
        f"if it is open, compare {closed[0].endpoint.setting} with the proxy address on the Security page of the remote deployment.",
        facts={
            "observed": str(closed[0].reason),
            "expected": "open",
            "port": port,
            "tried": tuple(str(one.probe) for one in closed[:20]),
        },
    )


def _internal(remote: Remote, ports: Ports, setting: str, port: int) -> Finding:
    expected = ports.expected(remote.security_model)
    how = change_port(remote, port, expected)
    return Finding(
        summary=f"Port {port} is one of an allocator, which is open to hosts of the installation alone; expected {expected} of the proxies.",
        remedy=f"{how.sentence} Take the proxy address from the Security page of the remote deployment.",
        fix=how.fix,
        facts={"setting": setting, "observed": port, "expected": expected},
    )
