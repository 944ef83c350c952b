"""Certificates from bytes to plain data, files of them, and every encoding of an otherName."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from hypothesis import given, settings
from hypothesis import strategies as st

from diag.model import OtherName
from diag.x509 import decode, explain_chain, public_roots, read_ca_file, read_certificates, read_identity
from diag.x509.decoding import from_pem, read_extensions
from diag.x509.der import elements
from diag.x509.library import load
from diag.x509.names import read_alternative_names, read_other_name
from tests import pki

NAME = "node1.node.search.cluster.1053523734.account"


@pytest.fixture(scope="module")
def ca() -> pki.CA:
    """One authority for the module."""
    return pki.new_ca("Lab CA")


def other_names(ca: pki.CA, *raw: bytes) -> tuple[OtherName, ...]:
    """Decode a certificate with these alternative names."""
    return decode(pki.leaf(ca, alternative_names_der=pki.alternative_names_der(*raw)).der).other_names


def test_a_good_leaf(ca: pki.CA) -> None:
    """Everything a good certificate says arrives."""
    found = decode(pki.leaf(ca, "logs.example", ips=("192.0.2.1", "2001:db8::1"), other_names=(NAME,), serial=10).der)
    assert found.subject == "CN=logs.example"
    assert found.issuer == "CN=Lab CA"
    assert found.common_name == "logs.example"
    assert found.serial == "0a"
    assert found.names == ("logs.example", "192.0.2.1", "2001:db8::1")
    assert found.other_names == (OtherName(oid="2.5.4.3", value=NAME, encoding="UTF8String"),)
    assert found.is_ca is False
    assert found.key_usage == ("digital_signature", "key_encipherment")
    assert found.extended_key_usage == ("server_auth", "client_auth")
    assert (found.key_type, found.key_bits, found.signature_hash) == ("EC", 256, "sha256")
    assert found.authority_key_id == decode(ca.own.der).subject_key_id != ""
    assert not found.self_signed
    assert found.problem == ""


def test_a_bare_certificate(ca: pki.CA) -> None:
    """Extensions that are not there are told apart from empty ones."""
    spec = pki.Spec(
        subject="bare",
        basic_constraints=None,
        key_usage=None,
        extended_key_usage=None,
        subject_key_id=False,
        authority_key_id=False,
    )
    found = decode(ca.issue(spec).der)
    assert (found.has_san, found.is_ca, found.key_usage, found.extended_key_usage) == (False, None, None, None)
    assert (found.subject_key_id, found.authority_key_id) == ("", "")


def test_version_1(ca: pki.CA) -> None:
    """A certificate of version 1 has no extension at all and is read all the same."""
    found = decode(pki.without_extensions(ca.certificate, ca.own.key).public_bytes(Encoding.DER))
    assert (found.has_san, found.is_ca, found.self_signed, found.problem) == (False, None, True, "")


@pytest.mark.parametrize(
    ("spec", "key_type", "bits", "signature"),
    [
        (pki.Spec(key_type="rsa", key_bits=1024), "RSA", 1024, "sha256"),
        (pki.Spec(key_type="rsa", signature_hash=hashes.SHA1()), "RSA", 2048, "sha1"),  # noqa: S303 -- weak on purpose.
        (pki.Spec(key_type="rsa", signature_hash=hashes.MD5()), "RSA", 2048, "md5"),  # noqa: S303 -- weak on purpose.
        (pki.Spec(signature_hash=hashes.SHA1()), "EC", 256, "sha1"),  # noqa: S303 -- weak on purpose.
        (pki.Spec(key_bits=384, signature_hash=hashes.SHA384()), "EC", 384, "sha384"),
        (pki.Spec(key_type="ed25519"), "Ed25519", 256, ""),
    ],
    ids=["rsa-1024", "rsa-sha1", "rsa-md5", "ec-sha1", "ec-384", "ed25519"],
)
def test_keys_and_signatures(spec: pki.Spec, key_type: str, bits: int, signature: str) -> None:
    """Type and size of the key and the hash of the signature arrive, weak ones too."""
    found = decode(pki.self_signed(spec).der)
    assert (found.key_type, found.key_bits, found.signature_hash) == (key_type, bits, signature)
    assert found.problem == ""


@pytest.mark.parametrize(
    "encoding",
    ["UTF8String", "NumericString", "PrintableString", "IA5String", "VisibleString", "GeneralString", "BMPString"],
)
@pytest.mark.parametrize("wrapped_in", [0, 0xA0, 0x30, 0x31, 0xE3])
def test_string_types_that_elasticsearch_reads(ca: pki.CA, encoding: str, wrapped_in: int) -> None:
    """Each readable string type is read, in the value itself and below one more constructed level."""
    (found,) = decode(
        pki.leaf(ca, other_names=(pki.other_name("1.2", encoding=encoding, wrapped_in=wrapped_in),)).der
    ).other_names
    assert found == OtherName(oid="2.5.4.3", value="1.2", encoding=encoding)


def test_bytes_of_the_wire() -> None:
    """The bytes that elasticsearch-certutil writes, and those that older JDKs hand over, give the same name."""
    text = b"node1.node.1234567abcd.cluster.myscope.account"
    value = pki.tlv(0x0C, text)
    for wrapped in (pki.tlv(0xA0, value), pki.tlv(0xA0, pki.tlv(0xA0, value))):
        found = read_other_name(b"\x06\x03\x55\x04\x03" + wrapped)
        assert (found.value, found.encoding, found.readable) == (text.decode(), "UTF8String", True)


@pytest.mark.parametrize("encoding", ["T61String", "UniversalString"])
def test_string_types_that_elasticsearch_does_not_read(ca: pki.CA, encoding: str) -> None:
    """T61String and UniversalString are named, and not readable."""
    (found,) = decode(pki.leaf(ca, other_names=(pki.other_name("a.b", encoding=encoding),)).der).other_names
    assert (found.readable, found.encoding) == (False, encoding)
    assert encoding in found.problem


def test_octets_are_read_as_hex(ca: pki.CA) -> None:
    """An OCTET STRING is read, as hexadecimal digits: not the name that was meant."""
    (found,) = decode(pki.leaf(ca, other_names=(pki.other_name("ab", encoding="OCTET STRING"),)).der).other_names
    assert found == OtherName(oid="2.5.4.3", value="6162", encoding="OCTET STRING")


def test_other_object_identifiers_are_kept(ca: pki.CA) -> None:
    """A user principal name stays visible, and is not what trust management reads."""
    upn = pki.other_name("me@example", oid="1.3.6.1.4.1.311.20.2.3")
    first, second = decode(pki.leaf(ca, other_names=(upn, NAME)).der).other_names
    assert (first.oid, first.value, first.readable) == ("1.3.6.1.4.1.311.20.2.3", "me@example", False)
    assert "1.3.6.1.4.1.311.20.2.3" in first.problem
    assert (second.value, second.readable) == (NAME, True)


UTF8 = pki.tlv(0x0C, b"a.b")
HOSTILE = {
    "three levels": (pki.other_name_der(pki.tlv(0xA0, pki.tlv(0xA0, UTF8))), "wrapped more than twice"),
    "implicit string": (pki.other_name_der(b"a.b", value_tag=0x80), "explicit tag"),
    "other explicit tag": (pki.other_name_der(UTF8, value_tag=0xA1), "explicit tag"),
    "integer": (pki.other_name_der(b"\x02\x01\x05"), "INTEGER"),
    "nothing inside": (pki.other_name_der(b""), "no valid DER"),
    "beyond the end": (pki.other_name_der(b"\x0c\x7fab"), "no valid DER"),
    "length without bounds": (pki.other_name_der(b"\x0c\x84\xff\xff\xff\xff"), "no valid DER"),
    "length of 127 bytes": (pki.other_name_der(b"\x0c\xff" + b"\xff" * 127), "no valid DER"),
    "indefinite length": (pki.other_name_der(b"\x30\x80\x0c\x01a\x00\x00"), "no valid DER"),
    "long tag": (pki.other_name_der(b"\x1f\x85\x01\x01a"), "no valid DER"),
    "no value": (pki.tlv(0xA0, b"\x06\x03\x55\x04\x03"), "explicit tag"),
    "no object identifier": (pki.tlv(0xA0, UTF8), "no valid DER"),
    "endless object identifier": (pki.tlv(0xA0, pki.tlv(0x06, b"\x55\xff\xff")), "no valid DER"),
    "empty": (pki.tlv(0xA0, b""), "no valid DER"),
}


@pytest.mark.parametrize(("raw", "words"), HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_other_names(ca: pki.CA, raw: bytes, words: str) -> None:
    """What Elasticsearch cannot read is kept as unreadable, says why, and spoils no name beside it."""
    good = pki.other_name_der(pki.tlv(0x0C, NAME.encode()))
    broken, whole = other_names(ca, raw, good)
    assert not broken.readable
    assert words in broken.problem
    assert whole == OtherName(oid="2.5.4.3", value=NAME, encoding="UTF8String")


def test_deep_nesting_is_cheap(ca: pki.CA) -> None:
    """A tower of constructed levels costs no more than its first ones."""
    value = UTF8
    for _ in range(3000):
        value = pki.tlv(0xA0, value)
    (found,) = other_names(ca, pki.other_name_der(value))
    assert not found.readable


def test_broken_alternative_names_are_told(ca: pki.CA) -> None:
    """Alternative names that end too early leave a word, and the certificate stays readable."""
    found = decode(pki.leaf(ca, alternative_names_der=b"\x30\x05\x82\x09ab").der)
    assert found.subject == "CN=logs.example"
    assert found.has_san
    assert found.problem == "its subject alternative names are malformed"
    found = decode(pki.leaf(ca, alternative_names_der=pki.alternative_names_der(pki.tlv(0x87, b"abc"))).der)
    assert found.problem == "its subject alternative names are malformed"


def test_invalid_utf8_is_replaced(ca: pki.CA) -> None:
    """Bytes that are no UTF-8 are replaced, as Java does."""
    (found,) = other_names(ca, pki.other_name_der(pki.tlv(0x0C, b"a\xff.b")))
    assert (found.value, found.readable) == ("a\ufffd.b", True)


@given(st.binary(max_size=200))
def test_random_bytes_raise_nothing_but_value_error(data: bytes) -> None:
    """Random bytes are no certificate, and end in no other exception."""
    read_other_name(data)
    read_alternative_names(data)
    read_extensions(data)
    read_ca_file("f", data)
    read_identity("f", data, data)
    for function in (decode, read_certificates, lambda x: list(elements(x))):
        with contextlib.suppress(ValueError):
            function(data)


ISSUER = decode((_CA := pki.new_ca()).own.der)
WHOLE = pki.leaf(_CA, other_names=(NAME,), ips=("192.0.2.1",)).der


@settings(max_examples=300)
@given(st.data())
def test_changed_certificates_raise_nothing_but_value_error(data: st.DataObject) -> None:
    """A certificate with changed bytes is decoded or refused."""
    changed = bytearray(WHOLE)
    for at in data.draw(st.lists(st.integers(0, len(WHOLE) - 1), min_size=1, max_size=4)):
        changed[at] = data.draw(st.integers(0, 255))
    with contextlib.suppress(ValueError):
        found = decode(bytes(changed))
        explain_chain((found,), (found,))
        explain_chain((found,), (ISSUER,))


def test_our_reading_agrees_with_the_library() -> None:
    """The public roots are read as the library reads them, extension by extension."""
    for found in public_roots().certificates():
        library = load(from_pem(found.pem)).extensions
        assert found.problem == ""
        assert library.get_extension_for_class(x509.BasicConstraints).value.ca is found.is_ca
        usage = library.get_extension_for_class(x509.KeyUsage).value
        assert usage.key_cert_sign is ("key_cert_sign" in (found.key_usage or ()))
        assert usage.crl_sign is ("crl_sign" in (found.key_usage or ()))
        key_ids = [one.value.digest.hex() for one in library if isinstance(one.value, x509.SubjectKeyIdentifier)]
        assert "".join(key_ids) == found.subject_key_id


@pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl command is not installed")
def test_what_the_openssl_command_writes(tmp_path: Path) -> None:
    """An otherName made with the openssl command is read."""
    names = f"subjectAltName=otherName:2.5.4.3;UTF8:{NAME},otherName:2.5.4.3;IA5:b,DNS:c"
    made = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out cert.pem"
    subprocess.run(
        [*made.split(), "-subj", "/CN=x", "-days", "2", "-addext", names],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    (found,) = read_certificates((tmp_path / "cert.pem").read_bytes())
    assert [(one.value, one.encoding) for one in found.other_names] == [(NAME, "UTF8String"), ("b", "IA5String")]
    assert read_identity("c", found.pem.encode(), (tmp_path / "key.pem").read_bytes()).problem == ""


def test_a_file_of_several(ca: pki.CA) -> None:
    """All certificates of a file arrive in order; words between them do not matter, nor do Windows line ends."""
    leaf = pki.leaf(ca)
    data = b"Bag Attributes\n  friendlyName: x\n" + pki.bundle((leaf, ca)).replace(b"\n", b"\r\n")
    assert [one.subject for one in read_certificates(data)] == ["CN=logs.example", "CN=Lab CA"]
    assert read_ca_file("ca.pem", data).problem == ""


def test_files_that_are_no_pem(ca: pki.CA) -> None:
    """Each other kind of file is called by its name."""
    p12 = pkcs12.serialize_key_and_certificates(
        b"x", ca.own.key, ca.certificate, None, BestAvailableEncryption(b"changeme")
    )
    kinds = {
        p12: "PKCS#12",
        b"\xfe\xed\xfe\xed\x00\x00\x00\x02": "JKS",
        b"": "empty",
        b" \n": "empty",
        b"hello": "no BEGIN CERTIFICATE",
        ca.own.key_pem: "private key and no certificate",
        ca.pem.decode().encode("utf-16"): "UTF-16",
        ca.pem[:200]: "no END line",
        ca.pem.replace(b"M", b"...", 1): "base64",
        ca.pem.replace(b"MII", b"AAA", 1): "no X.509 certificate",
        b"-----BEGIN CERTIFICATE REQUEST-----\nMII=\n-----END CERTIFICATE REQUEST-----": "CERTIFICATE REQUEST",
        b"x" * 9_000_000: "larger than",
    }
    for data, words in kinds.items():
        assert words in read_ca_file("ca", data).problem
        with pytest.raises(ValueError, match=words):
            read_certificates(data)


def test_a_single_der_certificate_is_given_with_a_word(ca: pki.CA) -> None:
    """A CA in DER is read, as the JDK does, and its form is told."""
    found = read_ca_file("ca.der", ca.own.der)
    assert (found.problem, found.form) == ("", "DER")
    assert [one.subject for one in found.certificates] == ["CN=Lab CA"]


def test_private_keys_in_a_ca_file_are_seen(ca: pki.CA) -> None:
    """A private key beside the certificate is seen, encrypted or not; its text appears nowhere."""
    for key in (ca.own.key_pem, pki.encrypted_key_pem(ca.own, "changeme")):
        found = read_ca_file("ca.pem", ca.pem + key)
        assert found.has_private_key
        assert "PRIVATE KEY" in found.problem
        assert found.certificates
        assert key.splitlines()[1].decode() not in repr(found)
    assert not read_ca_file("ca.pem", ca.pem).has_private_key


def test_identities(ca: pki.CA) -> None:
    """The key has to be that of the first certificate, readable and without a passphrase."""
    middle = ca.intermediate("Middle")
    leaf, other = pki.leaf(middle), pki.leaf(ca)
    swapped = pki.bundle((middle, leaf))
    assert read_identity("n", leaf.chain_pem, leaf.key_pem).problem == ""
    assert len(read_identity("n", leaf.chain_pem, leaf.key_pem).chain) == 2
    assert read_identity("n", leaf.pem, None).problem == ""
    assert read_identity("n", leaf.pem, leaf.key_pem + leaf.pem).problem == ""
    assert "begins with a certificate" in read_identity("n", leaf.pem, leaf.pem + leaf.key_pem).problem
    assert "another certificate" in read_identity("n", leaf.pem, other.key_pem).problem
    assert "certificate 2 of the file" in read_identity("n", swapped, leaf.key_pem).problem
    assert "encrypted" in read_identity("n", leaf.pem, pki.encrypted_key_pem(leaf, "changeme")).problem
    assert "no private key" in read_identity("n", leaf.pem, b"nonsense").problem
    assert "no END PRIVATE KEY" in read_identity("n", leaf.pem, leaf.key_pem[:60]).problem
    assert "cannot be read" in read_identity("n", leaf.pem, leaf.key_pem.replace(b"M", b"A")).problem
    assert "empty" in read_identity("n", b"", leaf.key_pem).problem
