"""What holds for every test: a busy machine makes none of them fail."""

from __future__ import annotations

import os
from collections.abc import Iterator

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


# More names than a page holds help nobody.
_MAX_NAMES = 20
_MAX_LENGTH = 300


def pytest_unconfigure(config: pytest.Config) -> None:
    """Print what failed, a line each, after all else: whoever sees the end of a log only sees it too."""
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if terminal is None:  # A worker, whose results the one that prints has.
        return
    lines = [line for outcome in ("error", "failed") for line in _failures(terminal.stats.get(outcome, ()))]
    if lines[_MAX_NAMES:]:
        lines = [f"{len(lines)} have failed, the last {_MAX_NAMES} of them:", *lines[-_MAX_NAMES:]]
    if lines and (seed := config.getoption("randomly_seed", None)) is not None:
        lines.insert(0, f"the order again: --randomly-seed={seed}")
    for line in lines:
        terminal.write_line(line)
    terminal.flush()


def _failures(reports: list[pytest.TestReport | pytest.CollectReport]) -> Iterator[str]:
    for report in reports:
        # Of an exception the message, of a module that could not be imported the last line.
        crash = getattr(report.longrepr, "reprcrash", None)
        said = crash.message.splitlines()[:1] if crash is not None else str(report.longrepr).splitlines()[-1:]
        yield " ".join(f"FAILED {report.nodeid}: {' '.join(said)}"[:_MAX_LENGTH].split())
