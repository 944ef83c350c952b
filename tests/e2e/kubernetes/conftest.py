"""One API server for all tests of this folder: namespaces keep them apart."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.kubernetes.apiserver import ApiServer, running_api_server


@pytest.fixture(scope="session")
def api_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    """An API server that runs until the tests are over. The first one on a machine is built: tests that use it are ``full``."""
    with running_api_server(tmp_path_factory.mktemp("kubernetes")) as server:
        yield server
