"""What has one right answer in documents of trust is corrected by ``diag lint --fix``."""

from __future__ import annotations

from pathlib import Path

from tests.clilib import diag
from tests.diag.test_tls_files import FILES
from tests.doclib import lint


def test_patterns_are_quoted(tmp_path: Path) -> None:
    """Every item that begins with a star, in one go."""
    file = tmp_path / "trust.yml"
    file.write_text("trust.subject_name:\n  - *.node.a.cluster.b.account\n  - *.node.c.cluster.b.account # two\n")
    diag("lint", file, "--fix")
    assert file.read_text().splitlines()[1:] == [
        '  - "*.node.a.cluster.b.account"',
        '  - "*.node.c.cluster.b.account" # two',
    ]
    assert not [one for one in lint(file).findings if one.check == "trust/restrictions-file-invalid"]


def test_blocks_are_taken_apart(tmp_path: Path) -> None:
    """A line break between an END line and the next BEGIN line."""
    file = tmp_path / "ca.pem"
    file.write_bytes((FILES / "trusted" / "glued.pem").read_bytes())
    diag("lint", file, "--fix")
    assert "-----\n-----BEGIN" in file.read_text()
    assert not [one for one in lint(file).findings if one.check == "tls/pem-glued"]
