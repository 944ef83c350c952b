"""Logs: one line for each event, JSON for machines and coloured text for a terminal, never a local variable."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog
from structlog.tracebacks import ExceptionDictTransformer

from diag.text import shown

QUIET = ("apscheduler", "uvicorn", "httpx", "httpcore", "asyncio")
MAX_FRAMES = 20
MAX_TEXT = 4000

Event = MutableMapping[str, Any]


def set_up_logs(stream: TextIO | None = None, *, terminal: bool | None = None, debug: bool = False) -> None:
    """Send the events of this program and of the libraries through one renderer to ``stream`` (standard error).

    Of libraries, warnings and errors are logged. Tracebacks show files, lines and functions: local variables may hold keys.
    """
    stream = stream or sys.stderr
    terminal = stream.isatty() if terminal is None else terminal
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="timestamp"),
        structlog.processors.ExceptionRenderer(
            ExceptionDictTransformer(show_locals=False, max_frames=MAX_FRAMES, use_rich=False)
        ),
    ]
    show = _console() if terminal else [structlog.processors.JSONRenderer(default=str)]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *show],
            use_get_message=True,
        )
    )
    root = logging.getLogger()
    for old in [old for old in root.handlers if getattr(old, "from_diag", False)]:
        root.removeHandler(old)
    handler.from_diag = True  # type: ignore[attr-defined]  # -- marks our own handler, so that a second call replaces it.
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("diag").setLevel(logging.DEBUG if debug else logging.INFO)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("apscheduler.scheduler").setLevel(
        logging.ERROR
    )  # Its warning about overruns is an event of ours.
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if debug else logging.INFO),
        cache_logger_on_first_use=False,
    )


def _console() -> list[structlog.typing.Processor]:
    colours = not os.environ.get("NO_COLOR")
    return [_plain, structlog.dev.ConsoleRenderer(colors=colours, sort_keys=False)]


def _plain(_logger: object, _method: str, event: Event) -> Event:
    """Write out what a terminal would act on, and put a traceback into lines."""
    frames = event.pop("exception", None)
    plain = {key: shown(value, MAX_TEXT) if isinstance(value, str) else value for key, value in event.items()}
    if isinstance(frames, list):
        plain["exception"] = "\n".join(line for stack in frames for line in _lines(stack))
    return plain


def _lines(stack: dict[str, Any]) -> list[str]:
    head = shown(f"{stack.get('exc_type', '')}: {stack.get('exc_value', '')}", MAX_TEXT)
    frames = stack.get("frames", [])
    return [
        head,
        *(f"  {shown(str(f.get('filename')))}:{f.get('lineno')} in {shown(str(f.get('name')))}" for f in frames),
    ]
