"""What ``elasticsearch-keystore list`` printed: told by the entries that it holds, the right ones and the misspelt."""

from __future__ import annotations

import pytest

from diag.documents.candidate import Candidate
from diag.documents.keystore_list import ROW
from diag.documents.row import Reading
from diag.documents.source import Source
from diag.evidence.documents.keystore_list import KeystoreLists


@pytest.mark.parametrize(
    "text",
    [
        "cluster.remote.logs.credentials\n",
        "cluster.remote.logs.credential\n",
        "keystore.seed\ncluster.remote.a.credentials\n",
        "$ bin/elasticsearch-keystore list\nxpack.security.transport.ssl.secure_key_passphrase\n",
    ],
)
def test_lists(text: str) -> None:
    """One entry is enough; each keeps its place."""
    candidate = Candidate(Source("keystore.list", text))
    assert ROW.recognise(candidate)
    (found,) = ROW.read(candidate, Reading())
    assert isinstance(found, KeystoreLists)
    assert [one.name for one in found.all] == [line for line in text.splitlines() if not line.startswith("$")]


@pytest.mark.parametrize("text", ["logs\naudit\n", "node.name: a\n", "cluster.remote.logs.seeds\n", ""])
def test_what_is_none(text: str) -> None:
    """Lines that are no entries of a keystore, and lists of other names."""
    assert not ROW.recognise(Candidate(Source("keystore.list", text)))
