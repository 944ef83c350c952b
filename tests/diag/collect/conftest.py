"""One authority and one good certificate for all tests of this folder."""

from __future__ import annotations

import pytest

from tests import pki


@pytest.fixture(scope="session")
def ca() -> pki.CA:
    """The authority that the client trusts."""
    return pki.new_ca("Remote CA")


@pytest.fixture(scope="session")
def good(ca: pki.CA) -> pki.Issued:
    """A certificate without fault, below an intermediate."""
    return ca.intermediate("Remote Intermediate").leaf("logs.example", ips=("127.0.0.1",))
