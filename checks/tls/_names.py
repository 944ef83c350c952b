"""Whether the certificate carries a name that Elasticsearch looks for."""

from __future__ import annotations

import re
from typing import Final

from checks.shared.certificate_text import server_prefix
from checks.shared.fixes import Remedy, certutil, on_local, on_remote_nodes, put_settings, yml
from diag.model import (
    Certificate,
    Endpoint,
    RemoteEvidence,
    SecurityModel,
    as_fact,
    is_ip,
    listed,
    shorten,
)

_HOST_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63}){0,20}")


def names(leaf: Certificate, endpoint: Endpoint) -> dict[str, tuple[str, ...]]:
    return {"names_wanted": as_fact(endpoint.names), "names_in_certificate": as_fact(leaf.names)}


def name_remedy(remote_evidence: RemoteEvidence, endpoint: Endpoint, leaf: Certificate) -> Remedy:
    reissue = f"reissue the certificate of {server_prefix(remote_evidence.remote)} on the remote cluster for {shorten(endpoint.names[0])}"
    candidates = [name for name in leaf.dns_names if _HOST_NAME.fullmatch(name) and not is_ip(name)]
    if endpoint.published:
        return _publish_a_name(remote_evidence, leaf, candidates, reissue)
    if endpoint.setting != "proxy_address":
        return Remedy(
            f"Put a name that the certificate carries into {shorten(remote_evidence.remote.setting(endpoint.setting))}, or {reissue}."
        )
    if candidates:
        nearest = leaf.nearest(endpoint.names[0])
        best = nearest if nearest in {name.lower() for name in candidates} else candidates[0]
        change = put_settings({remote_evidence.remote.setting("server_name"): best})
        return Remedy(
            f"Set server_name to {best}, if that is the cluster you mean; else {reissue}.",
            on_local(change, when="if that is the cluster you mean") if remote_evidence.remote.registered else (),
        )
    stars = [name for name in leaf.dns_names if name.startswith("*.")]
    if stars:
        return Remedy(
            f"Set {remote_evidence.remote.setting('server_name')} to a name that fits {listed(stars, 2)}, or {reissue}."
        )
    return Remedy(f"{reissue[0].upper()}{reissue[1:]}.", certutil("--dns", "<name>", "--ip", "<address>"))


def _publish_a_name(remote_evidence: RemoteEvidence, leaf: Certificate, candidates: list[str], reissue: str) -> Remedy:
    """In mode sniff the certificate is compared with what the node publishes, and the remote has no setting for that."""
    key = "remote_cluster" if remote_evidence.remote.security_model is SecurityModel.API_KEY else "transport"
    carried = next(iter((*candidates, *leaf.ip_addresses)), "")
    publish = "let that node publish a name or address that the certificate carries, or " if carried else ""
    return Remedy(
        f"In mode sniff the certificate is compared with what the node publishes: {publish}{reissue}. "
        "Mode proxy compares it with server_name and proxy_address only.",
        on_remote_nodes(yml=[yml(f"{key}.publish_host", carried)], when="on that node") if carried else (),
    )
