"""Which certificates of a PKCS#12 key store count as trusted: what Java 17 and 25 made of stores of the same forms (measured)."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from hypothesis import given
from hypothesis import strategies as st

from diag.model import FileFault
from diag.x509 import own_trusted, read_identity, read_key_store, read_trust_store
from diag.x509.pkcs12 import trusted_by_java
from tests import pki

PASSWORD = "changeit"
Entry = pkcs12.PKCS12Certificate


@pytest.fixture(scope="module")
def one() -> pki.CA:
    """A CA."""
    return pki.new_ca("One")


@pytest.fixture(scope="module")
def two() -> pki.CA:
    """Another CA."""
    return pki.new_ca("Two")


def java(*entries: tuple[pki.CA, bytes | None], encryption: KeySerializationEncryption | None = None) -> bytes:
    """A store of certificates that bear Java's attribute."""
    listed = [Entry(ca.own.certificate, alias) for ca, alias in entries]
    return pkcs12.serialize_java_truststore(listed, encryption or BestAvailableEncryption(PASSWORD.encode()))


def plain(*entries: tuple[pki.CA, bytes | None], node: Any = None) -> bytes:
    """A store as other programs write it: no attribute."""
    listed = [Entry(ca.own.certificate, alias) for ca, alias in entries]
    key, certificate = (node.key, node.certificate) if node else (None, None)
    return pkcs12.serialize_key_and_certificates(
        b"node" if node else None, key, certificate, listed, BestAvailableEncryption(PASSWORD.encode())
    )


def names(data: bytes, password: str | None = PASSWORD) -> list[str]:
    """The subjects of what is trusted."""
    return [one.subject for one in read_trust_store("a.p12", data, password).certificates]


def test_the_attribute_counts_and_no_alias(one: pki.CA, two: pki.CA) -> None:
    """With the attribute a certificate is trusted whatever its alias; without it none is."""
    assert names(java((one, b"ca"))) == ["CN=One"]
    assert names(java((one, None))) == ["CN=One"]
    assert names(java((one, None), (two, None))) == ["CN=One", "CN=Two"]
    assert names(plain((one, b"ca"))) == []
    empty = read_trust_store("a.p12", plain((one, b"ca")), PASSWORD)
    assert "trusts no certificate" in empty.problem
    assert empty.fault is FileFault.TRUSTS_NOTHING
    assert read_trust_store("a.p12", java((one, b"ca")), PASSWORD).fault is None
    assert read_trust_store("a.p12", java((one, b"ca")), "wrong").fault is None


def test_a_key_of_another_certificate_is_a_fault_of_its_own(one: pki.CA, two: pki.CA) -> None:
    """A pair that fits has none, and neither has a file that is no certificate."""
    mine, other = one.own, two.own
    key = other.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem = mine.certificate.public_bytes(Encoding.PEM)
    assert read_identity("a.pem", pem, key).fault is FileFault.OTHER_KEY
    assert read_identity("a.pem", other.certificate.public_bytes(Encoding.PEM), key).fault is None
    assert read_identity("a.pem", b"no certificate", key).fault is None


def test_of_twins_the_later_one_stays(one: pki.CA, two: pki.CA) -> None:
    """Case does not tell aliases apart."""
    assert names(java((one, b"ca"), (two, b"CA"))) == ["CN=Two"]
    assert names(java((one, b"ca"), (two, b"ca2"))) == ["CN=One", "CN=Two"]


def test_a_key_store_with_its_chain(one: pki.CA) -> None:
    """The chain of a key is none that is trusted, named or not; the key is read all the same."""
    data = plain((one, b"my ca"), node=pki.leaf(one))
    assert names(data) == []
    identity, key = read_key_store("a.p12", data, PASSWORD)
    assert key is not None
    assert identity.problem == ""
    assert [each.subject for each in identity.chain] == ["CN=logs.example", "CN=One"]


@pytest.mark.parametrize(
    "encryption",
    [
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(rounds)
        .key_cert_algorithm(algorithm)
        .hmac_hash(hashes.SHA256())
        .build(PASSWORD.encode())
        for rounds in (1, 2048)
        for algorithm in (pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC, pkcs12.PBES.PBESv2SHA256AndAES256CBC)
    ],
)
def test_what_it_is_encrypted_with(one: pki.CA, encryption: KeySerializationEncryption) -> None:
    """The encryption of old and of new programs is read, and another password opens nothing."""
    data = java((one, None), encryption=encryption)
    assert names(data) == ["CN=One"]
    assert read_trust_store("a.p12", data, "another").locked
    assert trusted_by_java(data, "another") is None


def test_a_store_without_a_password(one: pki.CA) -> None:
    """Newer Java writes such ones; none given and an empty one are alike."""
    data = java((one, b"ca"), encryption=NoEncryption())
    assert names(data, None) == ["CN=One"]
    assert names(data, "") == ["CN=One"]


@given(cut=st.integers(0, 900), flipped=st.integers(0, 900), bit=st.integers(0, 7))
def test_what_is_broken_is_none(one: pki.CA, cut: int, flipped: int, bit: int) -> None:
    """Never an exception, whatever happened to the bytes."""
    data = bytearray(java((one, b"ca"), encryption=NoEncryption()))
    data[flipped % len(data)] ^= 1 << bit
    for bytes_ in (bytes(data), bytes(data[:cut])):
        found = trusted_by_java(bytes_, PASSWORD)
        assert found is None or isinstance(found, tuple)
        read_trust_store("a.p12", bytes_, PASSWORD)


def test_what_a_node_trusts_of_its_own_file(one: pki.CA) -> None:
    """Without any configured CA: of a PEM file every certificate, of a key store the trusted ones and that of the key, but not its chain.

    StoreKeyConfig.asTrustConfig and PemKeyConfig.asTrustConfig; a TrustManager takes of a key entry the first certificate.
    """

    def subjects(data: bytes, *, in_store: bool = True) -> list[str]:
        return [found.common_name for found in own_trusted(data, PASSWORD if in_store else None, in_store=in_store)]

    node = one.leaf("node1")
    assert subjects(plain((one, None), node=node)) == ["node1"]
    assert subjects(java((one, b"ca"))) == ["One"]
    assert subjects(node.pem + one.pem, in_store=False) == ["node1", "One"]
    assert subjects(b"no store at all") == []
