"""Files of certificates, keys and key stores against what Elasticsearch's own classes said of them (8.19.0 on JDK 17, 9.2.0 on JDK 25).

The keys are made for these files alone; the passphrase and most passwords are ``secret1``, as the tables beside the files say.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from diag.x509 import read_ca_file, read_certificates, read_identity, read_key_store, read_trust_store
from diag.x509.keyfiles import read_private_key

FILES = Path(__file__).parent / "tls_files"
PASSPHRASE = "secret1"


def table(folder: str) -> list[list[str]]:
    """Read the table beside the files."""
    lines = (FILES / folder / "expected.txt").read_text().splitlines()
    return [[word.strip() for word in line.split("|")] for line in lines]


@pytest.mark.parametrize("row", table("trusted"), ids=lambda row: row[0])
def test_trusted(row: list[str]) -> None:
    """A file of CAs is refused by the Java that refuses it, and by no other."""
    name, older, newer, *count = row
    found = read_ca_file(name, (FILES / "trusted" / name).read_bytes())
    said = ["refuses" if found.problem or text else "accepts" for text in (found.older_java, found.newer_java)]
    assert said == [older, newer], found
    assert count == [""] or len(found.certificates) == int(count[0])


@pytest.mark.parametrize("row", table("presented"), ids=lambda row: row[0])
def test_presented(row: list[str]) -> None:
    """The same for the certificate that nodes present; its key has to be that of the first."""
    name, older, newer, *_ = row
    folder = FILES / "presented"
    found = read_identity(name, (folder / name).read_bytes(), (folder / "node.key").read_bytes())
    if name == "wrong-order.pem":
        assert "certificate 2 of the file" in found.problem
        return
    said = ["refuses" if found.problem or text else "accepts" for text in (found.older_java, found.newer_java)]
    assert said == [older, newer], found


@pytest.mark.parametrize("row", table("keys"), ids=lambda row: f"{row[0]}-{row[1]}")
def test_keys(row: list[str]) -> None:
    """A key is read where Elasticsearch reads it; without its passphrase that is not told to be a fault of the file."""
    certificate, key, verdict = row
    pair = [(FILES / "keys" / name).read_bytes() for name in (certificate, key)]
    found = read_identity(certificate, *pair, PASSPHRASE)
    assert (found.problem == "") is verdict.startswith("reads"), found.problem
    assert not found.locked
    without = read_identity(certificate, *pair)
    assert without.locked is (verdict == "reads with passphrase")
    wrong = read_identity(certificate, *pair, "wrong")
    assert wrong.locked is (verdict == "reads with passphrase")
    assert "wrong" not in wrong.problem
    assert PASSPHRASE not in repr((found, without))


STORES = {
    "elastic-certificates.p12": ("", 1, 1),
    "empty-password.p12": ("", 0, 1),
    "legacy.pfx": ("changeit", 0, 1),
    "truststore.p12": ("changeit", 1, 0),
    "truststore-default.jks": ("changeit", 1, 0),
    "keytool.p12": (PASSPHRASE, 1, 0),
    "nokeys.p12": (PASSPHRASE, 0, 0),
    "openssl.p12": (PASSPHRASE, 0, 1),
    "trust.jks": (PASSPHRASE, 1, 0),
    "key.jks": (PASSPHRASE, 0, 1),
}


@pytest.mark.parametrize("name", STORES)
def test_stores(name: str) -> None:
    """What Java trusts in a key store and which key it finds is what is found here; a wrong password is no fault of the file."""
    password, trusted, keys = STORES[name]
    data = (FILES / "stores" / name).read_bytes()
    found = read_trust_store(name, data, password)
    assert len(found.certificates) == trusted
    assert (found.problem == "") is (trusted > 0)
    identity, key = read_key_store(name, data, password)
    assert (identity.problem == "") is (keys > 0), identity.problem
    assert (key is not None and key.pem != b"") is (keys > 0)
    assert "PRIVATE" not in repr(key)
    for locked in (read_trust_store(name, data, "another"), read_key_store(name, data, "another")[0]):
        assert locked.locked
        assert "another one" in locked.problem


def test_a_store_that_elasticsearch_does_not_read() -> None:
    """JCEKS is a fault whatever the password."""
    found = read_trust_store("a.jks", (FILES / "stores" / "jceks.jks").read_bytes(), PASSPHRASE)
    assert ("JCEKS" in found.problem, found.locked) == (True, False)


def test_a_broken_store_never_raises() -> None:
    """Stores that end too early or hold changed bytes are told to be so."""
    for name, (password, *_) in STORES.items():
        data = (FILES / "stores" / name).read_bytes()
        for size in range(0, len(data), 97):
            assert read_trust_store(name, data[:size], password).problem
            read_key_store(name, data[:size] + b"\xff" + data[size + 1 :], password)


def test_where_the_readers_of_java_part() -> None:
    """The older one passes over an indented certificate, the newer one over one that has no end."""
    plain = (FILES / "trusted" / "plain.pem").read_bytes()
    indented = (FILES / "trusted" / "indented.pem").read_bytes()
    found = read_ca_file("a", plain + indented)
    assert "1 of the 2" in found.older_java
    assert len(found.certificates) == 2
    cut = read_ca_file("a", plain + plain[:200])
    assert ("no END line" in cut.older_java, cut.newer_java) == (True, "")
    zero = read_ca_file("a", b"0 is the first\n" + plain)
    assert "character 0" in zero.problem or zero.older_java


def test_a_large_file_is_read_in_time() -> None:
    """Dashes without end cost no more than their length."""
    for data in (b"\n-----" * 300_000, b"-----BEGIN A-----\n" * 100_000, b"0\x80" * 500_000, b"-" * 2_000_000):
        assert read_ca_file("a", data).problem
        assert read_private_key(data).problem
    with pytest.raises(ValueError, match="BEGIN"):
        read_certificates(b"nothing")
