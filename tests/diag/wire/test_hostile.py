"""Frames that are broken, hostile or huge: each gives one of our errors, quickly, and with little memory."""

from __future__ import annotations

import random
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.wire import (
    PING,
    Frame,
    FrameReader,
    Malformed,
    NotTransport,
    RemoteError,
    TooLarge,
    WireError,
    decode_frame,
    encode_frame,
    error_response,
    handshake_response,
    judge_key,
    read_error,
    read_handshake_response,
    read_node_response,
)
from tests.diag.wire.test_golden import EXPIRED, NODE

SEEDS = (
    bytes.fromhex(NODE),
    bytes.fromhex(EXPIRED),
    handshake_response(7170099, transport_version=8841064),
    handshake_response(8800000, transport_version=9185002, release="9.2.0"),
    handshake_response(6080099, transport_version=6082399),
)
_MIB = 1024 * 1024


def swallow(raw: bytes) -> None:
    """Do with bytes all that is ever done with what a peer sent."""
    try:
        frames = [decode_frame(one) for one in FrameReader().feed(raw) if one != PING]
        for frame in frames:
            judge_key([frame])
            for read in (read_handshake_response, read_node_response, read_error):
                try:
                    read(frame)
                except WireError:
                    continue
    except WireError:
        return


def mutated(chance: random.Random, seed: bytes) -> bytes:
    """Change, insert, take away or cut a few bytes."""
    raw = bytearray(seed)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(raw)) if raw else 0
        match chance.randrange(4):
            case 0 if raw:
                raw[place] = chance.randrange(256)
            case 1:
                raw[place:place] = bytes([chance.choice((0, 1, 0x7F, 0x80, 0xFF))]) * chance.randint(1, 5)
            case 2:
                del raw[place : place + chance.randint(1, 4)]
            case _:
                raw[place:place] = raw[:place]
    if chance.random() < 0.8:
        raw[:6] = b"ES" + max(13, len(raw) - 6).to_bytes(4, "big")
    return bytes(raw)


def test_five_thousand_broken_frames() -> None:
    """Nothing but our own errors, and less than 4 MiB at any time."""
    chance = random.Random(20261124)  # noqa: S311 -- the same frames at each run.
    tracemalloc.start()
    try:
        for number in range(5000):
            swallow(mutated(chance, SEEDS[number % len(SEEDS)]))
        assert tracemalloc.get_traced_memory()[1] < 4 * _MIB
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("seed", SEEDS)
def test_cut_at_each_byte(seed: bytes) -> None:
    """A frame that is not whole is waited for, and never taken for whole."""
    for end in range(len(seed)):
        reader = FrameReader()
        assert reader.feed(seed[:end]) == ()
        assert reader.feed(seed[end:]) == (seed,)


def test_lengths() -> None:
    """What announces too much, too little or something negative is refused before anything is allocated."""
    for length, error in ((2**31 - 1, TooLarge), (0, Malformed), (12, Malformed)):
        with pytest.raises(error):
            FrameReader().feed(b"ES" + length.to_bytes(4, "big"))
    with pytest.raises(Malformed):
        FrameReader().feed(b"ES" + (-5).to_bytes(4, "big", signed=True))
    with pytest.raises(NotTransport):
        FrameReader().feed(b"HTTP/1.1 400 Bad Request")


def test_a_bomb() -> None:
    """A compressed body that unpacks to gigabytes is refused on the way."""
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(bytes(64 * _MIB)) + packer.flush()
    raw = bytearray(encode_frame(Frame(request_id=1, version=7170099, is_response=True, body=b"DFL\0" + packed)))
    raw[14] |= 4  # The bit that says that the body is compressed.
    tracemalloc.start()
    try:
        with pytest.raises(WireError):
            decode_frame(bytes(raw))
        assert tracemalloc.get_traced_memory()[1] < 4 * _MIB
    finally:
        tracemalloc.stop()


def test_depth() -> None:
    """Of a hundred exceptions in one another ten are read."""
    raw = error_response([RemoteError(0, 68, "", "again")] * 100, 9185002)
    assert len(read_error(decode_frame(raw))) == 10


@given(st.lists(st.sampled_from((*SEEDS, PING)), max_size=5), st.data())
def test_any_pieces_give_the_same_frames(frames: list[bytes], data: st.DataObject) -> None:
    """How the stream was cut does not show in what comes out."""
    stream, reader, out = b"".join(frames), FrameReader(), list[bytes]()
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        out += reader.feed(stream[:size])
        stream = stream[size:]
    assert out == frames


@given(
    st.sampled_from((6080099, 7170099, 8800000, 9185002)),
    st.dictionaries(st.text(max_size=20), st.text(max_size=50), max_size=4),
    st.text(max_size=30),
    st.binary(max_size=200),
)
def test_written_and_read(version: int, headers: dict[str, str], action: str, body: bytes) -> None:
    """Every frame that is written is read back the same, whatever texts are in it."""
    frame = Frame(request_id=7, version=version, headers=headers, action=action, body=body)
    read = decode_frame(encode_frame(frame), keep_headers=True)
    assert (read.headers, read.action, read.body, read.version) == (headers, action, body, version)
    assert decode_frame(encode_frame(frame)).headers == {}
