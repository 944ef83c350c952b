"""What the settings of a node say of security and TLS. A peer wrote them: everything may be missing, or absurd."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from diag.collect.told.json import flag, mapping, text, texts
from diag.model import InterfaceTls, NodeSecurity, VerificationMode

_MAX_PROTOCOLS: Final = 10


def security_of(settings: object) -> NodeSecurity:
    """Read the switches of security, of TLS between nodes, and of both ends of remotes with an API key."""
    security = mapping(mapping(mapping(settings).get("xpack")).get("security"))
    return NodeSecurity(
        enabled=flag(security.get("enabled")),
        transport=_interface(security, "transport"),
        client=_interface(security, "remote_cluster_client"),
        server=_interface(security, "remote_cluster_server"),
    )


def _interface(security: Mapping[str, object], name: str) -> InterfaceTls:
    ssl = mapping(mapping(security.get(name)).get("ssl"))
    mode = text(ssl.get("verification_mode")).strip().lower()
    protocols = (part.strip() for one in texts(ssl.get("supported_protocols", [])) for part in one.split(","))
    return InterfaceTls(
        enabled=flag(ssl.get("enabled")),
        verification_mode=VerificationMode(mode) if mode in set(VerificationMode) else None,
        protocols=tuple(part for part in protocols if part)[:_MAX_PROTOCOLS],
    )
