"""``diag run``: what is looked at, what is refused, where the report goes."""

from __future__ import annotations

import json
import os
import socket
import stat
import threading
import time
from pathlib import Path

import pytest

from diag.cli.command_options import FORMATS
from tests.clilib import REFUSED, diag


class TestRun:
    """``diag run``."""

    def test_a_broken_remote(self, config: Path) -> None:
        """A refused port is the root cause; the exit code is 3, and nothing goes to standard error."""
        result = diag("run", "-c", config, "--remote", "logs", "--only", "network/*")
        assert result.exit_code == 3
        assert f"✗ critical  {REFUSED}" in result.stdout
        assert "1 remote: 1 failing" in result.stdout
        assert not result.stderr
        assert "\x1b" not in result.stdout

    def test_json(self, config: Path) -> None:
        """The JSON report covers every cluster and remote."""
        result = diag("run", "-c", config, "--format", "json")
        clusters = json.loads(result.stdout)["clusters"]
        assert [c["name"] for c in clusters] == ["search-eu", "search-us"]
        assert [[r["alias"] for r in c["remotes"]] for c in clusters] == [["logs", "audit"], ["metrics"]]
        assert clusters[0]["remotes"][0]["root_causes"] == [REFUSED]

    def test_choose_cluster_and_remote(self, config: Path) -> None:
        """Only what was chosen is looked at."""
        result = diag("run", "-c", config, "--cluster", "search-us", "--format", "json")
        assert [c["name"] for c in json.loads(result.stdout)["clusters"]] == ["search-us"]
        result = diag("run", "-c", config, "--remote", "audit", "--format", "json")
        [cluster] = json.loads(result.stdout)["clusters"]
        assert [r["alias"] for r in cluster["remotes"]] == ["audit"]

    def test_choose_checks(self, config: Path) -> None:
        """Globs choose the checks that run."""
        result = diag("run", "-c", config, "--only", "network/*", "--skip", REFUSED, "--format", "ndjson")
        checks = {json.loads(line)["check"] for line in result.stdout.splitlines()}
        assert checks
        assert REFUSED not in checks
        assert all(check.startswith("network/") for check in checks)

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (("--cluster", "serch-eu"), "did you mean search-eu"),
            (("--remote", "Logs"), "did you mean logs?"),
            (("--remote", "\x1b[31m"), "\\x1b[31m"),
            (("--remote", "zzzz"), "there are logs, audit, metrics"),
            (("--only", "network/tcp-refusd"), f"did you mean {REFUSED}"),
            (("--skip", "qqqq/*"), "diag checks list"),
            (("--only", "network/*", "--skip", "*"), "no check is left"),
            (("--fail-on", "fatal"), "fatal"),
            (("--format", "pdf"), "pdf"),
            (("--wait", "10"), "such as 10s"),
            (("--timeout", "0s"), "0s"),
            (("--nonsense",), "--nonsense"),
        ],
    )
    def test_what_can_not_be_done(self, config: Path, arguments: tuple[str, ...], words: str) -> None:
        """A wrong word is refused with exit code 2, before anything is looked at, and the nearest right one is named."""
        result = diag("run", "-c", config, *arguments)
        assert result.exit_code == 2
        assert words in result.stderr
        assert "\x1b" not in result.stderr
        assert not result.stdout

    def test_a_broken_configuration(self, tmp_path: Path) -> None:
        """Every error of the configuration is told with its place; the exit code is 2."""
        path = tmp_path / "diag.yaml"
        path.write_text("clusters:\n  - name: a\n    remotess: []\ninterwal: 5s\n")
        result = diag("run", "-c", path)
        assert result.exit_code == 2
        assert f"diag: {path}:3:5" in result.stderr
        assert f"diag: {path}:4:1" in result.stderr

    def test_no_configuration(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without a file the default one is missed by name; the environment can name another."""
        monkeypatch.chdir(tmp_path)
        result = diag("run")
        assert result.exit_code == 2
        assert "diag: diag.yaml: expected a configuration file" in result.stderr
        result = diag("run", environment={"DIAG_CONFIG": str(tmp_path / "other.yaml")})
        assert "other.yaml" in result.stderr

    def test_unknown_checks_in_the_configuration(self, config: Path) -> None:
        """A check that the configuration names and nobody knows is refused."""
        config.write_text(config.read_text() + "checks: {skip: [network/tcp-refusd]}\n")
        result = diag("run", "-c", config)
        assert result.exit_code == 2
        assert "diag.yaml:14:17: checks.skip[0]: value 'network/tcp-refusd': no check matches" in result.stderr

    def test_acknowledged(self, config: Path) -> None:
        """An acknowledged finding is shown with its note and counts for nothing."""
        acknowledged = f"{{check: {REFUSED}, until: 2099-01-01, note: being rebuilt}}"
        config.write_text(config.read_text() + f"checks: {{acknowledge: [{acknowledged}]}}\n")
        result = diag("run", "-c", config, "--only", REFUSED, "--remote", "logs")
        assert "acknowledged until 2099-01-01: being rebuilt" in result.stdout
        assert result.exit_code == 0

    def test_fail_on(self, config: Path) -> None:
        """Severities below the level are no failure."""
        config.write_text(config.read_text() + f"checks: {{severity: {{{REFUSED}: warning}}}}\n")
        only = ("run", "-c", config, "--only", REFUSED, "--remote", "logs")
        assert diag(*only).exit_code == 4
        assert diag(*only, "--fail-on", "error").exit_code == 0

    def test_nothing_to_look_at(self, tmp_path: Path) -> None:
        """A run that looked at no remote says so and exits with 5, in every format."""
        path = tmp_path / "diag.yaml"
        path.write_text("clusters:\n  - {name: a, url: 'http://127.0.0.1:1'}\n")
        for name in FORMATS:
            result = diag("run", "-c", path, "--format", name)
            assert result.exit_code == (3 if name == "nagios" else 5), name
            assert "o remote was looked at" in result.output

    def test_timeout(self, config: Path) -> None:
        """A peer that never answers does not hold the run up; what was not seen is unknown."""
        with socket.create_server(("127.0.0.1", 0)) as silent:
            address = f"127.0.0.1:{silent.getsockname()[1]}"
            text = config.read_text().replace("handshake: 20s", "handshake: 3600s")
            config.write_text(text.replace(text.partition('proxy_address: "')[2].partition('"')[0], address, 1))
            started = time.monotonic()
            result = diag("run", "-c", config, "--remote", "logs", "--timeout", "1s", "--only", "tls/*")
        assert time.monotonic() - started < 300
        assert result.exit_code in {3, 5}
        assert "✓ ok" not in result.stdout

    def test_wait_until_time_is_up(self, config: Path) -> None:
        """What stays broken is reported when the time is up."""
        started = time.monotonic()
        result = diag("run", "-c", config, "--remote", "logs", "--wait", "1s", "--only", REFUSED)
        assert time.monotonic() - started >= 1
        assert result.exit_code == 3

    def test_wait_until_it_is_well(self, config: Path, port: int) -> None:
        """A port that opens while diag waits ends the wait."""
        held = socket.socket()
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)

        def open_port() -> None:
            time.sleep(0.5)
            held.bind(("127.0.0.2", port))
            held.listen()

        text = config.read_text().replace("127.0.0.1:", "127.0.0.2:")
        config.write_text(text.replace("handshake: 20s", "handshake: 1s"))
        thread = threading.Thread(target=open_port)
        thread.start()
        result = diag("run", "-c", config, "--remote", "logs", "--wait", "60s", "--only", REFUSED)
        thread.join()
        held.close()
        assert result.exit_code == 0, result.output

    def test_prometheus(self, config: Path, tmp_path: Path) -> None:
        """The series of the report go to a file that is readable for others, as a textfile collector needs it."""
        target = tmp_path / "diag.prom"
        result = diag("run", "-c", config, "--format", "prometheus", "-o", target)
        assert result.exit_code == 3
        assert not result.stdout
        assert 'diag_remote_status{cluster="search-eu",remote="logs"} 2' in target.read_text()
        mask = os.umask(0)
        os.umask(mask)
        assert stat.S_IMODE(target.stat().st_mode) == 0o666 & ~mask

    def test_nagios(self, config: Path, tmp_path: Path) -> None:
        """Nagios gets its own codes: 2 is critical, and what could not be looked at is 3, said on standard output."""
        result = diag("run", "-c", config, "--format", "nagios")
        assert result.exit_code == 2
        assert result.stdout.startswith("REMOTES CRITICAL - 3 remotes")
        result = diag("run", "-c", tmp_path / "none.yaml", "--format", "nagios")
        assert result.exit_code == 3
        assert result.stdout.startswith("REMOTES UNKNOWN - ")

    @pytest.mark.parametrize("target", ["missing/report.txt", "."])
    def test_output_that_can_not_be_written(self, config: Path, tmp_path: Path, target: str) -> None:
        """Where the report can't be written, one line says so, and no half file is left."""
        result = diag("run", "-c", config, "--remote", "logs", "-o", tmp_path / target)
        assert result.exit_code in {1, 2}
        assert "Traceback" not in result.output
        assert str(tmp_path) in result.stderr
        assert [config] == list(tmp_path.iterdir())

    def test_output_replaces_a_file_through_a_link(self, config: Path, tmp_path: Path) -> None:
        """An existing file is replaced as a whole; a symbolic link stays one."""
        real, link = tmp_path / "real", tmp_path / "link"
        real.write_text("before" * 10_000)
        link.symlink_to(real)
        diag("run", "-c", config, "--remote", "logs", "-o", link)
        assert link.is_symlink()
        assert "before" not in real.read_text()
        assert "✗ FAIL" in real.read_text()
