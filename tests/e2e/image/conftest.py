"""Two images for all tests of this folder."""

from __future__ import annotations

import pytest

from tests.e2e.image.building import Image, build


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The image of this state."""
    return build(tmp_path_factory.mktemp("image"))


@pytest.fixture(scope="session")
def image_with_dask(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The image for daemons and workers of vantage points."""
    return build(tmp_path_factory.mktemp("image"), "dask")
