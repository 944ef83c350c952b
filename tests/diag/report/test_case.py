"""The form of a case: what is refused, and that what a check says of saved evidence comes back as a case that holds."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from diag.report.case import read_case, write_case
from tests import caselib
from tests.checks.test_cases import test_case as holds

GOOD = """\
base: api_key
why: a rule
given: {connection: {unavailable: refused, step: connect, reason: refused}}
expect:
  outcome: fail
  severity: critical
  findings:
  - {summary: [refused]}
"""
EXPIRED = caselib.CASES / "tls/expired/fail-configured-ca-without-handshake.yaml"


def test_a_good_case_is_read() -> None:
    """With what it expects."""
    assert read_case(GOOD).expect.findings[0].summary == ("refused",)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("why: a rule", "why:", "why"),
        ("why: a rule", 'why: " "', "why: is empty"),
        ("base: api_key\n", "", "either base"),
        ("base: api_key", "base: api_key\nevidence: {}", "either base"),
        ("base: api_key", "bases: api_key", "bases"),
        ("severity: critical", "severity: grave", "severity"),
        ("outcome: fail", "outcome: failed", "outcome"),
        ("outcome: fail", "outcome: unknown", "expect.because"),
        ("outcome: fail", "outcome: skip\n  becuase: [x]", "becuase"),
        ("  findings:\n  - {summary: [refused]}\n", "", "expect.findings"),
        ("{summary: [refused]}", "{facts: {port: 9443}}", "findings[0].summary: is empty"),
        ("{summary: [refused]}", "{summary: [refused], remdy: [x]}", "remdy"),
        ("{summary: [refused]}", "{summary: refused}", "summary"),
    ],
)
def test_what_would_test_nothing_is_refused(old: str, new: str, words: str) -> None:
    """A misspelt word, an empty reason, an expectation of nothing."""
    assert old in GOOD
    with pytest.raises(ValueError, match=r"\S") as caught:
        read_case(GOOD.replace(old, new))
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "given",
    [
        "connection: {unavailable: refused, stp: connect, reason: refused}",
        "connection: {unavailable: refused, step: conect, reason: refused}",
        "connection: {unavailable: refused, step: connect, reason: refusd}",
        "conection: {port: 1}",
        "connection: {prt: 1}",
        "local_api: {lisence: {type: basic}}",
    ],
)
def test_what_no_evidence_has_is_refused(given: str, tmp_path: Path) -> None:
    """A misspelt piece of evidence, and a step or a reason that there is not."""
    path = tmp_path / "fail.yaml"
    path.write_text(GOOD.replace("connection: {unavailable: refused, step: connect, reason: refused}", given))
    with pytest.raises((KeyError, ValueError)):
        print(caselib.Case(path).evidence)  # noqa: T201 -- the attribute reads the file.


@pytest.mark.parametrize("case", caselib.all_cases()[::60], ids=str)
def test_there_and_back(case: caselib.Case, tmp_path: Path) -> None:
    """What is written of any evidence is refused until somebody says why, and holds then."""
    check = caselib.catalogue().find(case.check)
    assert check is not None
    text = write_case(case.evidence, check, caselib.catalogue().checks)
    with pytest.raises(ValueError, match="why: is empty"):
        read_case(text)
    path = tmp_path / check.id / "from-a-user.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(text.replace("why: ''", "why: somebody sent this", 1))
    again = caselib.Case(path)
    assert case.evidence == again.evidence
    assert case.result == again.result
    holds(again)


def test_half_a_character_is_replaced() -> None:
    """YAML can't hold half of a surrogate pair."""
    evidence = caselib.Case(EXPIRED).evidence
    evidence = dataclasses.replace(evidence, cluster=dataclasses.replace(evidence.cluster, name="a\ud800\x1b\u202eb"))
    check = caselib.catalogue().find("tls/expired")
    assert check is not None
    read = read_case(write_case(evidence, check, [check]).replace("why: ''", "why: x"))
    assert read.evidence is not None
    assert read.evidence["cluster"]["name"] == "a\ufffd\x1b\u202eb"
