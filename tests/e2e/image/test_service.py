"""The unit on a machine that boots: systemd starts, watches, reloads and stops the daemon, hardened as the unit says."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.image.building import ROOT, Image
from tests.e2e.image.machine import Machine, machine

pytestmark = pytest.mark.full
CONFIG = """\
clusters:
  - name: a
    keystore: []
    remotes:
      - {alias: b, mode: proxy, proxy_address: "127.0.0.1:1", credential: {file: /run/credentials/diag.service/logs.key}}
daemon: {history: {path: /var/lib/diag/history.sqlite}}
"""
LAB = "/srv/lab"
# The users that systemd invents.
DYNAMIC = range(61184, 65520)
ASK = "import sys, urllib.request as u; sys.stdout.write(u.urlopen(sys.argv[1]).read().decode())"


@pytest.fixture(scope="module")
def booted(image: Image, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine on which diag is installed as docs/running.md says, with the drop-in for secrets of that page."""
    (drop_in,) = re.findall(
        r"```ini\n(\[Service\]\nLoadCredential=.*?)```", (ROOT / "docs" / "running.md").read_text(), re.DOTALL
    )

    def prepare(root: Path) -> None:
        subprocess.run(["cp", "-a", image.bundle / "rootfs" / "opt" / "diag", root / "opt"], check=True)
        secrets, units = root / "etc" / "diag" / "secrets", root / "etc" / "systemd" / "system"
        secrets.mkdir(parents=True)
        for name in ("logs.key", "search-eu.key"):
            (secrets / name).write_text("bm90aGluZzpzZWNyZXQ=")
            (secrets / name).chmod(0o600)
        (root / "etc" / "diag" / "diag.yaml").write_text(CONFIG)
        shutil.copy(ROOT / "deploy" / "systemd" / "diag.service", units)
        for folder in ("diag.service.d", "multi-user.target.wants"):
            (units / folder).mkdir(exist_ok=True)
        (units / "diag.service.d" / "secrets.conf").write_text(drop_in)
        (units / "multi-user.target.wants" / "diag.service").symlink_to("/etc/systemd/system/diag.service")

    with machine(tmp_path_factory.mktemp("machine"), prepare) as made:
        yield made


@pytest.fixture
def served(booted: Machine) -> Machine:
    """The same, with the daemon as it is after the start."""
    (booted.root / "etc" / "diag" / "diag.yaml").write_text(CONFIG)
    booted.run("systemctl", "daemon-reload")
    booted.run("systemctl", "reset-failed", "diag")
    booted.run("systemctl", "restart", "diag")
    return booted


def asked(made: Machine, path: str) -> str:
    """What the daemon answers."""
    return made.run("/opt/diag/bin/python", "-c", ASK, f"http://127.0.0.1:9643{path}").stdout


def test_it_is_started_at_boot_and_hardened(booted: Machine) -> None:
    """Active means that it said so; its user, its rights and its system calls are what the unit says."""
    booted.until(lambda: booted.shown("diag", "ActiveState") == "active", "diag")
    assert booted.shown("diag", "StatusText").startswith("serving at http://127.0.0.1:9643")
    number = booted.shown("diag", "MainPID")
    status = dict(line.split(":", 1) for line in booted.run("cat", f"/proc/{number}/status").stdout.splitlines())
    assert {int(one) in DYNAMIC for one in status["Uid"].split()} == {True}
    assert {status[one].strip().strip("0") for one in ("CapPrm", "CapEff", "CapBnd", "CapAmb")} == {""}
    assert (status["NoNewPrivs"].strip(), status["Seccomp"].strip()) == ("1", "2")


def test_it_reads_its_secrets_and_keeps_the_past(served: Machine) -> None:
    """A file of root reaches it as a credential, the only place where it writes is its own."""
    # The log also tells of the rounds before this start.
    cause = 'diag_root_cause{cluster="a",remote="b",check="network/tcp-refused"'
    served.until(lambda: cause in asked(served, "/metrics"), "diag")
    assert (served.root / "var" / "lib" / "private" / "diag" / "history.sqlite").exists()
    assert "Traceback" not in served.log_of("diag")


def test_a_reload_is_told_and_a_bad_one_refused(served: Machine) -> None:
    """``systemctl reload`` reaches it, and ``systemctl status`` says what became of it."""
    config = served.root / "etc" / "diag" / "diag.yaml"
    config.write_text(CONFIG.replace("alias: b", "alias: other"))
    served.run("systemctl", "reload", "diag")
    served.until(lambda: 'remote="other"' in asked(served, "/metrics"), "diag")
    config.write_text("clusters: 7\n")
    served.run("systemctl", "reload", "diag")
    served.until(lambda: "refused" in served.shown("diag", "StatusText"), "diag")
    assert served.shown("diag", "ActiveState") == "active"


def test_a_daemon_without_life_is_replaced(served: Machine) -> None:
    """Stopped in its tracks, it misses the watchdog; systemd ends it and starts another one."""
    drop_in = served.root / "etc" / "systemd" / "system" / "diag.service.d" / "soon.conf"
    drop_in.write_text("[Service]\nWatchdogSec=3\nRestartSec=1\n")
    try:
        served.run("systemctl", "daemon-reload")
        served.run("systemctl", "restart", "diag")
        before = served.shown("diag", "MainPID")
        served.run("kill", "-STOP", before)
        served.until(lambda: served.shown("diag", "NRestarts") != "0", "diag")
        served.until(lambda: served.shown("diag", "ActiveState") == "active", "diag")
        assert served.shown("diag", "MainPID") != before
    finally:
        drop_in.unlink()


def test_a_configuration_that_is_refused_is_not_tried_again(served: Machine) -> None:
    """The unit fails once, and the log says why."""
    (served.root / "etc" / "diag" / "diag.yaml").write_text("clusters: 7\n")
    assert served.run("systemctl", "restart", "diag", check=False).returncode != 0
    assert served.shown("diag", "ActiveState") == "failed"
    assert (served.shown("diag", "ExecMainStatus"), served.shown("diag", "NRestarts")) == ("2", "0")
    assert "/etc/diag/diag.yaml:1:11: clusters" in served.log_of("diag")


def test_it_stops_in_good_order(served: Machine) -> None:
    """SIGTERM is what it is sent, and 0 what it ends with."""
    served.run("systemctl", "stop", "diag")
    assert (served.shown("diag", "ActiveState"), served.shown("diag", "Result")) == ("inactive", "success")
    assert served.shown("diag", "ExecMainStatus") == "0"


def causes(report: dict[str, Any]) -> dict[str, Any]:
    """The status and the root causes of each remote."""
    return {one["alias"]: (one["status"], one["root_causes"]) for one in report["clusters"][0]["remotes"]}


def test_it_finds_what_a_program_without_limits_finds(served: Machine) -> None:
    """Each fault of the lab: what the unit forbids takes away nothing that diag needs."""
    start = ("systemd-run", "--unit=lab", "--property=UMask=0022", "/opt/diag/bin/diag", "lab", "--write", LAB)
    served.run(*start)
    served.until((served.root / LAB.lstrip("/") / "diag.yaml").exists, "lab")
    served.run("chmod", "-R", "a+rX", LAB)
    free = json.loads(served.run("/opt/diag/bin/diag", "run", "-c", f"{LAB}/diag.yaml", "--format", "json", check=False).stdout)  # fmt: skip
    # The daemon serves at a port that is not in the configuration of the lab.
    drop_in = served.root / "etc" / "systemd" / "system" / "diag.service.d" / "lab.conf"
    drop_in.write_text(f"[Service]\nEnvironment=DIAG_CONFIG={LAB}/diag.yaml DIAG_LISTEN=127.0.0.1:9643\n")
    try:
        served.run("systemctl", "daemon-reload")
        served.run("systemctl", "restart", "diag")
        served.until(lambda: served.run("/opt/diag/bin/python", "-c", ASK, "http://127.0.0.1:9643/-/ready", check=False).returncode == 0, "diag")  # fmt: skip
        hardened = json.loads(asked(served, "/report?full=1"))
        assert causes(hardened) == causes(free)
        assert len(causes(free)) > 25
    finally:
        drop_in.unlink()
        served.run("systemctl", "stop", "lab", check=False)
