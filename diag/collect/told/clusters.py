"""What a cluster tells of itself: name, nodes, license, health, clock, and what the login may do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from diag.collect import calls
from diag.collect.told.json import flag, items, mapping, moment, number, text, texts, unreadable, version, written
from diag.collect.told.remotes import leaves
from diag.collect.told.security import security_of
from diag.model import IpFilter, LoadedCertificate, Node, Reason, RemoteFilters, Step, Unavailable

_NO_UUID: Final = "_na_"  # What stands in place of the uuid until a master was elected for the first time.
_MAX_CERTIFICATES: Final = 5000  # Ten times what a truststore with the roots of all the world holds.


def identity_of(answer: object) -> tuple[str, str] | Unavailable:
    """Read name and uuid from ``GET /``."""
    reported = mapping(answer)
    name, uuid = text(reported.get("cluster_name")), text(reported.get("cluster_uuid"))
    if uuid == _NO_UUID:
        detail = f"{calls.ROOT.name}: the cluster has no elected master yet, so that it has no cluster_uuid"
        return Unavailable(step=Step.API, reason=Reason.NO_MASTER, detail=detail)
    return (name, uuid) if name and uuid else unreadable(calls.ROOT.name)


def nodes_of(answer: object) -> tuple[tuple[Node, ...], int] | Unavailable:
    """Read the nodes, and how many did not answer."""
    reported = mapping(answer)
    nodes = mapping(reported.get("nodes"))
    if not nodes:
        return unreadable(calls.NODES.name)
    return tuple(_node(mapping(one)) for one in nodes.values()), number(mapping(reported.get("_nodes")).get("failed"))


def _node(reported: Mapping[str, object]) -> Node:
    settings = mapping(mapping(mapping(reported.get("settings")).get("cluster")).get("remote"))
    attributes = mapping(reported.get("attributes"))
    return Node(
        name=text(reported.get("name")),
        version=version(reported.get("version")),
        roles=texts(reported.get("roles", [])),
        attributes=tuple(sorted(text(name) for name, value in attributes.items() if flag(value))),
        transport_address=text(mapping(reported.get("transport")).get("publish_address")),
        server_address=text(mapping(reported.get("remote_cluster_server")).get("publish_address")),
        transport_bound=texts(mapping(reported.get("transport")).get("bound_address", [])),
        server_bound=texts(mapping(reported.get("remote_cluster_server")).get("bound_address", [])),
        host=text(reported.get("host")),
        server_name=text(attributes.get("server_name")),
        started_at=moment(mapping(reported.get("jvm")).get("start_time_in_millis")),
        remotes=_aliases(settings),
        node_attr=text(mapping(settings.get("node")).get("attr")),
        anonymous=_anonymous(reported),
        remote_settings=tuple(sorted((key, value) for key, value in leaves(settings) if key != "node.attr")),
        security=security_of(reported.get("settings")),
        connect=flag(settings.get("connect")),
    )


def _anonymous(reported: Mapping[str, object]) -> tuple[str, ...]:
    security = mapping(mapping(mapping(reported.get("settings")).get("xpack")).get("security"))
    return _rules(mapping(mapping(security.get("authc")).get("anonymous")).get("roles"))


def _aliases(settings: Mapping[str, object]) -> tuple[str, ...]:
    """The aliases of a file: whatever holds settings of its own, but for ``cluster.remote.node.attr``."""
    found = (
        text(alias) for alias, inner in settings.items() if isinstance(inner, dict) and set(mapping(inner)) != {"attr"}
    )
    return tuple(sorted(found))


def license_of(answer: object) -> tuple[str, str, datetime | None] | Unavailable:
    """Read type, status and end of the license."""
    reported = mapping(mapping(answer).get("license"))
    kind, status = text(reported.get("type")), text(reported.get("status"))
    if not (kind and status):
        return unreadable(calls.LICENSE.name)
    return kind, status, moment(reported.get("expiry_date_in_millis"))


def certificates_of(answer: object) -> tuple[LoadedCertificate, ...] | Unavailable:
    """Read the certificates that a node has loaded."""
    if not isinstance(answer, list) or len(answer) > _MAX_CERTIFICATES:
        return unreadable(calls.CERTIFICATES.name)
    if not all(isinstance(one, dict) for one in answer):
        return unreadable(calls.CERTIFICATES.name)
    return tuple(
        LoadedCertificate(
            path=text(one.get("path")),
            subject=text(one.get("subject_dn")),
            serial=_hex(text(one.get("serial_number"))),
            own=flag(one.get("has_private_key")) is True,
            expires=written(one.get("expiry")),
        )
        for one in items(answer)
    )


def _hex(written_: str) -> str:
    """A serial number as Certificate writes it: whole bytes, lower case. Empty where there is none."""
    sign, digits = ("-", written_[1:]) if written_.startswith("-") else ("", written_)
    bare = digits.lower().lstrip("0") or digits[:1]
    return sign + bare.zfill(len(bare) + len(bare) % 2)


def health_of(answer: object) -> str | Unavailable:
    """Read green, yellow or red."""
    status = text(mapping(answer).get("status"))
    return status if status in {"green", "yellow", "red"} else unreadable(calls.HEALTH.name)


def clock_of(answer: object) -> datetime | Unavailable:
    """Read the time of the node that answered."""
    for node in mapping(mapping(answer).get("nodes")).values():
        reported = moment(mapping(node).get("timestamp"))
        if reported is not None:
            return reported
    return unreadable(calls.CLOCK.name)


def security_is_on(answer: object) -> bool | Unavailable:
    """Read whether security is on."""
    on = flag(mapping(mapping(mapping(answer).get("features")).get("security")).get("enabled"))
    return unreadable(calls.SECURITY.name) if on is None else on


def filters_of(answer: object) -> RemoteFilters | Unavailable:
    """Read the IP filters; a setting of the cluster goes before that of the file."""
    reported = mapping(answer)
    if not isinstance(answer, Mapping) or not set(reported) <= {"persistent", "transient", "defaults"}:
        return unreadable(calls.SETTINGS.name)
    found: dict[str, dict[str, object]] = {}
    bound: bool | None = None
    for layer in ("defaults", "persistent", "transient"):
        security = mapping(mapping(mapping(reported.get(layer)).get("xpack")).get("security"))
        for name in ("transport", "remote_cluster"):
            found.setdefault(name, {}).update(mapping(mapping(security.get(name)).get("filter")))
        stated = flag(mapping(security.get("filter")).get("always_allow_bound_address"))
        bound = bound if stated is None else stated
    filters = (
        IpFilter(
            name=name, enabled=flag(one.get("enabled")), allow=_rules(one.get("allow")), deny=_rules(one.get("deny"))
        )
        for name, one in found.items()
    )
    return RemoteFilters(all=tuple(filters), bound_allowed=bound is not False)


def _rules(value: object) -> tuple[str, ...]:
    """A list of addresses, also as one text with commas."""
    return tuple(part.strip() for one in texts(value) for part in one.split(",") if part.strip())
