"""Whether what vantage points need is installed. It is an extra, because most have no use for it."""

from __future__ import annotations

import importlib.util
from typing import Final

PIP_LINE: Final = "pip install 'diag[dask]'"


def problem_of_installation() -> str:
    """What is missing and how it is installed; empty where nothing is."""
    if importlib.util.find_spec("distributed") is not None:
        return ""
    return f"vantage points need the package distributed, which is not installed: {PIP_LINE}"
