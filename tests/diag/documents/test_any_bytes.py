"""Documents of trust and keys: whatever the bytes of a file, there is an answer and never a traceback."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.documents.document import forced_kind, read_document
from diag.documents.files import Named
from diag.documents.row import Reading

KINDS = (
    *("trust-file", "instances-file", "ca-file", "node-certificate", "private-key", "key-store"),
    *("cross-cluster-key-body", "role-body"),
)
PIECES = (
    *("{", "}", "[", "]", ",", ":", '"', "\n", "  ", "- ", "null", "1", "true", "*a", "&a ", "---\n", "é"),
    *("instances", "name", "cn", "dns", "ip", "trust", ".subject_name", "access", "search", "replication", "names"),
    *("remote_indices", "remote_cluster", "clusters", "privileges", "role_descriptors", "expiration"),
    *("-----BEGIN ", "-----END ", "CERTIFICATE-----", "PRIVATE KEY-----", "MIIB"),
)
BYTES = st.one_of(
    st.binary(max_size=80),
    st.binary(max_size=80).map(b"0\x82\x01\x00\x02\x01".__add__),
    st.binary(max_size=80).map(b"\xfe\xed\xfe\xed\x00\x00\x00\x02".__add__),
    st.lists(st.sampled_from(PIECES), max_size=40).map(lambda parts: "".join(parts).encode()),
)


@pytest.mark.parametrize("kind", KINDS)
@given(data=BYTES)
def test_as_any_kind(kind: str, data: bytes) -> None:
    """Forced to be of a kind, a file says what is wrong with it, or that it is no text."""
    found = read_document(Named(name="a.yml", path=None, data=data), Reading(passwords=("secret1",)), forced_kind(kind))
    assert found.nouns or found.kind is None


@given(data=BYTES)
def test_as_whatever_it_is(data: bytes) -> None:
    """Recognised or not, it is read."""
    for name in ("a", "a.json", "a.pem"):
        assert read_document(Named(name=name, path=None, data=data), Reading()).why
