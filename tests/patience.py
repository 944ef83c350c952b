"""How long a test waits for what has to come: no machine is too busy, for only who waits in vain waits that long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.error import HTTPError

import httpx
import pytest
import yaml

# For what somebody else has to do first: start, notice, connect, scrape.
PATIENCE: Final = 240.0
# For a program that ends by itself.
ENDS_WITHIN: Final = 900.0
# A server that starts or stops refuses, hangs up and is silent: it is asked again.
NOT_YET: Final = (OSError, httpx.HTTPError)
# What diag has to know of a machine that does more than one thing at a time: nobody there is as quick as it expects.
_TIMEOUTS: Final = {"connect": "30s", "handshake": "30s", "api": "60s"}
_THRESHOLDS: Final = {
    f"{what}_seconds_{severity}": 600
    for what in ("connect", "handshake")
    for severity in ("warning", "error")
} | {"resolve_seconds_warning": 600}  # fmt: skip

Seen = TypeVar("Seen")


def unhurried(config: Mapping[str, Any], **timeouts: str) -> dict[str, Any]:
    """A configuration that waits for slow peers and does not call them slow. ``timeouts`` are those that a test is about."""
    checks = config.get("checks", {})
    thresholds = {**_THRESHOLDS, **checks.get("thresholds", {})}
    return {**config, "timeouts": {**_TIMEOUTS, **timeouts}, "checks": {**checks, "thresholds": thresholds}}


def unhurry(file: Path, **timeouts: str) -> None:
    """Make a file with a configuration such a one."""
    file.write_text(yaml.safe_dump(unhurried(yaml.safe_load(file.read_text()), **timeouts), sort_keys=False))


def until(
    look: Callable[[], Seen],
    wanted: Callable[[Seen], Any] = bool,
    *,
    what: str = "what is waited for",
    seconds: float = PATIENCE,
    pause: float = 0.05,
    alive: Callable[[], bool] = lambda: True,
) -> Seen:
    """Look again and again until it is as wanted, and give that. Fails with what was seen last, at once where nobody is ``alive``."""
    end, last = time.monotonic() + seconds, object()
    while True:
        # Asked before the last look: what ended well may have done what is waited for.
        over, ended = time.monotonic() > end, not alive()
        try:
            seen = look()
        except NOT_YET as error:
            # Its words alone: whoever keeps it keeps a connection open, which is missed in some later test.
            last = repr(error)
            if isinstance(error, HTTPError):
                error.close()
        else:
            if wanted(seen):
                return seen
            last = seen
        if over or ended:
            pytest.fail(f"{what}: {'it has ended' if ended else f'not within {seconds:.0f} s'}; seen last: {last!r}")
        time.sleep(pause)


def again(look: Callable[[], Seen], wanted: Callable[[Seen], bool], *, times: int = 5) -> Seen:
    """Look again where something is not as it should be, and give what was seen last.

    Diag waits for some answers for a second or three, whatever it is told, and says less of who is slower: of a node that shares its processors
    with others that is true, and it is no matter of a test of what is said of the others.
    """
    for _ in range(times - 1):
        if wanted(seen := look()):
            return seen
    return look()


async def until_async(
    look: Callable[[], Seen],
    wanted: Callable[[Seen], Any] = bool,
    *,
    what: Callable[[], object] | str = "what is waited for",
    seconds: float = PATIENCE,
    pause: float = 0.02,
) -> Seen:
    """The same in the loop of the test, which also runs what is looked at."""
    end = time.monotonic() + seconds
    while True:
        over = time.monotonic() > end
        if wanted(seen := look()):
            return seen
        if over:
            pytest.fail(f"not within {seconds:.0f} s: {what if isinstance(what, str) else what()}; seen last: {seen!r}")
        await asyncio.sleep(pause)
