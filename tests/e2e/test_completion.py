"""Real shells complete: each gets the script that diag prints, and is asked what it would offer."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import program
from tests.patience import PATIENCE

# What bash does when somebody presses Tab: the function that the script registered, with the words so far.
_BASH = """
source completion
COMP_WORDS=({words}) COMP_CWORD={last} COMPREPLY=()
registered=$(complete -p diag) && [[ $registered =~ -F\\ ([^ ]+) ]] && "${{BASH_REMATCH[1]}}" diag
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
QUESTIONS = [
    (("checks", "ex"), "explain"),
    (("run", "--fail-"), "--fail-on"),
    (("run", "--format", "jun"), "junit"),
    (("checks", "explain", "tls/weak-k"), "tls/weak-key"),
]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with the program under its name, as an installation has it."""
    (tmp_path / "bin").mkdir()
    own = tmp_path / "bin" / "diag"
    own.write_text(f"#!{sys.executable}\nfrom diag.cli import main\nmain()\n")
    own.chmod(0o755)
    return tmp_path


def script(place: Path, shell: str) -> str:
    """What diag prints for a shell."""
    done = subprocess.run([place / "bin" / "diag", "completion", shell], capture_output=True, text=True, check=True)
    return done.stdout


def environment(place: Path) -> dict[str, str]:
    """Nothing of the caller but the way to programs."""
    return {"PATH": f"{place / 'bin'}:{os.environ['PATH']}", "HOME": str(place), "TERM": "dumb", "LC_ALL": "C.UTF-8"}


@pytest.mark.parametrize(
    ("words", "expected"), QUESTIONS, ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_bash(place: Path, words: tuple[str, ...], expected: str) -> None:
    """The registered function fills COMPREPLY."""
    (place / "completion").write_text(script(place, "bash"))
    asked = _BASH.format(words=" ".join(("diag", *words)), last=len(words))
    command = [program("bash"), "--norc", "-c", asked]
    done = subprocess.run(command, cwd=place, env=environment(place), capture_output=True, text=True, check=False)
    assert expected in done.stdout.split(), done.stderr
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("words", "expected"), QUESTIONS, ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_fish(place: Path, words: tuple[str, ...], expected: str) -> None:
    """``complete -C`` prints what Tab would offer."""
    folder = place / ".config" / "fish" / "completions"
    folder.mkdir(parents=True)
    (folder / "diag.fish").write_text(script(place, "fish"))
    command = [program("fish"), "-c", f"complete -C 'diag {' '.join(words)}'"]
    done = subprocess.run(command, cwd=place, env=environment(place), capture_output=True, text=True, check=False)
    assert expected in [line.partition("\t")[0] for line in done.stdout.splitlines()], done.stderr


@pytest.mark.parametrize(
    ("words", "expected"), QUESTIONS, ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_zsh(place: Path, words: tuple[str, ...], expected: str) -> None:
    """Zsh completes at its prompt alone: it gets a terminal, the begun line and a Tab, and the line that it made is run."""
    functions = place / "functions"
    functions.mkdir()
    (functions / "_diag").write_text(script(place, "zsh"))
    (place / ".zshrc").write_text(
        f"fpath=({functions} $fpath)\nautoload -Uz compinit && compinit -u\nPS1='READY>'\n"
        "diag-made() { print -r -- \"MADE[$BUFFER]\"; BUFFER=''; zle accept-line }\nzle -N diag-made\nbindkey '^X' diag-made\n"
    )
    assert re.search(
        rf"MADE\[diag {' '.join(words[:-1])} ?{re.escape(expected)} ?\]", _typed(place, f"diag {' '.join(words)}")
    )


def _read_until(terminal: int, pattern: str) -> str:
    """What is shown on a terminal, up to something that has to come."""
    shown = ""
    while re.search(pattern, shown) is None:
        ready, _, _ = select.select([terminal], [], [], PATIENCE)
        assert ready, f"no {pattern} in {shown!r}"
        shown += os.read(terminal, 65536).decode(errors="replace")
    return shown


def _typed(place: Path, line: str) -> str:
    """Type a line, Tab and Control-X into a zsh on a terminal; what it showed."""
    master, slave = pty.openpty()
    shell = subprocess.Popen(
        [program("zsh"), "-i"],
        cwd=place,
        env=environment(place),
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    shown = ""
    try:
        shown += _read_until(master, r"READY>")
        os.write(master, f"{line}\t\x18".encode())
        shown += _read_until(master, r"MADE\[[^]]*\]")
    finally:
        shell.kill()
        shell.wait()
        os.close(master)
    return shown
