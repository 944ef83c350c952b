"""The image runs as in production, and answers at its port."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from diag import VERSION
from tests.e2e.image.building import Image
from tests.e2e.image.container import Container, How, cable, container

pytestmark = pytest.mark.full
NOBODY = 65534
CONFIG = """\
clusters:
  - name: a
    keystore: []
    remotes: [{alias: b, mode: proxy, proxy_address: "127.0.0.1:1"}]
"""
NUMBERS = itertools.count(os.getpid() % 100)


@pytest.fixture(scope="module")
def running(image: Image, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    """One that runs without any argument, variable or change: what ``docker run -p 9643:9643 -v …:/etc/diag:ro diag`` starts."""
    etc = etc_with(tmp_path_factory.mktemp("etc"), CONFIG)
    with container(image, tmp_path_factory.mktemp("plain"), etc) as made:
        made.until("daemon.started")
        with cable(made, next(NUMBERS)) as connected:
            made.until("round.finished")
            yield connected


def etc_with(folder: Path, config: str) -> Path:
    """The folder that is mounted; the user of the container is somebody else than its owner."""
    folder.chmod(0o755)
    (folder / "diag.yaml").write_text(config)
    return folder


def status_of(pid: int) -> dict[str, str]:
    """What the kernel says of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}


def test_it_answers_at_its_port_from_outside(running: Container) -> None:
    """The page, the metrics, the probes: over the network of the container, not its loopback."""
    assert "diag_remote_status{" in running.get("/metrics")
    assert "<html" in running.get("/")
    assert running.get("/-/ready")


def test_it_runs_as_nobody_and_may_do_nothing(running: Container) -> None:
    """The user is that of the image; nothing of what it might do otherwise is left."""
    status = status_of(running.pid)
    assert set(status["Uid"].split()) == set(status["Gid"].split()) == {str(NOBODY)}
    assert status["Groups"] in {"", str(NOBODY)}
    assert {status[one].strip("0") for one in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {""}
    assert status["NoNewPrivs"] == "1"


def test_it_writes_nothing(running: Container) -> None:
    """Its root is read-only; the test would notice one that is not."""
    tried = running.run("python", "-c", "open('/tmp/x', 'w')")
    assert "Read-only file system" in tried.stderr
    assert "Traceback" not in running.log.read_text()


def test_a_new_volume_for_what_it_remembers_is_its_own(image: Image) -> None:
    """Docker gives a new volume the owner of the folder that it covers."""
    state = image.bundle / "rootfs" / "var" / "lib" / "diag"
    assert (state.stat().st_uid, state.stat().st_gid, list(state.iterdir())) == (NOBODY, NOBODY, [])


def test_it_holds_what_it_needs_and_no_tool_to_install_more(running: Container) -> None:
    """The release of this tree, and no pip beside it."""
    assert VERSION in running.run("diag", "version").stdout
    assert running.run("python", "-m", "pip", "--version").returncode != 0
    assert running.run("diag", "checks", "list").stdout.count("\n") > 100


def test_the_health_check_passes_while_it_lives(image: Image, running: Container) -> None:
    """The command is the one of the image. A daemon that is stopped in its tracks is unhealthy, and well again afterwards."""
    kind, *command = image.config["Healthcheck"]["Test"]
    assert kind == "CMD"
    done = running.run(*command)
    assert (done.returncode, done.stderr) == (0, "")
    running.signal("STOP")
    try:
        assert running.run(*command).returncode == 1
    finally:
        running.signal("CONT")
    assert running.run(*command).returncode == 0


def test_hup_reloads_and_term_ends_with_0(image: Image, tmp_path: Path) -> None:
    """Both reach the daemon, which is the first process: no shell is in between."""
    (tmp_path / "etc").mkdir()
    with container(image, tmp_path, etc_with(tmp_path / "etc", CONFIG)) as made:
        made.until("round.finished")
        made.signal("HUP")
        made.until("config.loaded")
        made.signal("TERM")
        assert made.end() == 0
        assert "daemon.stopped" in made.log.read_text()


def test_another_port_is_served_and_checked(image: Image, tmp_path: Path) -> None:
    """``DIAG_LISTEN`` moves both."""
    (tmp_path / "etc").mkdir()
    with container(image, tmp_path, etc_with(tmp_path / "etc", CONFIG), DIAG_LISTEN="0.0.0.0:8080") as made:
        made.until("daemon.started")
        with cable(made, next(NUMBERS)) as connected:
            assert "diag_build_info" in connected.get("/metrics", 8080)
            assert connected.run(*image.config["Healthcheck"]["Test"][1:]).returncode == 0


@pytest.mark.parametrize(("mode", "owner", "good"), [(0o600, 0, False), (0o400, NOBODY, True), (0o440, 0, True)])
def test_a_secret_has_to_be_readable_for_its_user(
    mode: int, owner: int, *, good: bool, image: Image, tmp_path: Path
) -> None:
    """A file of root is not: diag says so and ends. One that belongs to the user or its group is."""
    (tmp_path / "etc").mkdir()
    etc = etc_with(tmp_path / "etc", CONFIG.replace('"127.0.0.1:1"', '"127.0.0.1:1", credential: {file: key}'))
    (etc / "key").write_text("bm90aGluZzpzZWNyZXQ=")
    (etc / "key").chmod(mode)
    os.chown(etc / "key", owner, NOBODY)
    with container(image, tmp_path, etc) as made:
        if good:
            made.until("round.finished")
        else:
            assert made.end() == 2
            assert "/etc/diag/key may not be read by this user" in made.log.read_text()


def test_any_user_may_run_it(image: Image, tmp_path: Path) -> None:
    """``docker run --user``: nothing in the image belongs to one user only."""
    assert image.config["User"] == f"{NOBODY}:{NOBODY}"
    assert image.config["ExposedPorts"] == {"9643/tcp": {}}
    assert image.config["Entrypoint"] == ["diag"]
    assert image.config["Cmd"] == ["daemon"]
    (tmp_path / "etc").mkdir()
    etc = etc_with(tmp_path / "etc", CONFIG)
    with container(image, tmp_path, etc, how=How(user=1234)) as made:
        made.until("round.finished")
        assert set(status_of(made.pid)["Uid"].split()) == {"1234"}
