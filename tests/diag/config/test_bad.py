"""Every file in ``bad`` is refused with exactly the text that stands beside it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from diag.config import ConfigError, load_config

BAD = Path(__file__).parent / "bad"
FILES = sorted(BAD.glob("*.yaml"))
ENVIRONMENT = {"DIAG_TEST_SET": "planted-in-environment", "DIAG_TEST_EMPTY": ""}


def errors_of(path: Path) -> str:
    """Load a file that cannot be used, and give what is said about it."""
    with pytest.raises(ConfigError) as caught:
        load_config(path, ENVIRONMENT)
    return str(caught.value).replace(str(BAD), "{folder}")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_bad_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message is the expected one, to the letter; all problems of the file are in it."""
    monkeypatch.chdir(BAD)
    assert path.with_suffix(".txt").read_text() == errors_of(Path(path.name)) + "\n"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_secret_is_printed(path: Path) -> None:
    """What stands in a file as a secret is nowhere in its messages, nor anything that a terminal acts on."""
    text = errors_of(path)
    assert not re.search(r"planted|S3cret|VnVhQ2", text)
    assert all(line.isprintable() for line in text.splitlines())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_problem_has_a_place(path: Path) -> None:
    """Each line begins with file, line and column, and says what was expected."""
    for line in errors_of(path).splitlines():
        assert re.match(r"\S*bad/|\{folder\}/", line)
        assert re.search(r"\.yaml:[1-9]\d*:[1-9]\d*: ", line)
        assert "expected" in line or "did you mean" in line


def test_every_expectation_has_its_file() -> None:
    """No text is left over from a file that is gone."""
    assert sorted(path.stem for path in FILES) == sorted(path.stem for path in BAD.glob("*.txt"))
