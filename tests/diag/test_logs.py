"""Logs: one renderer for all, and nothing in them that should not be there."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from diag.logs import set_up_logs

PLANTED = "planted-secret-4711"


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    """Leave the logging of the process as it was."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def crash() -> None:
    """Fail with a secret in a local variable, two calls deep."""
    key = PLANTED

    def inner(secret: str) -> None:
        raise ValueError(str(len(secret)))

    inner(key)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    """Read JSON lines back."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_events_are_json_lines_with_utc_times() -> None:
    """A pipe gets one JSON object a line."""
    stream = io.StringIO()
    set_up_logs(stream)
    structlog.stdlib.get_logger("diag.x").info("round.finished", cluster="eu", took=0.1)
    (event,) = lines(stream)
    assert (event["event"], event["cluster"], event["level"]) == ("round.finished", "eu", "info")
    assert event["timestamp"].endswith("Z")


@pytest.mark.parametrize("terminal", [False, True])
def test_a_traceback_shows_no_local_variable(terminal: bool) -> None:  # noqa: FBT001 -- the parameter of the test.
    """The planted secret is in two frames of the traceback, and in no line of the log."""
    stream = io.StringIO()
    set_up_logs(stream, terminal=terminal)
    try:
        crash()
    except ValueError:
        structlog.stdlib.get_logger("diag.x").exception("round.failed")
        logging.getLogger("uvicorn.error").exception("ASGI")
    text = stream.getvalue()
    assert PLANTED not in text
    assert text.count("ValueError") == 2
    assert text.count("test_logs.py") >= 2


def test_libraries_go_through_the_same_renderer_from_warnings_on() -> None:
    """What APScheduler, uvicorn and httpx say at info is not heard."""
    stream = io.StringIO()
    set_up_logs(stream)
    for name in ("apscheduler.executors.default", "uvicorn.error", "httpx"):
        logging.getLogger(name).info("chatter")
        logging.getLogger(name).warning("took %d s", 3)
    assert [(event["event"], event["level"]) for event in lines(stream)] == [("took 3 s", "warning")] * 3


def test_a_terminal_is_not_controlled_by_what_is_logged() -> None:
    """Escape sequences and line breaks of a peer are written out."""
    stream = io.StringIO()
    set_up_logs(stream, terminal=True)
    structlog.stdlib.get_logger("diag.x").warning("remote.changed", remote="a\x1b[2Jb\nforged=1\u202e")
    logging.getLogger("uvicorn").warning("bad\x1b[2Jpath")
    text = stream.getvalue()
    assert "\x1b[2J" not in text
    assert "\u202e" not in text
    assert len(text.splitlines()) == 2


def test_setting_up_twice_does_not_print_twice() -> None:
    """A second call replaces the first."""
    first, second = io.StringIO(), io.StringIO()
    set_up_logs(first)
    set_up_logs(second)
    structlog.stdlib.get_logger("diag.x").info("once")
    assert (first.getvalue(), len(lines(second))) == ("", 1)


def test_debug_is_off_unless_asked_for() -> None:
    """Details come with ``debug`` only."""
    stream = io.StringIO()
    set_up_logs(stream)
    structlog.stdlib.get_logger("diag.x").debug("detail")
    assert stream.getvalue() == ""
    set_up_logs(stream, debug=True)
    structlog.stdlib.get_logger("diag.x").debug("detail")
    assert lines(stream)[0]["event"] == "detail"
