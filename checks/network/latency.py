"""The check network/latency."""

from __future__ import annotations

import ipaddress

from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import (
    Connection,
    Endpoint,
    Finding,
    Severity,
    Thresholds,
)


@check(
    "network/latency",
    severity=Severity.ERROR,
    severities=(Severity.WARNING,),
    docs=(docs.CONNECTION_MODES, docs.CCR_SETTINGS),
    tags=("tcp", "latency"),
    source="Own limits: a connection that takes 0.25 s is slow, one that takes 1 s has most likely lost a packet",
)
def latency(connection: Connection, endpoint: Endpoint, thresholds: Thresholds) -> Yields:
    """A connection to the remote opens slowly.

    Why it matters: each search pays the way to the remote several times, and replication falls behind. The number is one
    measurement from the machine that asks, not from the local cluster: one lost packet makes it a second longer.

    How to fix: measure again, from a node of the local cluster. If it stays, bring the clusters nearer together, or give
    replication larger buffers. ``checks.thresholds`` changes the limits.

    Example: a connection that takes 0.31 s, from Frankfurt to Sydney.
    """
    if _is_loopback(connection.ip):
        yield NotApplicable("the address is this machine itself")
        return
    limits = {Severity.ERROR: thresholds.connect_seconds_error, Severity.WARNING: thresholds.connect_seconds_warning}
    for severity, limit in limits.items():
        if connection.took_longer_than(limit):
            yield Finding(
                summary=(
                    f"One connection from this machine to {endpoint} took {connection.seconds:.3g} s to open; "
                    f"expected at most {limit:g} s."
                ),
                remedy=(
                    "Measure again, from a node of the local cluster; if it stays so slow, look for loss on the path, "
                    "or bring the clusters nearer together."
                ),
                severity=severity,
                facts={"observed": round(connection.seconds, 3), "expected": limit, "measurements": 1},
            )
            return


def _is_loopback(ip: str) -> bool:
    try:
        return ipaddress.ip_address(ip.partition("%")[0]).is_loopback
    except ValueError:
        return False
