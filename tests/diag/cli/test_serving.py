"""``diag daemon``: where it listens."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clilib import diag
from tests.patience import ENDS_WITHIN

CONFIG = "clusters: [{name: a, keystore: [], remotes: [{alias: b, mode: proxy, proxy_address: '127.0.0.1:1'}]}]\n"


@pytest.mark.parametrize("by_variable", [True, False])
def test_the_command_line_goes_before_the_configuration(tmp_path: Path, by_variable: bool) -> None:  # noqa: FBT001 -- pytest hands it over.
    """``--listen`` or ``DIAG_LISTEN`` say where; the configuration names a port that is taken, which nobody tries."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        config = tmp_path / "diag.yaml"
        config.write_text(f"{CONFIG}daemon: {{listen: '127.0.0.1:{taken.getsockname()[1]}'}}\n")
        options = [] if by_variable else ["--listen", "127.0.0.1:0"]
        environment = {"DIAG_LISTEN": "127.0.0.1:0"} if by_variable else {}
        started = subprocess.Popen(
            [sys.executable, "-m", "diag", "daemon", "-c", str(config), *options],
            stderr=subprocess.PIPE,
            text=True,
            env={"PATH": "", **environment},
        )
        try:
            assert started.stderr is not None
            line = next(line for line in started.stderr if "daemon.started" in line or "can't listen" in line)
            assert "daemon.started" in line
        finally:
            started.send_signal(signal.SIGTERM)
            started.communicate(timeout=ENDS_WITHIN)


def test_an_address_that_is_none(tmp_path: Path) -> None:
    """Said before anything starts."""
    result = diag("daemon", "-c", tmp_path / "diag.yaml", "--listen", "9643")
    assert result.exit_code == 2
    assert "expected HOST:PORT" in result.output
