"""Documents as practitioners hold them: what diag says of each line is what Elasticsearch makes of it (``16-documents/expected.txt``)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.clilib import diag

CASES: Final = Path(__file__).parent / "document-cases" / "16-documents"
_LINE: Final = re.compile(
    r"^(?P<file>[\w.-]+):(?P<line>\d+)\s+(?P<severity>info|warning|error|critical|nothing)\b", re.MULTILINE
)


@dataclass(frozen=True)
class Expected:
    """One check at one line of a document. ``options`` are what the command line says besides the file."""

    file: str
    line: int
    severity: str
    check: str
    options: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """The name of the row, for those that are not judged yet."""
        return f"{self.file}:{self.line} {self.check}"


def _rows(file: str, *rows: tuple[object, ...]) -> list[Expected]:
    return [Expected(file, *row) for row in rows]  # type: ignore[arg-type]  # each row has the fields in order.


_MODEL: Final = ("--keystore", str(CASES / "keystore.list"))
EXPECTED: Final = [
    *_rows(
        "local.elasticsearch.yml",
        (2, "error", "config/client-role-missing"),
        (4, "critical", "config/port-model-mismatch", _MODEL),
        (4, "info", "config/file-values"),
        (5, "warning", "config/alias-uppercase-keystore"),
        (6, "error", "config/http-port-used"),
        (7, "critical", "config/file-values"),
        (8, "critical", "config/unknown-setting"),
        (11, "error", "config/verification-mode-weak"),
        (13, "critical", "config/ca-and-truststore-both"),
        (15, "critical", "tls/client-plaintext"),
    ),
    *_rows(
        "remote.elasticsearch.yml",
        (2, "critical", "config/remote-server-bound-local"),
        (4, "critical", "config/remote-server-ssl-incomplete"),
        (6, "critical", "trust/x509-fields"),
    ),
    *_rows(
        "runbook.console",
        (7, "error", "config/address-scheme"),
        (7, "error", "config/address-semicolon"),
        (8, "error", "config/server-name-format"),
        (13, "error", "config/body-without-scope"),
    ),
    *_rows(
        "setup.sh",
        (2, "error", "config/address-hygiene"),
        (4, "error", "cloud-api/placeholder"),
        (4, "error", "cloud-api/payload-fields"),
    ),
    *_rows("compose.yaml", (6, "error", "config/http-port-used"), (7, "critical", "config/file-values")),
    *_rows(
        "trust-payload.json",
        (5, "error", "trust/payload-json"),
        (6, "error", "trust/payload-pem"),
        (4, "error", "trust/payload-direct-fields"),
    ),
    *_rows(
        "remote-clusters.json",
        (2, "error", "cloud-api/placeholder"),
        (2, "error", "config/alias-invalid"),
        (2, "error", "cloud-api/payload-fields"),
        (3, "error", "cloud-api/payload-fields"),
    ),
    *_rows(
        "eck.yaml",
        (5, "error", "version/eck-operator"),
        (5, "error", "version/apikey-min"),
        (7, "warning", "config/alias-uppercase-keystore"),
        (9, "error", "eck/key-access-fields"),
        (10, "error", "eck/external-ca-with-internal-remotes"),
        (15, "error", "eck/association"),
    ),
    *_rows(
        "remotes.tf",
        (5, "error", "config/http-port-used"),
        (11, "error", "cloud-api/terraform-empty-alias"),
        (12, "warning", "cloud-api/terraform-trust"),
    ),
    *_rows("playbook.yml", (8, "error", "config/mode-missing-for-proxy")),
    *_rows(
        "cross-cluster-key.json",
        (3, "error", "auth/key-body-fields"),
        (3, "error", "auth/key-index-not-covered"),
        (4, "error", "auth/key-body-fields"),
    ),
    *_rows(
        "keystore.list",
        (2, "error", "auth/keystore-unsupported-entry"),
        (3, "warning", "config/alias-uppercase-keystore"),
    ),
]

# Where the oracle says that there is nothing to say.
NOTHING: Final = frozenset({("runbook.console", 4)})
# Judged with another file beside it, by a test of its own.
WITH_ANOTHER: Final = frozenset({("remote.elasticsearch.yml", 5)})


def found(*arguments: str | Path) -> set[tuple[int, str, str]]:
    """What diag says of one document: line, severity and check."""
    printed = json.loads(diag("lint", "--format", "json", *arguments).stdout)
    return {
        (one["range"]["start"]["line"], one["severity"], one["check"])
        for document in printed["documents"]
        for one in document["results"]
    }


@pytest.mark.parametrize("row", EXPECTED, ids=lambda one: one.place)
def test_each_line_of_the_oracle(row: Expected) -> None:
    """File, line, severity and check are those of the oracle."""
    assert (row.line, row.severity, row.check) in found(CASES / row.file, *row.options)


def test_no_line_of_the_oracle_is_left_out() -> None:
    """Every line of expected.txt is a row here, and every row is a line there."""
    text = (CASES / "expected.txt").read_text("utf-8")
    there = {(one["file"], int(one["line"]), one["severity"]) for one in _LINE.finditer(text)}
    assert len(there) > 35
    here = {(one.file, one.line, one.severity) for one in EXPECTED}
    silent = {(file, line) for file, line, severity in there if severity == "nothing"}
    assert silent == NOTHING
    assert {one for one in there if one[:2] not in WITH_ANOTHER | NOTHING} == here


@pytest.mark.parametrize("file", ["runbook.console", "setup.sh", "compose.yaml", "remotes.tf"])
def test_no_error_where_the_oracle_says_nothing(file: str) -> None:
    """An error or worse at a line that the oracle does not name is a false alarm."""
    named = {one.line for one in EXPECTED if one.file == file}
    assert {line for line, severity, _ in found(CASES / file) if severity in {"error", "critical"}} <= named
