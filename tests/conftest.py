"""What holds for every test: a busy machine makes none of them fail."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# How long one example takes depends on what else the machine does. HYPOTHESIS_PROFILE=thorough tries ten times as many.
settings.register_profile("patient", deadline=None, max_examples=50)
settings.register_profile("thorough", deadline=None, max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "patient"))


@pytest.hookimpl(tryfirst=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Two workers for each processor: much of what is tested is how long somebody is waited for, and such tests wait at once."""
    return 2 * (os.cpu_count() or 1)
