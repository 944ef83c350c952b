"""One authority and one good certificate for all tests of this folder, and waits that are no longer than a test needs."""

from __future__ import annotations

import pytest

from diag.collect import address, api_evidence
from diag.collect.tls_handshake import Listening
from tests import pki
from tests.patience import PATIENCE


@pytest.fixture(scope="session")
def ca() -> pki.CA:
    """The authority that the client trusts."""
    return pki.new_ca("Remote CA")


@pytest.fixture(scope="session")
def good(ca: pki.CA) -> pki.Issued:
    """A certificate without fault, below an intermediate."""
    return ca.intermediate("Remote Intermediate").leaf("logs.example", ips=("127.0.0.1",))


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second look at what is replicated comes at once: these clusters answer by the number of the question."""
    monkeypatch.setattr(api_evidence, "_PAUSE", 0.0)


@pytest.fixture
def long_listening(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a peer says after the handshake is waited for as long as it takes it: here it does say something, and a busy machine lets it wait."""
    seconds = PATIENCE
    made = Listening(usual=seconds, answered=seconds, requested=seconds, undecided=seconds)
    monkeypatch.setattr(Listening, "after", lambda _connect_seconds: made)


@pytest.fixture
def long_listening_where_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same of peers that ask for a certificate; the others stay silent."""
    made = Listening(usual=0.1, answered=0.1, requested=PATIENCE, undecided=PATIENCE)
    monkeypatch.setattr(Listening, "after", lambda _connect_seconds: made)


@pytest.fixture
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a silent peer speaks HTTP, or refuses a request without a key, is waited for a moment only: here it stays silent."""
    monkeypatch.setattr(address, "_HTTP_AFTER_SECONDS", 0.1)
    monkeypatch.setattr(address, "_REFUSAL", 0.1)
