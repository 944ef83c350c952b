"""Frames byte by byte: those written out in the comments of TransportHandshaker, those of live nodes, and those that follow from the layouts."""

from __future__ import annotations

import base64

import pytest

from diag.model import KeyVerdict, Version
from diag.wire import (
    ANY_VERSION,
    NODE_HANDSHAKE,
    REMOTE_CLUSTER_HANDSHAKE,
    SUBJECT_INFO,
    credentials_headers,
    decode_frame,
    handshake_request,
    handshake_response,
    judge_key,
    node_request,
    read_error,
    read_handshake_request,
    read_handshake_response,
    read_node_response,
)

# Requests of nodes and of a prober, by handshake version and by what they say of themselves.
REQUESTS = [
    (
        7170099,
        8060099,
        "455300000031000000000000000108006d68330000001a00000016696e7465726e616c3a7463702f68616e647368616b650004c3f9eb03",
    ),
    (
        7170099,
        ANY_VERSION,
        "455300000031000000000000000108006d68330000001a00000016696e7465726e616c3a7463702f68616e647368616b650004ffc1d72f",
    ),
    (
        6080099,
        7170099,
        "45530000002d000000000000000108005cc66300000016696e7465726e616c3a7463702f68616e647368616b650004b3d0b503",
    ),
]
WITH_RELEASE = "4553000000360000000000000001080086470000000019000016696e7465726e616c3a7463702f68616e647368616b65000ae88f9b0405392e302e30"
ANSWERS = [
    ("455300000013000000000000000109005cc6630000c3f9eb03", 6080099, 8060099, ""),
    ("455300000017000000000000000109006d6833000000020000c3f9eb03", 7170099, 8060099, ""),
    ("45530000001d00000000000000010900864700000000020000e88f9b0405392e302e30", 8800000, 8833000, "9.0.0"),
    # Of live nodes: 6.8.23, 7.17.28 and 9.2.0.
    ("455300000013000000000000000109005cc6630000df9ef302", 6080099, 6082399, ""),
    ("455300000017000000000000000109006d6833000000020000a3e6b503", 7170099, 7172899, ""),
    ("455300000017000000000000000109006d6833000000020000eacdb004", 7170099, 9185002, ""),
]
NODE = (
    "4553000000e3000000000000000201008ea3a6000000020000abe3a704283031323334353637383961626364656630313233343536373839"
    "6162636465663031323334353637026e31176e6f646569642d3031323334353637383961626364656616657068656d2d3031323334353637"
    "3839616263646566096c6f63616c686f7374093132372e302e302e31047f000001093132372e302e302e3100002454000304646174610164"
    "01066d6173746572016d001572656d6f74655f636c75737465725f636c69656e74017200abe3a704e3a4e803a3a0ab038882aa04026e3109"
    "636c75737465722d62"
)
EXPIRED = (
    "455300000084000000000000000203008ea3a6000000020000010067013f5b6e315d5b3132372e302e302e313a393434335d5b636c757374"
    "65723a696e7465726e616c2f72656d6f74655f636c75737465722f68616e647368616b655d0100040112617069206b657920697320657870"
    "6972656400000000000c554e415554484f52495a454400000000"
)


@pytest.mark.parametrize(("version", "own", "frame"), REQUESTS)
def test_a_request_is_written_as_a_node_writes_it(version: int, own: int, frame: str) -> None:
    """And read back it says the same."""
    assert handshake_request(version, own=own).hex() == frame
    read = read_handshake_request(decode_frame(bytes.fromhex(frame)))
    assert (read.handshake_version, read.own) == (version, own)


def test_a_request_with_a_release() -> None:
    """From 8.18 on a node names its release."""
    assert handshake_request(8800000, own=8833000, release="9.0.0").hex() == WITH_RELEASE


def test_a_request_of_a_node_with_features_is_read() -> None:
    """Nodes of 7.x name a feature before the action."""
    raw = "455300000034000000000000000108005cc66300000106782d7061636b16696e7465726e616c3a7463702f68616e647368616b6500048bd5b503"
    assert read_handshake_request(decode_frame(bytes.fromhex(raw))).own == 7170699


@pytest.mark.parametrize(("frame", "version", "said", "release"), ANSWERS)
def test_an_answer(frame: str, version: int, said: int, release: str) -> None:
    """It is read, and written the same."""
    read = read_handshake_response(decode_frame(bytes.fromhex(frame)))
    assert (read.handshake_version, read.transport_version, read.release) == (version, said, release)
    assert handshake_response(version, transport_version=said, release=release).hex() == frame


def test_a_node_handshake() -> None:
    """The request without headers, and what a node of 9.4.2 says of itself."""
    frame = (
        "455300000031000000000000000200008ea3a60000001f00001c696e7465726e616c3a7472616e73706f72742f68616e647368616b6500"
    )
    assert node_request(NODE_HANDSHAKE, 9348006).hex() == frame
    node = read_node_response(decode_frame(bytes.fromhex(NODE)))
    assert (node.version, node.node_name, node.cluster_name, node.address) == (
        Version(9, 4, 2),
        "n1",
        "cluster-b",
        "127.0.0.1:9300",
    )


def test_the_subject_info() -> None:
    """The system user of a node named probe, byte for byte."""
    headers = credentials_headers("key", 9348006, "probe")
    assert headers[SUBJECT_INFO] == "pse6BAEHX3N5c3RlbQVwcm9iZQhfX2F0dGFjaAhfX2F0dGFjaAAABAAA"
    assert base64.b64decode(headers[SUBJECT_INFO])[:4].hex() == "a6c7ba04"
    assert REMOTE_CLUSTER_HANDSHAKE.encode() in node_request(REMOTE_CLUSTER_HANDSHAKE, 9348006, headers)


def test_an_expired_key() -> None:
    """The outermost exception says where it comes from, the inner one what it is."""
    frame = decode_frame(bytes.fromhex(EXPIRED))
    assert [error.es_id for error in read_error(frame)] == [103, 4]
    assert judge_key([frame]).verdict is KeyVerdict.EXPIRED
