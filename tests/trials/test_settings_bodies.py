"""Bodies of ``PUT _cluster/settings`` and what a node of 8.19.0 answered: diag says the same (``11-settings-bodies/expected.txt``)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest

from tests.clilib import diag

CASES: Final = Path(__file__).parent / "document-cases" / "11-settings-bodies"
_LINE: Final = re.compile(r"^(?P<file>\S+) (?P<status>200|400) ", re.MULTILINE)
ANSWERS: Final = {
    one["file"]: int(one["status"]) for one in _LINE.finditer((CASES / "expected.txt").read_text("utf-8"))
}
GRAVE: Final = frozenset({"error", "critical"})
# Taken with 200, and something is wrong all the same: the remote never connects, or the value is none that anybody meant.
ODD: Final = {
    "04-list-with-comma.json": "config/address-hygiene",
    "16-shellvar.json": "config/address-hygiene",
    "23-both-scopes.json": "config/transient-remote",
    "26-address-with-space.json": "config/address-hygiene",
    "37-v6-unbr.json": "config/address-ipv6-unbracketed",
    "39-plus.json": "config/address-hygiene",
}


def found(file: str) -> list[dict[str, Any]]:
    """What diag says of one body."""
    printed = json.loads(diag("lint", "--version", "8.19.0", "--format", "json", CASES / file).stdout)
    assert [one["kind"] for one in printed["documents"]] == ["settings body"]
    return [one for document in printed["documents"] for one in document["results"]]


def test_every_body_is_judged() -> None:
    """All 39, and no file without an answer."""
    assert set(ANSWERS) == {one.name for one in CASES.iterdir()} - {"expected.txt"}
    assert len(ANSWERS) == 39


@pytest.mark.parametrize("file", [one for one, status in ANSWERS.items() if status == 400])
def test_what_elasticsearch_refuses_is_an_error(file: str) -> None:
    """A finding of error or worse."""
    assert any(one["severity"] in GRAVE for one in found(file))


@pytest.mark.parametrize("file", [one for one, status in ANSWERS.items() if status == 200])
def test_what_elasticsearch_takes_is_not_called_refused(file: str) -> None:
    """Nothing says that it is refused; what is odd about it is told, and the others have no error."""
    said = found(file)
    assert not [one["message"] for one in said if "refuse" in one["message"]]
    grave = {one["check"] for one in said if one["severity"] in GRAVE}
    odd = {ODD[file]} if file in ODD else set()
    assert grave <= odd
    assert odd <= {one["check"] for one in said}
