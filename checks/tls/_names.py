"""Whether the certificate carries a name that Elasticsearch looks for."""

from __future__ import annotations

import re
from typing import Final

from checks.shared.certificate_text import put_setting, server_prefix
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


def name_remedy(remote_evidence: RemoteEvidence, endpoint: Endpoint, leaf: Certificate) -> str:
    reissue = f"reissue the certificate of {server_prefix(remote_evidence.remote)} on the remote cluster for {shorten(endpoint.names[0])}"
    candidates = [name for name in leaf.dns_names if _HOST_NAME.fullmatch(name) and not is_ip(name)]
    if endpoint.published:
        return _publish_a_name(remote_evidence, leaf, candidates, reissue)
    if endpoint.setting != "proxy_address":
        return f"Put a name that the certificate carries into {shorten(remote_evidence.remote.setting(endpoint.setting))}, or {reissue}."
    if candidates:
        nearest = leaf.nearest(endpoint.names[0])
        best = nearest if nearest in {name.lower() for name in candidates} else candidates[0]
        return f"{put_setting(remote_evidence.remote, 'server_name', best)} if that is the cluster you mean; else {reissue}."
    stars = [name for name in leaf.dns_names if name.startswith("*.")]
    if stars:
        return (
            f"Set {remote_evidence.remote.setting('server_name')} to a name that fits {listed(stars, 2)}, or {reissue}."
        )
    return f"{reissue[0].upper()}{reissue[1:]}: elasticsearch-certutil cert --dns <name> --ip <address>."


def _publish_a_name(remote_evidence: RemoteEvidence, leaf: Certificate, candidates: list[str], reissue: str) -> str:
    """In mode sniff the certificate is compared with what the node publishes, and the remote has no setting for that."""
    key = "remote_cluster" if remote_evidence.remote.security_model is SecurityModel.API_KEY else "transport"
    carried = next(iter((*candidates, *leaf.ip_addresses)), "")
    publish = (
        f"on that node set {key}.publish_host: {shorten(carried)}, which the certificate carries, or "
        if carried
        else ""
    )
    return (
        f"In mode sniff the certificate is compared with what the node publishes: {publish}{reissue}. "
        "Mode proxy compares it with server_name and proxy_address only."
    )
