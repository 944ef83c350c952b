"""The check config/cloud-port-9300."""

from __future__ import annotations

from checks.config._ports import model
from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TCP, OTHER_INTERFACE
from checks.shared.dialled_port import change_port
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    CLOUD_TRANSPORT,
    TRANSPORT_RANGE,
    Finding,
    Kind,
    Remote,
    Severity,
    ports_of,
)


@check(
    "config/cloud-port-9300",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    while_connected=Severity.WARNING,
    docs=(docs.SECURITY_MODELS, docs.ECE_NETWORKING),
    tags=("ports", "cloud"),
    source="documentation: security models, ECE networking prerequisites",
    explains=(*OTHER_INTERFACE, *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TCP,
)
def cloud_port_9300(remote: Remote) -> Yields:
    """The remote is on Elastic Cloud or ECE, and its port is 9300.

    Why it matters: the proxies in front of these deployments offer 9400 (certificates) and 9443 (API key) to remote clusters.
    9300 is the port of a node, which is not reachable from outside: the connection times out or is refused.

    How to fix: use 9400 for the certificate model, 9443 for a remote with an API key.

    Example: ``proxy_address: abc.eu-west-1.aws.found.io:9300``.
    """
    usable = [address for address in remote.dialled if address.parts]
    proxied = [address for address in usable if (ports := ports_of(remote.kind, address.host or "")) and ports.fixed]
    if not proxied and (usable or remote.kind not in {Kind.HOSTED, Kind.ECE}):
        yield NotApplicable(f"the remote cluster is {remote.kind}")
    elif not usable:
        yield Unknown("no usable address is configured")
    wrong = [address for address in proxied if address.port == TRANSPORT_RANGE.start]
    if wrong:
        ports = ports_of(Kind.HOSTED)
        expected = ports.expected(remote.security_model) if ports else CLOUD_TRANSPORT
        how = change_port(remote, TRANSPORT_RANGE.start, expected)
        yield Finding(
            summary=f"Port {TRANSPORT_RANGE.start} is not offered by the proxies of Elastic Cloud and ECE; a remote of the "
            f"{model(remote)} model needs {expected} there.",
            remedy=how.sentence,
            fix=how.fix,
            facts={
                "setting": wrong[0].setting,
                "observed": TRANSPORT_RANGE.start,
                "expected": expected,
                "security_model": str(remote.security_model),
            },
        )
