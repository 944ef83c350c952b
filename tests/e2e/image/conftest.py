"""One image for all tests of this folder."""

from __future__ import annotations

import pytest

from tests.e2e.image.building import Image, build


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The image of this state."""
    return build(tmp_path_factory.mktemp("image"))
