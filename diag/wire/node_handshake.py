"""The node handshake of both interfaces: who a node says it is (TransportService, RemoteClusterService, DiscoveryNode)."""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from diag.evidence.terms import Version
from diag.lazy_dataclass import dataclass
from diag.wire.faults import Malformed
from diag.wire.frames import Frame, encode_frame
from diag.wire.primitives import Reader, text, vint
from diag.wire.versions import TABLE

NODE_HANDSHAKE: Final = "internal:transport/handshake"
REMOTE_CLUSTER_HANDSHAKE: Final = "cluster:internal/remote_cluster/handshake"
CREDENTIALS: Final = "_cross_cluster_access_credentials"
SUBJECT_INFO: Final = "_cross_cluster_access_subject_info"

_NONE: Final[Mapping[str, str]] = MappingProxyType({})
_NO_TASK: Final = b"\0"
# The layouts that are known here: the newest answers that are read, and the transport versions at which the fields of a node change.
_NEWEST: Final = TABLE[-1].id
_NODE_LAST: Final = 7110099  # From 7.11 on the answer begins with the release and the build.
_ROLES_CAN_CONTAIN_DATA, _ROLES_BY_NAME = 7100099, 7030099
_INDEX_VERSIONS, _READ_ONLY_INDEX_VERSION, _EXTERNAL_ID = 8080099, 8810000, 8030099
_IPV4, _IPV6 = 4, 16
_INTERNAL_USER: Final = 1
_INTERNAL: Final = 4  # The type of an authentication that a node makes for itself.
_REALM: Final = "__attach"


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeAnswer:
    """What a node says of itself.

    ``address`` is the one that it publishes for this interface, as ``ip:port``, or as ``name/ip:port`` where it publishes a name.
    ``server_name`` is the attribute of that name, which whoever connects to the node sends as SNI.
    """

    version: Version
    build_hash: str
    node_name: str
    cluster_name: str
    address: str
    server_name: str = ""


def node_version_for(transport_version: int) -> int:
    """Give the version of the frames after the transport handshake: the lower one of the peer's and the newest known here."""
    return min(transport_version, _NEWEST)


def node_request(action: str, version: int, headers: Mapping[str, str] = _NONE, *, request_id: int = 2) -> bytes:
    """Make the request of a node handshake, as a local cluster sends it after the transport handshake."""
    return encode_frame(
        Frame(request_id=request_id, version=version, headers=headers, action=action, body=_NO_TASK), features=()
    )


def credentials_headers(encoded_key: str, transport_version: int, node_name: str = "diag") -> dict[str, str]:
    """Make the two headers that every request to the remote cluster server needs.

    The second one says for whom the request is made. It is what a local cluster says when it connects: its internal system user,
    whose rights the key limits (CrossClusterAccessSubjectInfo).
    """
    realm = text(node_name) + text(_REALM) + text(_REALM) + b"\0"
    user = bytes([_INTERNAL_USER]) + text("_system")
    authentication = user + realm + b"\0" + vint(_INTERNAL) + vint(0)
    subject = vint(transport_version) + authentication + vint(0)
    return {CREDENTIALS: f"ApiKey {encoded_key}", SUBJECT_INFO: base64.b64encode(subject).decode("ascii")}


def read_node_response(frame: Frame) -> NodeAnswer:
    """Read the answer to a node handshake. Raises WireError, also for an error that a node answers."""
    if not frame.is_response or frame.is_error or frame.is_handshake:
        msg = "an error or a request, expected the answer to a node handshake"
        raise Malformed(msg)
    reader = Reader(frame.body)
    if frame.version < _NODE_LAST:
        return _read_old(reader, frame.version)
    release, build_hash = reader.vint(), reader.text()
    node = _node(reader, frame.version)
    return NodeAnswer(
        version=_release(release),
        build_hash=build_hash,
        node_name=node.name,
        cluster_name=_last(reader),
        address=node.address,
        server_name=node.server_name,
    )


def _read_old(reader: Reader, version: int) -> NodeAnswer:
    node = _node(reader, version) if reader.boolean() else _Node("", "", "")
    cluster = reader.text()
    return NodeAnswer(
        version=_release(reader.vint()),
        build_hash="",
        node_name=node.name,
        cluster_name=cluster,
        address=node.address,
        server_name=node.server_name,
    )


def _last(reader: Reader) -> str:
    value = reader.text()
    if reader.left:
        msg = f"at byte {reader.at}: {reader.left} bytes more than an answer has"
        raise Malformed(msg)
    return value


class _Node(NamedTuple):
    name: str
    address: str
    server_name: str


def _node(reader: Reader, version: int) -> _Node:
    """Read a DiscoveryNode, and give its name, its address, and the server name that it wants to be asked for."""
    name = reader.text()
    for _ in ("id", "ephemeral id", "host name", "host address"):
        reader.text()
    address = _address(reader)
    attributes = [(reader.text(), reader.text()) for _ in range(reader.count())]
    for _ in range(reader.count()):
        _role(reader, version)
    reader.vint()
    if version >= _INDEX_VERSIONS:
        reader.vint()
        if version >= _READ_ONLY_INDEX_VERSION:
            reader.vint()
        reader.vint()
    if version >= _EXTERNAL_ID:
        reader.text()
    return _Node(name, address, dict(attributes).get("server_name", ""))


def _role(reader: Reader, version: int) -> None:
    if version < _ROLES_BY_NAME:
        reader.vint()
        return
    reader.text()
    reader.text()
    if version >= _ROLES_CAN_CONTAIN_DATA:
        reader.boolean()


def _address(reader: Reader) -> str:
    size = reader.byte()
    if size not in {_IPV4, _IPV6}:
        msg = f"at byte {reader.at - 1}: an IP address of {size} bytes, expected {_IPV4} or {_IPV6}"
        raise Malformed(msg)
    ip = ipaddress.ip_address(reader.take(size))
    host = reader.text()
    port = reader.int4()
    place = f"[{ip}]:{port}" if ip.version == 6 else f"{ip}:{port}"  # noqa: PLR2004 -- IPv6.
    # Whoever connects dials the IP address, and compares the certificate with this text.
    return f"{host}/{place}" if _is_name(host) else place


def _is_name(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return bool(host)
    return False


def _release(identifier: int) -> Version:
    """Read the id of a release; those of nodes are arithmetic to this day."""
    if identifier <= 0:
        msg = f"the release id {identifier}, expected one like 8190099"
        raise Malformed(msg)
    return Version(identifier // 1_000_000, identifier // 10_000 % 100, identifier // 100 % 100)


def node_response(
    answer: NodeAnswer, version: int, headers: Mapping[str, str] = _NONE, *, request_id: int = 2
) -> bytes:
    """Make the answer of a node from 8.10 on, as the lab does. ``address`` has to be an IPv4 address and a port, a name may go before."""
    name, _, place = answer.address.rpartition("/")
    host, _, port = place.rpartition(":")
    ip = ipaddress.IPv4Address(host)
    release = vint(answer.version.major * 1_000_000 + answer.version.minor * 10_000 + answer.version.patch * 100 + 99)
    shown = text(name or str(ip))
    names = text(answer.node_name) + text("n" * 22) + text("e" * 22) + shown + text(str(ip))
    where = bytes([_IPV4]) + ip.packed + shown + int(port).to_bytes(4, "big")
    role = text("remote_cluster_client") + text("r") + b"\0"
    index_versions = b"\1" * (3 if version >= _READ_ONLY_INDEX_VERSION else 2)
    node = names + where + vint(0) + vint(1) + role + release + index_versions + text(answer.node_name)
    body = release + text(answer.build_hash) + node + text(answer.cluster_name)
    return encode_frame(Frame(request_id=request_id, version=version, is_response=True, headers=headers, body=body))
