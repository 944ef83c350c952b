"""TLS versions that the nodes of both sides allow, as far as they show them: most releases show that setting to nobody."""

from __future__ import annotations

from collections.abc import Iterable

from checks.shared.certificate_text import client_prefix, server_prefix
from checks.shared.fixes import on_local_nodes, on_remote_nodes, yml
from diag.model import ClusterEvidence, Finding, Node, Nodes, RemoteEvidence, SecurityModel, TlsAttempt, Unavailable

_NEWEST_FIRST = ("TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1")


def nothing_in_common(cluster: ClusterEvidence, remote_evidence: RemoteEvidence, tls: TlsAttempt) -> Finding | None:
    """Find that the nodes allow no TLS version which the remote speaks; None where there is one, or where that does not show."""
    model = remote_evidence.remote.security_model
    here, there = cluster.api[Nodes], remote_evidence.api[Nodes]
    local_side = set() if isinstance(here, Unavailable) else _local_side(here.clients, model)
    remote_side = set() if isinstance(there, Unavailable) else _remote_side(there.all, model)
    if not remote_side and tls.protocol in _NEWEST_FIRST:
        # Offered all of them, the peer took its newest one: it has none above, and may have some below.
        remote_side = set(_NEWEST_FIRST[_NEWEST_FIRST.index(tls.protocol) :])
    if not local_side or not remote_side or local_side & remote_side:
        return None
    setting = f"{client_prefix(remote_evidence.remote)}.supported_protocols"
    return Finding(
        summary=f"The nodes of the local cluster allow {_listed(local_side)} ({setting}), and the remote speaks {_listed(remote_side)}: they have no "
        "TLS version in common.",
        remedy=f"Leave {setting} of the local cluster at its default, or {server_prefix(remote_evidence.remote)}.supported_protocols of the remote "
        "cluster; the defaults, TLSv1.3 and TLSv1.2, fit each other. Restart the nodes.",
        fix=(
            *on_local_nodes(yml=[yml(setting, ["TLSv1.3", "TLSv1.2"])], when="if it is the local cluster that differs"),
            *on_remote_nodes(
                yml=[yml(f"{server_prefix(remote_evidence.remote)}.supported_protocols", ["TLSv1.3", "TLSv1.2"])],
                when="if it is the remote cluster that differs",
            ),
        ),
        facts={"observed": tuple(sorted(local_side)), "expected": tuple(sorted(remote_side)), "setting": setting},
    )


def _local_side(nodes: Iterable[Node], model: SecurityModel) -> set[str]:
    return _all(one.security.of(model).protocols for one in nodes if one.security is not None)


def _remote_side(nodes: Iterable[Node], model: SecurityModel) -> set[str]:
    return _all(
        (one.security.server if model is SecurityModel.API_KEY else one.security.transport).protocols
        for one in nodes
        if one.security is not None
    )


def _all(shown: Iterable[tuple[str, ...]]) -> set[str]:
    """What any node allows; empty where one shows nothing, for that one has the defaults, or hides what it has."""
    reported = list(shown)
    return {protocol for protocols in reported for protocol in protocols} if reported and all(reported) else set()


def _listed(protocols: Iterable[str]) -> str:
    return " and ".join(sorted(protocols)[:4])
