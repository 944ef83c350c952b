"""What a shell is told when somebody presses Tab. Real shells are asked end to end."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from diag.cli import program
from diag.cli.completing import SHELLS, VARIABLE
from tests.clilib import diag


def completed(*words: str) -> list[str]:
    """What the program answers to bash for words of which the last one is begun."""
    told = {VARIABLE: "bash_complete", "COMP_WORDS": " ".join(("diag", *words)), "COMP_CWORD": str(len(words))}
    answer = CliRunner().invoke(program, [], prog_name="diag", env=told).stdout
    return [line.partition(",")[2] for line in answer.splitlines()]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("che",), ["checks"]),
        (("checks", "ex"), ["explain"]),
        (("run", "--fail"), ["--fail-on"]),
        (("run", "--fail-on", "w"), ["warning"]),
        (("checks", "explain", "tls/expir"), ["tls/expired", "tls/expiring-soon"]),
        (("run", "--skip", "license/expir"), ["license/expired"]),
        (("setup", "connection", "--mode", "s"), ["sniff"]),
        (("completion", "z"), ["zsh"]),
    ],
)
def test_the_last_word_is_completed(words: tuple[str, ...], expected: list[str]) -> None:
    """Commands, options, choices and ids of checks."""
    assert completed(*words)[: len(expected)] == expected


def test_hidden_commands_are_not_offered() -> None:
    """``checks reference`` is for who works on diag."""
    assert set(completed("checks", "")) == {"list", "explain"}


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_calls_the_program_back(shell: str) -> None:
    """The name and the variable are those that the program answers to."""
    script = diag("completion", shell).stdout
    assert f"{VARIABLE}={shell}_complete" in script
    assert "diag" in script


def test_an_unknown_shell_is_refused() -> None:
    """With those that there are."""
    result = diag("completion", "tcsh")
    assert result.exit_code == 2
    assert "bash" in result.stderr
