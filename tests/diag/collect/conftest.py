"""One authority and one good certificate for all tests of this folder, and waits that are no longer than a test needs."""

from __future__ import annotations

import pytest

from diag.collect import address, api_evidence
from tests import pki


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
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a silent peer speaks HTTP, or refuses a request without a key, is waited for a moment only: here it stays silent."""
    monkeypatch.setattr(address, "_HTTP_AFTER_SECONDS", 0.1)
    monkeypatch.setattr(address, "_REFUSAL", 0.1)
