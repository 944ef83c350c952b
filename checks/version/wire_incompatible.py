"""The check version/wire-incompatible."""

from __future__ import annotations

from checks.shared.applies import BOTH_RELEASED
from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TLS
from checks.tables import docs, versions
from checks.version._pairs import pairs
from diag.check import Unknown, Yields, check
from diag.model import (
    Finding,
    LocalVersion,
    Nodes,
    OfLocal,
    OfRemote,
    RemoteVersion,
    Severity,
    Unavailable,
)


@check(
    "version/wire-incompatible",
    severity=Severity.CRITICAL,
    applies=BOTH_RELEASED,
    docs=(docs.CERTIFICATE_MODEL, docs.UPGRADE),
    tags=("wire",),
    source="Elasticsearch: minimum compatible versions; elasticsearch#83429, elasticsearch#94748, elasticsearch#123254",
    explains=(
        "version/ccs-incompatible",
        "version/ccr-local-older",
        "version/apikey-min",
        "version/apikey-beta",
        "version/proxy-mode-unsupported",
        "network/not-elasticsearch",
        *NO_CONNECTION,
    ),
    leaves_open=NOTHING_AFTER_TLS,
)
def wire_incompatible(
    local_version: LocalVersion,
    remote_version: RemoteVersion,
    local_nodes: OfLocal[Nodes] | Unavailable,
    remote_nodes: OfRemote[Nodes] | Unavailable,
) -> Yields:
    """The two releases do not accept each other's connections.

    Why it matters: a node talks to its own major, and to the last minor of the one before: 7.17 with 8, 8.18 with 9.0, 8.19 with 9.
    Any other pair breaks off right after the TLS handshake, in both directions.

    How to fix: upgrade the older cluster, in steps through the last minor of each major.

    Example: a local cluster at 7.16 and a remote cluster at 8.15.
    """
    for here, there, others_here, others_there in pairs(local_version, local_nodes, remote_version, remote_nodes):
        accepted = versions.may_connect(here, there)
        if accepted is None:
            yield Unknown(f"which releases {here} and {there} accept is not known")
        elif not accepted:
            older, newer, side = (here, there, "local") if here < there else (there, here, "remote")
            oldest = versions.oldest_peer(newer)
            yield Finding(
                summary=(
                    f"The local cluster runs {here}{others_here} and the remote cluster {there}{others_there}: they can't connect, "
                    f"{newer} expects {oldest} or later."
                ),
                remedy=f"Upgrade the {side} cluster from {older} to {oldest} or later, through the last minor of each major.",
                facts={
                    "local_version": str(here),
                    "remote_version": str(there),
                    "older_side": side,
                    "expected": str(oldest),
                },
            )
            return
