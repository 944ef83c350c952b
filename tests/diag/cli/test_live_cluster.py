"""A cluster that is named on the command line, with user and password: against an API that demands them."""

from __future__ import annotations

import base64
import json
import os
import pty
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.clilib import diag
from tests.diag.cli.test_setup import info, settings
from tests.diag.collect import peers
from tests.diag.collect.test_api import Cluster, http

PASSWORD = "planted päßword:with colon"
BASIC = "Basic " + base64.b64encode(f"doctor:{PASSWORD}".encode()).decode()


class Guarded(Cluster):
    """A cluster that answers nobody but the doctor."""

    def __init__(self) -> None:
        super().__init__(settings=settings(), info=info())
        self.refused = 0

    def __call__(self, sock: socket.socket) -> None:
        """Answer one request, if it carries the login."""
        request = sock.recv(65536, socket.MSG_PEEK).decode("latin-1")
        if f"authorization: {BASIC}".lower() in request.lower():
            super().__call__(sock)
        else:
            self.refused += 1
            sock.sendall(http('{"error": {"type": "security_exception"}, "status": 401}', "401 Unauthorized"))


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    """The password in a file, with a newline at its end."""
    path = tmp_path / "password"
    path.write_text(PASSWORD + "\n")
    return path


@pytest.mark.parametrize("way", ["file", "named variable", "usual variable", "typed"])
def test_every_way_to_a_password(way: str, password_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cluster is asked with the login, its remotes are looked at, and the password is in no output."""
    options: dict[str, dict[str, Any]] = {
        "file": {"more": ["--password-file", password_file]},
        "named variable": {"more": ["--password-env", "OTHER"], "environment": {"OTHER": PASSWORD}},
        "usual variable": {"environment": {"DIAG_PASSWORD": PASSWORD}},
        "typed": {"stdin": PASSWORD + "\n"},
    }
    given = options[way]
    monkeypatch.setattr("diag.cli.live_cluster._is_terminal", lambda: way == "typed")
    cluster = Guarded()
    with peers.peer(cluster) as port:
        url = f"http://127.0.0.1:{port}"
        arguments = ("run", "--cluster-url", url, "--username", "doctor", *given.pop("more", ()), "--format", "json")
        result = diag(*arguments, **given)
    assert result.exit_code == 3, result.stderr
    assert cluster.refused == 0
    remotes = {one["alias"]: one for one in json.loads(result.stdout)["clusters"][0]["remotes"]}
    assert remotes["logs"]["root_causes"] == ["network/tcp-refused"]
    assert "planted" not in result.output


def test_typed_at_a_terminal(tmp_path: Path) -> None:
    """At a real terminal the password is asked for, and what is typed does not appear."""
    cluster, (here, there) = Guarded(), pty.openpty()
    made = tmp_path / "diag.yaml"
    with peers.peer(cluster) as port:
        arguments = ("discover", "--cluster-url", f"http://127.0.0.1:{port}", "--username", "doctor", "-o", str(made))
        command = [sys.executable, "-m", "diag", *arguments]
        with subprocess.Popen(command, stdin=there, stdout=there, stderr=there, start_new_session=True) as process:
            os.close(there)
            shown = b""
            while b"Password of doctor: " not in shown:
                shown += os.read(here, 4096)
            os.write(here, PASSWORD.encode() + b"\n")
            while more := _read(here):
                shown += more
    os.close(here)
    assert process.returncode == 0, shown
    assert b"2 remotes found" in shown
    assert b"planted" not in shown
    # A typed password has no place that a file could name: the variable which is read for it stands there.
    auth = yaml.safe_load(made.read_text())["clusters"][0]["auth"]
    assert auth == {"username": "doctor", "password": {"env": "DIAG_PASSWORD"}}
    assert diag("config", "check", "-c", made, environment={"DIAG_PASSWORD": "x"}).exit_code == 0


def test_discover_writes_the_reference(password_file: Path, tmp_path: Path) -> None:
    """The file that is written names the place of the password, and works with it."""
    made = tmp_path / "diag.yaml"
    login = ("--username", "doctor", "--password-file", password_file)
    with peers.peer(Guarded()) as port:
        result = diag("discover", "--cluster-url", f"http://127.0.0.1:{port}", *login, "-o", made)
        ran = diag("run", "-c", made, "--format", "json")
    assert result.exit_code == 0, result.stderr
    assert PASSWORD not in made.read_text()
    (cluster,) = json.loads(ran.stdout)["clusters"]
    assert {one["alias"] for one in cluster["remotes"]} == {"logs", "audit"}


def test_a_wrong_password(tmp_path: Path) -> None:
    """A login that is refused is said to be, and is no success."""
    (tmp_path / "password").write_text("wrong")
    login = ("--username", "doctor", "--password-file", tmp_path / "password")
    with peers.peer(Guarded()) as port:
        url = f"http://127.0.0.1:{port}"
        assert diag("discover", "--cluster-url", url, *login).exit_code == 5
        ran = diag("run", "--cluster-url", url, *login)
    assert ran.exit_code in {3, 5}
    assert "401" in ran.stdout


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--username", "doctor"], "--cluster-url"),
        (["--cluster-url", "http://127.0.0.1:1", "--username", "doctor"], "a terminal to ask for it"),
        (["--cluster-url", "http://127.0.0.1:1", "--password-env", "X"], "go with --username"),
        (
            ["--cluster-url", "http://127.0.0.1:1", "--username", "doctor", "--password-env", "NOT_SET"],
            "the environment variable NOT_SET is not set",
        ),
        (
            ["--cluster-url", "http://127.0.0.1:1", "--username", "doctor", "--password-env", "a b"],
            "name of a variable",
        ),
        (["--cluster-url", "http://127.0.0.1:1", "--username", "", "--password-env", "PATH"], "the login"),
    ],
)
def test_logins_that_can_not_be_used(options: list[str], words: str) -> None:
    """What is missing or too much is named, before anybody is asked."""
    result = diag("run", *options, environment={"DIAG_PASSWORD": ""})
    assert result.exit_code == 2
    assert words in result.stderr


def test_two_logins(password_file: Path) -> None:
    """A key and a user are two logins, as are two places of one password."""
    url = ("--cluster-url", "http://127.0.0.1:1", "--username", "doctor")
    assert "two logins" in diag("run", *url, "--api-key-file", password_file).stderr
    both = diag("run", *url, "--password-file", password_file, "--password-env", "PATH")
    assert (both.exit_code, "expected one of them" in both.stderr) == (2, True)


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:  # The other side of the terminal is closed.
        return b""
