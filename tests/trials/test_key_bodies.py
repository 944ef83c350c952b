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
    script.write_text(f"curl -X PUT 'https://es:9200/_security/cross_cluster/api_key/VuaCfGcBCdbkQm' -d '{body}'\n")
    assert lint(script).findings == ()
    script.write_text(
        'curl -X PUT https://es:9200/_security/role/reader -d \'{"remote_indices": [{"cluster": ["a"]}]}\'\n'
    )
    assert {one.check for one in lint(script).findings} == {"auth/role-body-fields"}
