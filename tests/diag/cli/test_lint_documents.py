"""``diag lint FILE…``: what it reads, shows, ignores, corrects, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import junitparser
import pytest

from diag.documents.edits import difference
from diag.report.documents.documents_schema import documents_schema
from tests.clilib import diag

YML = """\
cluster.name: search
cluster.remote.logs.skip_unavailable: yes
cluster.remote.logs.seeds: ["logs.example;9300", "logs-2.example:9300"]
cluster.remote.logs.password: correct-horse-battery
"""
SCHEMA = Path(__file__).parents[2] / "data" / "sarif-2.1.0.json"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one document, in which the command runs."""
    (tmp_path / "elasticsearch.yml").write_text(YML)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_text_shows_the_line_and_a_caret(folder: Path) -> None:
    """A person sees where it stands, what is wrong, and what was judged as what."""
    del folder
    result = diag("lint", "elasticsearch.yml")
    assert result.exit_code == 3
    lines = result.stdout.split("\n")
    at = lines.index("elasticsearch.yml:2:39  critical  config/file-values")
    assert lines[at + 1] == "    2 | cluster.remote.logs.skip_unavailable: yes"
    assert lines[at + 2].index("^") == lines[at + 1].index("yes")
    assert "1 file: 1 judged (1 elasticsearch.yml)" in result.stdout


@pytest.mark.parametrize("format_name", ["text", "concise", "json", "sarif", "github", "gitlab", "junit"])
def test_no_secret_of_a_document_is_repeated(folder: Path, format_name: str) -> None:
    """Neither in a message nor in the line that is shown; nor in the difference that a correction makes."""
    (folder / "setup.sh").write_text(
        'curl -u elastic:hunter2hunter2 -H "Authorization: ApiKey VnVhQ2ZHY0JDZGJrU" https://x\n'
    )
    result = diag("lint", ".", "elasticsearch.yml", "--diff", "--format", format_name)
    for secret in ("correct-horse-battery", "hunter2hunter2", "VnVhQ2ZHY0JDZGJrU"):
        assert secret not in result.output
        assert secret not in result.stderr


def test_json_has_ranges(folder: Path) -> None:
    """Documents, their kind, and for each finding file, start and end."""
    del folder
    report = json.loads(diag("lint", "elasticsearch.yml", "--format", "json").stdout)
    jsonschema.validate(report, documents_schema())
    assert documents_schema() == json.loads((Path(__file__).parents[3] / "documents.schema.json").read_text())
    (document,) = report["documents"]
    assert (document["file"], document["kind"]) == ("elasticsearch.yml", "elasticsearch.yml")
    found = next(one for one in document["results"] if one["check"] == "config/file-values")
    assert found["severity"] == "critical"
    assert found["range"] == {
        "file": "elasticsearch.yml",
        "start": {"line": 2, "column": 39},
        "end": {"line": 2, "column": 42},
    }


def test_sarif_is_valid(folder: Path) -> None:
    """By the schema of SARIF 2.1.0; what has one right answer is a fix, what is ignored is a suppression."""
    (folder / "elasticsearch.yml").write_text(YML.replace("yes", "yes # diag: ignore config/* until 2999-12-31 known"))
    log = json.loads(diag("lint", "elasticsearch.yml", "absent.yml", "--format", "sarif").stdout)
    jsonschema.validate(log, json.loads(SCHEMA.read_text()))
    results = {one["ruleId"]: one for one in log["runs"][0]["results"]}
    assert results["config/file-values"]["suppressions"] == [
        {"kind": "inSource", "justification": "until 2999-12-31: known"}
    ]
    (change,) = results["config/address-semicolon"]["fixes"][0]["artifactChanges"]
    assert change["replacements"][0]["insertedContent"]["text"] == '"logs.example:9300"'
    assert (
        "absent.yml" in results["document/unknown-kind"]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    )


def test_junit_is_read_by_a_parser_of_it(folder: Path) -> None:
    """A suite for each file; a finding below the limit is a case that passed."""
    (folder / "fine.yml").write_text("cluster.name: fine\n")
    result = diag("lint", "elasticsearch.yml", "fine.yml", "--format", "junit", "--fail-on", "critical")
    suites = junitparser.JUnitXml.fromroot(ET.fromstring(result.stdout))  # noqa: S314 -- our own output.
    found = {suite.name: (suite.tests, suite.failures, suite.errors) for suite in suites}
    assert found["fine.yml"] == (1, 0, 0)
    tests, failures, errors = found["elasticsearch.yml"]
    assert tests > failures > 0 == errors


def test_gitlab_fingerprints_stay_when_lines_move(folder: Path) -> None:
    """They are what GitLab tells new findings from old ones by, and each is there once."""
    before = json.loads(diag("lint", "elasticsearch.yml", "--format", "gitlab").stdout)
    (folder / "elasticsearch.yml").write_text("# a comment\n\n" + YML)
    after = json.loads(diag("lint", "elasticsearch.yml", "--format", "gitlab").stdout)
    prints = [one["fingerprint"] for one in before]
    assert sorted(prints) == sorted(one["fingerprint"] for one in after)
    assert len(set(prints)) == len(prints)
    assert {one["severity"] for one in before} <= {"info", "minor", "major", "critical", "blocker"}
    assert before[0]["location"]["lines"]["begin"] + 2 in {one["location"]["lines"]["begin"] for one in after}


def test_github_annotations_escape_what_the_runner_reads(folder: Path) -> None:
    """A file name with a comma and a colon is one property, a message of two lines one command."""
    (folder / "a,b.yml").write_text(YML)
    lines = diag("lint", "a,b.yml", "--format", "github").stdout.splitlines()
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in lines)
    assert any(
        line.startswith("::error file=a%2Cb.yml,line=2,endLine=2,col=39,endColumn=42,title=config/file-values::")
        for line in lines
    )
    assert any("%0A" in line for line in lines)


@pytest.mark.parametrize(
    ("comment", "counts", "code"),
    [
        ("# diag: ignore config/file-values until 2999-12-31 the node is gone", False, 3),
        ("# diag: ignore config/* until 2999-12-31 the node is gone", False, 3),
        ("# diag: ignore config/file-values until 2020-01-01 the node is gone", True, 3),
        ("# diag: ignore tls/* until 2999-12-31 another one", True, 3),
        ("# diag: ignore config/file-values", True, 2),
        ("# diag: ignore config/file-values until 2999-12-31", True, 2),
        ("# diag: ignore config/file-values until 2999-13-31 no such month", True, 2),
    ],
)
@pytest.mark.parametrize("above", [True, False])
def test_what_is_ignored_in_place(folder: Path, comment: str, counts: bool, code: int, above: bool) -> None:  # noqa: FBT001 -- pytest hands it over.
    """On the line itself or on the one above, with an end date and a reason; without them it is refused."""
    line = "cluster.remote.logs.skip_unavailable: yes"
    (folder / "elasticsearch.yml").write_text(YML.replace(line, f"{comment}\n{line}" if above else f"{line} {comment}"))
    result = diag("lint", "elasticsearch.yml", "--format", "concise")
    assert ("config/file-values" in result.stdout.replace("GROUP/CHECK", "")) is counts
    assert result.exit_code == code
    assert ("ignores nothing" in result.stdout) is (code == 2)


def test_a_correction_is_shown_and_made_in_the_named_file_only(folder: Path) -> None:
    """Atomic, with the permissions of the file; what is left is reported."""
    Path("elasticsearch.yml").chmod(0o640)
    (folder / "more").mkdir()
    (folder / "more" / "elasticsearch.yml").write_text(YML)
    body = folder / "body.json"
    body.write_bytes(b'\xef\xbb\xbf{"persistent": {\r\n  "cluster.remote.a.seeds": ["a.example:9300"],\r\n}}\r\n')
    shown = diag("lint", "--diff", "elasticsearch.yml", "more", "body.json")
    assert '+cluster.remote.logs.seeds: ["logs.example:9300", "logs-2.example:9300"]' in shown.stdout
    assert Path("elasticsearch.yml").read_text() == YML
    result = diag("lint", "--fix", "elasticsearch.yml", "more", "body.json")
    assert Path("elasticsearch.yml").read_text() == YML.replace("logs.example;9300", "logs.example:9300")
    assert Path("elasticsearch.yml").stat().st_mode & 0o777 == 0o640
    assert (folder / "more" / "elasticsearch.yml").read_text() == YML
    assert (
        body.read_bytes() == b'\xef\xbb\xbf{"persistent": {\r\n  "cluster.remote.a.seeds": ["a.example:9300"]\r\n}}\r\n'
    )
    assert "config/file-values" in result.stdout
    assert not [one for one in folder.iterdir() if one.name.endswith(".new")]


def test_a_file_that_changed_meanwhile_stays_as_it_is(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody wrote while it was judged is not lost; the others are corrected, and it is said."""
    other, theirs = folder / "other" / "elasticsearch.yml", "cluster.name: another\n"
    other.parent.mkdir()
    other.write_text(YML)

    def meanwhile(*given: str) -> str:
        Path("elasticsearch.yml").write_text(theirs)
        return difference(*given)

    monkeypatch.setattr("diag.cli.fixing.difference", meanwhile)
    result = diag("lint", "--fix", "elasticsearch.yml", other)
    assert (result.exit_code, Path("elasticsearch.yml").read_text()) == (1, theirs)
    assert "elasticsearch.yml changed since it was read, and stays as it is" in result.stderr
    assert other.read_text() == YML.replace("logs.example;9300", "logs.example:9300")


def test_what_is_of_no_known_kind(folder: Path) -> None:
    """Named it is an error, in a folder it is counted."""
    (folder / "notes.txt").write_text("remember the milk\n")
    (folder / "image.bin").write_bytes(bytes(range(256)) * 50)
    counted = diag("lint", ".", "--fail-on", "critical")
    assert "3 files: 1 judged (1 elasticsearch.yml), 2 of no known kind" in counted.stdout
    named = diag("lint", "notes.txt", "image.bin", "absent.yml", "--format", "concise")
    assert named.exit_code == 2
    assert (
        "notes.txt:1:1: [error] document/unknown-kind It cannot be judged: nothing in it shows what it is"
        in named.stdout
    )
    assert "image.bin:1:1: [error] document/unknown-kind It cannot be judged: it is no text" in named.stdout
    assert "absent.yml:1:1: [error] document/unknown-kind It cannot be judged: it does not exist" in named.stdout


def test_standard_input_and_forced_kinds(folder: Path) -> None:
    """``-`` has a name of its own; ``KIND:FILE`` says what a file is; ``--explain-kind`` says what it is taken for."""
    (folder / "x.txt").write_text("node.name: a\n")
    assert "es.yml:2:39" in diag("lint", "-", "--stdin-filename", "es.yml", "--format", "concise", stdin=YML).stdout
    assert diag("lint", "elasticsearch.yml:x.txt").exit_code == 0
    assert "did you mean elasticsearch.yml" in diag("lint", "elasticsearch.yaml:x.txt").stderr
    explained = diag("lint", "--explain-kind", "elasticsearch.yml", "x.txt")
    assert explained.stdout.splitlines() == [
        "elasticsearch.yml: elasticsearch.yml, of its name",
        "x.txt: elasticsearch.yml, it holds node.name",
    ]


def test_variables_come_from_a_file(folder: Path) -> None:
    """What the environment file sets is judged as if it stood there."""
    (folder / "elasticsearch.yml").write_text("cluster.remote.logs.skip_unavailable: ${SKIP_LOGS}\n")
    assert "SKIP_LOGS is not set here" in diag("lint", "elasticsearch.yml").stdout
    (folder / ".env").write_text("# what the unit sets\nexport SKIP_LOGS='maybe'\n")
    assert "is maybe; expected true or false" in diag("lint", "elasticsearch.yml", "--env-file", ".env").stdout


def test_the_configuration_is_a_document_too(folder: Path) -> None:
    """``diag.yaml`` beside others: its findings have a place, and what it is refused for stands with its line."""
    (folder / "diag.yaml").write_text(
        "clusters:\n  - name: eu\n    remotes:\n"
        "      - {alias: logs, security_model: api_key, mode: proxy, proxy_address: 'logs.example:9400'}\n"
    )
    result = diag("lint", "diag.yaml", "elasticsearch.yml", "--format", "concise")
    assert "diag.yaml:4:76: [critical] config/port-model-mismatch" in result.stdout
    assert "elasticsearch.yml:2:39: [critical] config/file-values" in result.stdout
    (folder / "diag.yaml").write_text(
        "clusters:\n  - name: eu\n    remotes:\n      - {alias: logs, seeds: ['a.example:9300', 'b.example:9300']}\n"
    )
    result = diag("lint", "diag.yaml", "--format", "concise")
    assert "diag.yaml:4:10: [warning] config/model-ambiguous" in result.stdout, "as diag lint -c says it"
    (folder / "diag.yaml").write_text("clusters:\n  - name: eu\n    remotes: 5\n")
    refused = diag("lint", "diag.yaml")
    assert refused.exit_code == 2
    assert "diag.yaml:3:14" in refused.stdout


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfec\x00l\x00u\x00",
        b"cluster.name: \xff\xfe\n",
        b"{" * 10_000,
        b"a: &a [*a]\ncluster.name: b\n",
        b"PK\x03\x04" + b"cluster.name: a\n" * 10,
        b"cluster.name: " + b"x" * 1_000_000,
        b"\x00" * 1000,
        b"cluster.remote.\x1b[31m.mode: proxy\n",
    ],
    ids=["empty", "utf-16", "no utf-8", "deep", "loop", "zip", "long", "zeros", "escape"],
)
def test_nothing_that_is_handed_over_is_a_crash(folder: Path, content: bytes) -> None:
    """A clear line each, and nothing that a terminal would act on."""
    (folder / "odd.yml").write_bytes(content)
    for format_name in ("text", "sarif", "junit"):
        result = diag("lint", "odd.yml", "--format", format_name)
        assert result.exit_code in {0, 2, 3, 4}, result.output[:2000]
        assert "\x1b" not in result.stdout
        assert len(result.stdout) < 60_000


def test_what_is_too_large_is_not_read(folder: Path) -> None:
    """A file of 50 MB: one line, bounded memory."""
    with (folder / "large.yml").open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    result = diag("lint", "large.yml", "--format", "concise")
    assert result.exit_code == 2
    assert "it is larger than 16384 KiB" in result.stdout
