"""Renderings of one report. All of them read the same frozen report, and none of them changes what it says."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Final

from diag.model import Report
from diag.report.exitcode import exit_code, nagios_code
from diag.report.options import RenderOptions

__all__ = ["FORMATS", "RenderOptions", "exit_code", "nagios_code", "render"]

# The module and the function of each format. One run writes one format: only that one is loaded.
_RENDERERS: Final[Mapping[str, tuple[str, str]]] = {
    "text": ("text", "render"),
    "wide": ("wide", "render"),
    "json": ("json", "render"),
    "ndjson": ("json", "render_lines"),
    "junit": ("junit", "render"),
    "markdown": ("markdown", "render"),
    "nagios": ("nagios", "render"),
    "curl": ("curl", "render"),
}
FORMATS: Final = tuple(_RENDERERS)


def render(report: Report, format: str, *, options: RenderOptions | None = None) -> str:  # noqa: A002 -- the word of the option.
    """Write the report in one of ``FORMATS``."""
    module, function = _RENDERERS[format]
    text: str = getattr(importlib.import_module(f"diag.report.{module}"), function)(report, options or RenderOptions())
    return text
