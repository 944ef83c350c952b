"""What the Cloud API takes: the trust of a deployment in a cluster outside, with its CA and the names of its nodes."""

from __future__ import annotations

import json
from typing import Final

from diag.model import Json, Kind, Side
from diag.setup.connection import Cluster, Connection
from diag.setup.steps import NEWLINE, Document


def trust_payload(connection: Connection, cluster: Cluster) -> Document | None:
    """The trust settings of a deployment, with a direct trust in the other cluster; None where that one's CA was not given.

    The block replaces the one that is there, so that the trust in the deployments of the own organization or environment, the default, is in it too.
    """
    peer = connection.local if cluster.side is Side.REMOTE else connection.remote
    if peer.at_cloud or not peer.ca:
        return None
    trust: dict[str, Json] = {"accounts": [{"account_id": cluster.scope, "trust_all": True}]}
    trust["direct"] = [
        {
            "type": "generic",
            "name": environment_name(peer),
            "additional_node_names": list(peer.names),
            "certificates": [{"pem": peer.ca}],
            "trust_all": False,
        }
    ]
    return Document(
        path=f"{cluster.side}/trust-payload.json",
        text=json.dumps({"trust": trust}, indent=2) + NEWLINE,
        what=f"the trust settings of the {cluster.title}, for the Cloud API",
    )


_KINDS: Final = {Kind.ECK: "ECK", Kind.SELF_MANAGED: "self-managed", Kind.ECE: "ECE", Kind.HOSTED: "Elastic Cloud"}


def environment_kind(peer: Cluster) -> str:
    """What is chosen in the console for a trusted environment: whatever is not Elastic's own platform counts as self-managed."""
    return {Kind.HOSTED: "Elastic Cloud", Kind.ECE: "Elastic Cloud Enterprise"}.get(peer.kind, "Self-managed")


def environment_name(peer: Cluster) -> str:
    """The name of a trusted environment, as the Security page shows it."""
    return f"{peer.cluster or peer.side} ({_KINDS[peer.kind]})"
