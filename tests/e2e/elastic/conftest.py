"""Pairs that several modules share: started once for each release, with remotes registered in three ways and logins of diag."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from diag.cli.permissions import Wanted, local_role, remote_role
from diag.model import Version
from tests.e2e.elastic.between import BETWEEN_KEYS
from tests.e2e.elastic.pair import NAME, running
from tests.e2e.elastic.replicating import Replicating, replicating
from tests.e2e.elastic.seen import KEYS, Asked

# The releases that the tests of the APIs run on; 6.8 is the only distribution here that has replication.
RELEASES = ("8.19.0", "9.2.0", pytest.param("9.5.2", marks=pytest.mark.full))


@pytest.fixture(scope="session", params=RELEASES)
def asked(request: pytest.FixtureRequest) -> Iterator[Asked]:
    """Start a pair and register its remotes: persistent, transient, and (by the pair itself) in the file."""
    release = Version.parse(request.param)
    with running(release, release, {**KEYS, **BETWEEN_KEYS}, ("plain", "optional")) as pair:
        made = Asked(pair)
        for alias in KEYS:
            made.registered(alias, made.by_key())
        address = f"{NAME}:{pair.remote.transport}"
        made.registered("audit", {"mode": "proxy", "proxy_address": address, "server_name": NAME}, "transient")
        # The key that replicates alone may search nothing: whether it connects is no matter here.
        for alias in {*KEYS, "audit", "filed"} - {"repl"}:
            pair.connect(alias)
        made.login(pair.local, "local-diag", local_role(release))
        made.login(pair.remote, "remote-diag", remote_role(release))
        wanted = Wanted(searched=("logs*", "metrics-*"), reads=True)
        made.login(pair.local, "local-searching", local_role(release, wanted))
        yield made


@pytest.fixture
def logins(asked: Asked) -> tuple[Path, Path]:
    """The files of the two keys that have the documented privileges."""
    return asked.pair.folder / "local-diag.key", asked.pair.folder / "remote-diag.key"


@pytest.fixture
def searching(asked: Asked) -> tuple[Path, Path]:
    """The same for a login that may search, too, as ``diag setup role --search … --try-searches`` prints it."""
    return asked.pair.folder / "local-searching.key", asked.pair.folder / "remote-diag.key"


@pytest.fixture(scope="module")
def ccr() -> Iterator[Replicating]:
    """Start a pair that replicates, one for each module: what breaks one follower has to stay away from the tests of others."""
    with replicating() as made:
        yield made
