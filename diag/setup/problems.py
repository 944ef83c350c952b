"""What cannot be written down: reported before anything is written, all of it at once. What checks find in a remote they find in this one, too."""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from diag.model import (
    Address,
    Kind,
    Mode,
    at_cloud,
    is_ip,
    shorten,
)
from diag.setup.connection import Cluster, Connection

# What Elastic Cloud takes as the name of a key, which is the strictest rule that an alias meets.
_ALIAS: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")
_HOST: Final = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*")
_LABEL: Final = re.compile(r"[A-Za-z0-9_-]{1,63}")
_CLOUD_ID: Final = re.compile(r"[0-9a-f]{32}")
_ORGANIZATION: Final = re.compile(r"\d{6,12}|[0-9a-f]{32}")
# File names that elasticsearch-certutil takes (its CertificateTool); it makes a folder of that name for each node.
_INSTANCE: Final = re.compile(r"[A-Za-z0-9_.-]{1,50}")
# No name of an index has these; a comma or a leading minus is no list here, but a pattern that matches nothing.
_NO_PATTERN: Final = re.compile(r"[\s,:<>|\"\\#]|^-|^$")


def problems(connection: Connection) -> tuple[str, ...]:
    """Say what is wrong with the answers, each with what was expected."""
    found = [*_names(connection), *_uses(connection), *_mode(connection)]
    for cluster in connection.clusters:
        found += _cluster(connection, cluster)
    if not connection.by_key and _id(connection.local) == _id(connection.remote):
        found.append("--local-cluster and --remote-cluster are one, with one scope; expected two clusters")
    return tuple(found)


def _id(cluster: Cluster) -> tuple[bool, str, str]:
    return cluster.kind is Kind.ECK, cluster.cluster, cluster.scope


def _names(connection: Connection) -> Iterator[str]:
    if not _ALIAS.fullmatch(connection.alias):
        yield f"--alias {_shown(connection.alias)}; expected lower-case letters, digits, dashes and underscores"
    for text in connection.addresses:
        host = Address(setting="", text=text).host
        if host is None or not (is_ip(host) or _HOST.fullmatch(host)):
            yield f"--address {_shown(text)}; expected host:port, without a scheme, a path or a user"
        elif at_cloud(host) and not connection.remote.at_cloud:
            yield f"--address {_shown(text)} is an endpoint of Elastic Cloud or ECE; expected --remote-kind hosted or ece"


def _uses(connection: Connection) -> Iterator[str]:
    for option, names in (("--search", connection.search), ("--replicate", connection.replicate)):
        for name in names:
            if _NO_PATTERN.search(name):
                yield f"{option} {_shown(name)}; expected one name or pattern of indices, each with an option of its own"


def _mode(connection: Connection) -> Iterator[str]:
    if connection.mode is Mode.PROXY and len(connection.addresses) > 1:
        yield f"--address is there {len(connection.addresses)} times; mode proxy takes one: expected one, or --mode sniff"
    if connection.mode is Mode.SNIFF and connection.server_name:
        yield "--server-name belongs to mode proxy; expected none with --mode sniff"


def _cluster(connection: Connection, cluster: Cluster) -> Iterator[str]:
    named = {"cluster": cluster.cluster, "scope": cluster.scope}
    for what, value in named.items():
        if value and not _LABEL.fullmatch(value):
            yield f"--{cluster.side}-{what} {_shown(value)}; expected letters, digits and dashes, without a dot"
    if cluster.kind is Kind.HOSTED and not connection.by_key:
        if not _CLOUD_ID.fullmatch(cluster.cluster):
            yield (
                f"--{cluster.side}-cluster {_shown(cluster.cluster)}; expected the id of the Elasticsearch cluster, 32 hexadecimal digits "
                "(Security page), which is not the id of the deployment"
            )
        if not _ORGANIZATION.fullmatch(cluster.scope):
            yield f"--{cluster.side}-scope {_shown(cluster.scope)}; expected the id of the organization, such as 1053523734"
    yield from _nodes(cluster)


def _nodes(cluster: Cluster) -> Iterator[str]:
    option = f"--{cluster.side}-node"
    for node in cluster.nodes:
        if not _INSTANCE.fullmatch(node.name) or node.name in {".", ".."}:
            yield f"{option} {_shown(node.name)}; expected a name of letters, digits, dots, dashes and underscores, 50 at most"
        for name in node.dns:
            if not _HOST.fullmatch(name):
                yield f"{option} {_shown(node.name)}: {_shown(name)} is neither a DNS name nor an IP address"
        for address in node.ip:
            try:
                ipaddress.ip_address(address)
            except ValueError:
                yield f"{option} {_shown(node.name)}: {_shown(address)} is no IP address"
    for name, count in Counter(cluster.names).items():
        if count > 1:
            yield f"{option}: {count} nodes have the name {_shown(name)} in their certificates; expected one each"


def _shown(text: str) -> str:
    return repr(shorten(text, 80))
