"""``diag setup connection``: what it takes, asks, writes and refuses."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from diag.cli import setup_connection
from diag.setup import documents, one_page
from diag.setup.answers import KINDS, MODELS
from tests.clilib import diag
from tests.diag.setup.made import answers, made
from tests.patience import ENDS_WITHIN
from tests.pki import new_ca

KEY_MODEL = (
    *(
        "--local-kind",
        "self_managed",
        "--local-release",
        "9.2.0",
        "--remote-kind",
        "hosted",
        "--remote-release",
        "9.2.0",
    ),
    *("--security-model", "api_key", "--alias", "logs", "--address", "logs.example", "--search", "logs-*"),
)


def flags(model: str, local: str, remote: str) -> list[str]:
    """The same answers as options, without the CAs, which are files there."""
    found = []
    for option, value in answers(model, local, remote).items():
        if not option.endswith("_ca"):
            for one in (value,) if isinstance(value, str) else value:
                found += [f"--{option.replace('_', '-')}", one]
    return found


def test_the_choices() -> None:
    """What --help names is what there is."""
    assert (setup_connection.KINDS, setup_connection.MODELS) == (KINDS, MODELS)


@pytest.mark.parametrize("model", MODELS)
def test_one_page(model: str) -> None:
    """Without a folder everything comes as one page of Markdown, and nothing else on standard output."""
    result = diag("setup", "connection", *flags(model, "self_managed", "self_managed"))
    assert result.exit_code == 0, result.stderr
    assert result.stdout == one_page(made(model, "self_managed", "self_managed"))
    assert result.stderr == ""


def test_a_folder(tmp_path: Path) -> None:
    """All documents are written; a second time only with --force, and nothing before it is sure."""
    folder = tmp_path / "new" / "logs"
    folder.parent.mkdir()
    arguments = ("setup", "connection", *flags("api_key", "hosted", "self_managed"), "-o", folder)
    assert diag(*arguments).exit_code == 0
    expected = {one.path: one.text for one in documents(made("api_key", "hosted", "self_managed"))}
    assert {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()} == expected
    assert list(folder.parent.iterdir()) == [folder]
    (folder / "README.md").write_text("mine")
    (folder / "diag.yaml").unlink()
    again = diag(*arguments)
    assert (again.exit_code, "README.md" in again.stderr, "--force" in again.stderr) == (2, True, True)
    assert (folder / "README.md").read_text() == "mine"
    assert not (folder / "diag.yaml").exists()
    assert diag(*arguments, "--force").exit_code == 0
    assert (folder / "README.md").read_text() == expected["README.md"]


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """The reason is said, and nothing is left behind."""
    (tmp_path / "file").write_text("")
    result = diag("setup", "connection", *KEY_MODEL, "-o", tmp_path / "file" / "logs")
    assert result.exit_code == 1
    assert "cannot" in result.stderr
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_a_pipe_is_not_asked() -> None:
    """Every missing option is named at once, and standard input stays unread."""
    result = diag("setup", "connection", "--alias", "logs", "--local-kind", "hosted", stdin="api_key\n")
    assert result.exit_code == 2
    assert result.stdout == ""
    for flag in ("--remote-kind", "--security-model", "--local-release", "--remote-release", "--address"):
        assert flag in result.stderr
    assert "--alias" not in result.stderr
    later = diag("setup", "connection", *KEY_MODEL[:-2])
    assert (later.exit_code, "missing: --search or --replicate" in later.stderr) == (2, True)


def test_a_terminal_is_asked() -> None:
    """Questions come on the terminal, answers complete what was given, and the page goes to standard output alone."""
    master, terminal = pty.openpty()
    command = [sys.executable, "-m", "diag", "setup", "connection", *KEY_MODEL[:-4]]
    with subprocess.Popen(command, stdin=terminal, stdout=subprocess.PIPE, stderr=terminal, text=True) as process:
        os.close(terminal)
        os.write(master, b"logs.example\n\nlogs-* audit\n")
        page, _ = process.communicate(timeout=ENDS_WITHIN)
    shown = os.read(master, 65536).decode()
    os.close(master)
    assert process.returncode == 0, shown
    assert "Address of the remote" in shown
    assert "indices to search" in shown
    assert "indices to replicate" in shown
    assert "Address of the remote" not in page
    assert '"cluster.remote.logs.proxy_address": "logs.example:9443"' in page
    assert '"audit"' in page
    assert '"search"' not in page


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--address", "logs.example:9400"), "config/port-model-mismatch"),
        (("--address", "10.0.0.1"), "config/server-name-missing"),
        (("--local-release", "8.9.0"), "version/apikey-min"),
        (("--local-release", "new"), "'new' is no version"),
        (("--alias", "Logs"), "--alias 'Logs'"),
        (("--mode", "sniff"), "config/sniff-to-proxied-endpoint"),
    ],
)
def test_refused(more: tuple[str, ...], words: str, tmp_path: Path) -> None:
    """What the checks would call an error is not written."""
    kept = [*KEY_MODEL]
    if more[0] == "--address":
        at = kept.index("--address")
        del kept[at : at + 2]
    result = diag("setup", "connection", *kept, *more, "-o", tmp_path / "logs")
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr
    assert not (tmp_path / "logs").exists()


def test_a_warning_is_said() -> None:
    """What works and is on its way out is written, with the word of the check."""
    both = ("--local-release", "9.2.0", "--remote-release", "9.2.0")
    result = diag("setup", "connection", *flags("certificate", "hosted", "hosted"), *both)
    assert result.exit_code == 0
    assert "version/cert-model-deprecated" in result.stderr


def test_the_ca(tmp_path: Path) -> None:
    """The public certificate of the CA goes into the payload; a private key, a node's certificate and anything else do not."""
    ca = new_ca("Their CA")
    arguments = ("setup", "connection", *flags("certificate", "hosted", "self_managed"), "-o", tmp_path / "out")
    for name, data, words in (
        ("key.pem", ca.pem + ca.leaf("node").key_pem, "private key"),
        ("leaf.pem", ca.leaf("node").pem, "certificate of a node"),
        ("text.pem", b"no certificate", "expected the certificate of a CA"),
    ):
        (tmp_path / name).write_bytes(data)
        refused = diag(*arguments, "--remote-ca", tmp_path / name)
        assert (refused.exit_code, words in refused.stderr) == (2, True), refused.stderr
        assert "-----" not in refused.stderr
    (tmp_path / "ca.pem").write_bytes(ca.pem)
    assert diag(*arguments, "--remote-ca", tmp_path / "ca.pem").exit_code == 0
    payload = yaml.safe_load((tmp_path / "out" / "local" / "trust-payload.json").read_text())
    assert payload["trust"]["direct"][0]["certificates"] == [{"pem": ca.pem.decode()}]


def test_force_needs_a_folder() -> None:
    """An option that would do nothing is a mistake."""
    assert diag("setup", "connection", *KEY_MODEL, "--force").exit_code == 2
