"""The program as a whole: help, failures of our own, streams, signals."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from diag import VERSION
from diag.cli.command_options import FORMATS, SEVERITIES
from diag.cli.program import COMMANDS
from diag.model import Severity
from diag.report import FORMATS as REPORT_FORMATS
from tests.clilib import diag
from tests.patience import ENDS_WITHIN, PATIENCE


class TestProgram:
    """The program as a whole."""

    def test_help_of_everything(self) -> None:
        """Every command is in the help, loads, and has a help of its own."""
        top = diag("--help")
        assert top.exit_code == 0
        for name in COMMANDS:
            assert f"\n  {name} " in top.stdout
            assert diag(name, "--help").exit_code == 0

    def test_written_out_names(self) -> None:
        """The names that the help needs without loading anything are those of the modules that own them."""
        assert (*REPORT_FORMATS, "prometheus") == FORMATS
        assert tuple(Severity) == SEVERITIES

    def test_unknown_command(self) -> None:
        """An unknown command has exit code 2, and is shown safely."""
        result = diag("\x1b[31mrun")
        assert result.exit_code == 2
        assert "\x1b" not in result.stderr

    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            (["rnu"], "run"),
            (["checks", "lst"], "list"),
            (["Config"], "config"),
            (["help"], "diag --help"),
            (["help", "run"], "diag run --help"),
            (["checks", "help"], "diag checks --help"),
        ],
    )
    def test_a_slip(self, typed: list[str], meant: str) -> None:
        """The command that was probably meant is named."""
        result = diag(*typed)
        assert result.exit_code == 2
        assert f"Did you mean '{meant}'?" in result.stderr

    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            (["run", "--clster", "x"], "--cluster"),
            (["probe", "a:1", "--server-nam", "x"], "--server-name"),
            (["config", "schema", "--reprt"], "--report"),
        ],
    )
    def test_a_slip_in_an_option(self, typed: list[str], meant: str) -> None:
        """So is the option."""
        result = diag(*typed)
        assert result.exit_code == 2
        assert f"'{meant}'" in result.stderr

    @pytest.mark.parametrize(
        ("typed", "hint"),
        [
            (["--cluster-url", "x"], "It goes behind diag run or diag discover."),
            (["checks", "--only", "x"], "It goes behind diag checks list."),
            (["--nothing-like-it"], ""),
        ],
    )
    def test_an_option_in_front_of_its_command(self, typed: list[str], hint: str) -> None:
        """The commands that take it are named; where none does, nothing is."""
        result = diag(*typed)
        assert result.exit_code == 2
        assert hint in result.stderr
        assert ("It goes behind" in result.stderr) is bool(hint)

    @pytest.mark.parametrize("group", [[], ["checks"], ["config"], ["setup"]])
    def test_without_a_command(self, group: list[str]) -> None:
        """The help is printed as it is, and nothing was done: that is no success."""
        result = diag(*group)
        assert result.exit_code == 2
        assert "\nCommands:\n" in result.stderr
        assert "\\n" not in result.output
        assert "...\n" not in result.output.partition("Commands:")[2].partition("Three ways in:")[0]

    @pytest.mark.parametrize("arguments", [[], ["--help"]])
    def test_the_ways_in(self, arguments: list[str]) -> None:
        """Whoever asks for nothing yet is told where to begin, in lines that can be copied."""
        lines = [line.strip() for line in diag(*arguments).output.splitlines()]
        assert "diag lint FILE|FOLDER ..." in lines
        assert "diag config example > diag.yaml, then diag run" in lines
        assert any(line.startswith("diag run --cluster-url ") for line in lines)

    def test_version(self) -> None:
        """As an option too, and as a module."""
        assert diag("--version").stdout == f"diag {VERSION}\n"
        module = subprocess.run([sys.executable, "-m", "diag", "--version"], capture_output=True, text=True, check=True)
        assert module.stdout == f"diag {VERSION}\n"

    @pytest.mark.parametrize("command", [["run"], ["lint"], ["config", "check"]])
    def test_without_a_configuration(self, command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whoever has none yet is told the ways in, whatever was tried, and one of them gives a file that is complete."""
        monkeypatch.chdir(tmp_path)
        result = diag(*command)
        assert result.exit_code == 2
        assert "expected a configuration file; it does not exist" in result.stderr
        for way in (
            "--cluster-url",
            "diag discover",
            "diag lint FILE",
            "diag config example > diag.yaml",
            "diag probe",
        ):
            assert way in result.stderr
        example = (Path(__file__).parents[3] / "diag.example.yaml").read_text()
        assert diag("config", "example").stdout == example

    def test_the_daemon_without_a_configuration(self, tmp_path: Path) -> None:
        """It does not start, for the reason that stands first, and names the ways in."""
        command = [sys.executable, "-m", "diag", "daemon", "-c", str(tmp_path / "diag.yaml")]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=ENDS_WITHIN)
        assert done.returncode == 2
        assert "it does not exist" in done.stderr.partition("Three ways in")[0]
        assert "diag config example > diag.yaml" in done.stderr.partition("Three ways in")[2]

    def test_a_configuration_that_is_wrong(self, tmp_path: Path) -> None:
        """Who has one is told what is wrong with it, and nothing else."""
        (tmp_path / "diag.yaml").write_text("clusters: 3\n")
        assert "Three ways in" not in diag("run", "-c", tmp_path / "diag.yaml").stderr

    def test_types_are_told(self) -> None:
        """Packs of others are checked against the types of both packages."""
        root = Path(__file__).parents[3]
        assert all((root / package / "py.typed").exists() for package in ("diag", "checks"))

    def test_our_own_failure(self, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """An unexpected error is one calm sentence and exit code 1; its text, which may hold anything, stays away."""

        def fail(*_: object, **__: object) -> None:
            msg = "planted-secret"
            raise ValueError(msg)

        monkeypatch.setattr("diag.cli.choice.load_config", fail)
        result = diag("run", "-c", config)
        assert result.exit_code == 1
        assert "diag itself failed (ValueError)" in result.stderr
        assert "planted-secret" not in result.output
        assert "Traceback" not in result.output

    def test_help_loads_nothing_slow(self) -> None:
        """The help is quick because it loads next to nothing."""
        code = "import sys; import diag.cli; print(' '.join(sys.modules))"
        loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
        slow = {
            "pydantic",
            "cryptography",
            "OpenSSL",
            "asyncio",
            "ssl",
            "yaml",
            "rich",
            "json",
            "diag.model",
            "dataclasses",
        }
        assert not slow & set(loaded)


class TestProcess:
    """What only a process of its own can show: streams and signals."""

    def start(self, *arguments: str | Path, **more: Any) -> subprocess.Popen[bytes]:
        """Start diag."""
        command = [sys.executable, "-c", "from diag.cli import main; main()", *map(str, arguments)]
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, **more)

    def test_broken_pipe(self, config: Path) -> None:
        """A reader that has seen enough is no error: no message, and the exit code of the report."""
        read, write = os.pipe()
        os.close(read)
        with self.start("run", "-c", config, "--format", "wide", stdout=write) as process:
            os.close(write)
            _, errors = process.communicate(timeout=ENDS_WITHIN)
        assert errors == b""
        assert process.returncode == 3

    def test_full_disk(self, config: Path) -> None:
        """A report that can't be written is our failure, in one line."""
        with Path("/dev/full").open("wb") as full, self.start("run", "-c", config, stdout=full) as process:
            _, errors = process.communicate(timeout=ENDS_WITHIN)
        assert process.returncode == 1
        assert errors == b"diag: cannot write to standard output: No space left on device\n"

    def test_interrupted(self, config: Path, port: int) -> None:
        """Ctrl-C ends quietly with 130, in the middle of a round."""

        def heed() -> None:
            """A suite that runs in the background of a shell ignores the signal, and so would what it starts."""
            signal.signal(signal.SIGINT, signal.SIG_DFL)

        # An address that nobody else on this machine dials: the first connection is that of the process.
        with socket.create_server(("127.130.0.1", 0)) as listener:
            listener.settimeout(PATIENCE)
            address = f"127.130.0.1:{listener.getsockname()[1]}"
            config.write_text(config.read_text().replace(f"127.0.0.1:{port}", address))
            with self.start("run", "-c", config, "--wait", "60s", stdout=subprocess.PIPE, preexec_fn=heed) as process:
                listener.accept()[0].close()
                process.send_signal(2)
                out, errors = process.communicate(timeout=ENDS_WITHIN)
        assert process.returncode == 130
        assert (out, errors.strip()) == (b"", b"")

    def test_ascii_terminal(self, config: Path) -> None:
        """A stream that takes ASCII only gets the report in ASCII."""
        env = {**os.environ, "PYTHONIOENCODING": "ascii"}
        with self.start("run", "-c", config, stdout=subprocess.PIPE, env=env) as process:
            out, _ = process.communicate(timeout=ENDS_WITHIN)
        assert b"search-eu -> logs" in out
        assert out.isascii()

    def test_closed_output(self) -> None:
        """Without a standard output there is a message and exit code 1."""
        with self.start("version", stdout=None, preexec_fn=lambda: os.close(1)) as process:
            _, errors = process.communicate(timeout=ENDS_WITHIN)
        assert process.returncode == 1
        assert b"standard output" in errors
