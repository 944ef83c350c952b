"""Bodies of cross-cluster API keys against what CrossClusterApiKeyRoleDescriptorBuilder of 8.19.0 said of each ``access``."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from diag.model import Severity
from tests.doclib import lint

TABLE = Path(__file__).parent / "document-cases" / "17-cross-cluster-key-bodies" / "expected.txt"
ROWS = [found.groups() for found in re.finditer(r"^(OK|FAIL)\s+(\{.*?\})\s+-> (.*)$", TABLE.read_text(), re.MULTILINE)]
REFUSALS = {"auth/key-body-fields", "auth/key-dls-with-replication"}
# What is taken without a word and matches nothing.
USELESS = ('"logs-*,', "my_remote:", '"-logs', '" logs')


# What live nodes of 8.19.0 and 9.2.0 said of whole bodies, both the same.
LIVE = json.loads((TABLE.parent / "live.json").read_text())
KEYS = "/_security/cross_cluster/api_key"
REFUSING = REFUSALS | {"config/document-syntax", "config/same-key-twice"}


def is_refused(method: str, body: str, folder: Path) -> bool:
    """Whether diag says that a node of 8.19.0 refuses a request."""
    file = folder / "a.console"
    file.write_text(f"{method} {KEYS}{'/id' if method == 'PUT' else ''}\n{body}\n", "utf-8")
    found = lint(file, version="8.19.0").findings
    return any(one.check in REFUSING and one.severity.rank >= Severity.ERROR.rank for one in found)


def test_every_row_is_read() -> None:
    """The table has 20 rows, 4 of them with names that match nothing."""
    assert len(ROWS) == 20
    assert sum(any(sign in access for sign in USELESS) and verdict == "OK" for verdict, access, _ in ROWS) == 4


@pytest.mark.parametrize(("verdict", "access", "said"), ROWS)
def test_each_access(verdict: str, access: str, said: str, tmp_path: Path) -> None:
    """What is refused is an error where the parser stopped, what is taken and matches nothing is one of its own, and the rest is silent."""
    before = '{"name": "a", "access": '
    file = tmp_path / "key.json"
    file.write_text(f"{before}{access}}}")
    found = lint(file).findings
    refused = [one for one in found if one.check in REFUSALS]
    assert bool(refused) is (verdict == "FAIL"), [one.message for one in found]
    assert {one.severity for one in refused} <= {Severity.ERROR}
    useless = [one for one in found if one.check == "auth/key-index-not-covered"]
    assert bool(useless) is (verdict == "OK" and any(sign in access for sign in USELESS))
    if (unknown := re.search(r"\[1:(\d+)\] \[\w+\] unknown field \[(\w+)\]", said)) is not None:
        place = re.search(rf'"{unknown[2]}"', access)
        assert place is not None
        assert [one.origin.column for one in refused][:1] == [len(before) + place.start() + 1]


def test_in_the_request_that_makes_the_key(tmp_path: Path) -> None:
    """The same in a console file and in a script: what is missing there is refused, and a change needs no name."""
    access = {"search": [{"names": ["logs-*,metrics-*"]}]}
    console = tmp_path / "a.console"
    console.write_text(f"POST _security/cross_cluster/api_key\n{json.dumps({'access': access}, indent=1)}\n")
    found = {(one.check, one.origin.line) for one in lint(console).findings}
    assert found == {("auth/key-body-fields", 2), ("auth/key-index-not-covered", 7)}
    script = tmp_path / "a.sh"
    body = json.dumps({"access": {"search": [{"names": ["logs-*"]}]}})
    script.write_text(f"curl -X PUT 'https://es:9200/_security/cross_cluster/api_key/VuaCfGcBCdbkQm' --json '{body}'\n")
    assert lint(script).findings == ()
    script.write_text(
        'curl -X PUT https://es:9200/_security/role/reader --json \'{"remote_indices": [{"cluster": ["a"]}]}\'\n'
    )
    assert {one.check for one in lint(script).findings} == {"auth/role-body-fields"}


@pytest.mark.parametrize("row", LIVE, ids=[f"{number}" for number, _ in enumerate(LIVE)])
def test_whole_bodies(row: dict[str, str | int], tmp_path: Path) -> None:
    """A request without a body is refused too, but in a document it is a mention of the call."""
    method, body = str(row["method"]), str(row["body"])
    assert is_refused(method, body, tmp_path) is (row["status"] == 400 and bool(body))


def test_an_identity_is_known_from_9_3_on(tmp_path: Path) -> None:
    """Where the release is declared; without one nothing is said."""
    file = tmp_path / "key.json"
    file.write_text('{"name": "k", "access": {"search": [{"names": ["a"]}]},\n "certificate_identity": "CN=a"}')
    for version, wanted in (("9.2.0", [2]), ("9.3.0", []), ("", [])):
        found = [one.origin.line for one in lint(file, version=version).findings if one.check == "auth/key-body-fields"]
        assert found == wanted
