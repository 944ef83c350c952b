"""Evidence in a file: there and back, and files that are something else."""

from __future__ import annotations

import dataclasses
import functools
import json
from typing import Any

import pytest

from diag.engine import judge, report
from diag.model import Acknowledgement, ClusterEvidence, Policy, Report, Security
from diag.report import FORMATS, render
from diag.report.saved import SavedError, chosen, load, save
from tests import caselib

POLICY = Policy(
    skip=("version/*",),
    severity={"tls/*": "info"},
    acknowledge=(Acknowledgement(check="a/*", until="2026-02-01", note="x"),),
)
CASES = caselib.all_cases()


def text_of(*clusters: ClusterEvidence) -> str:
    """Evidence as it is saved."""
    return save(clusters or [CASES[0].evidence], POLICY)


def test_there_and_back() -> None:
    """The evidence of a failing case of every check comes back equal, with the policy."""
    evidence = [
        case.evidence for case in {one.check: one for one in CASES if one.path.stem.startswith("fail")}.values()
    ]
    saved = load(save(evidence, POLICY))
    assert tuple(evidence) == saved.clusters
    assert saved.policy == POLICY


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_report(name: str) -> None:
    """Replayed evidence gives the same report, byte for byte, in every format."""
    for seen, replayed in judged():
        assert render(seen, name) == render(replayed, name)


@functools.cache
def judged() -> list[tuple[Report, Report]]:
    """Reports on what was seen, each with the one on what came back from a file."""
    checks = caselib.catalogue().checks

    def told(evidence: ClusterEvidence) -> Report:
        return report([judge(evidence, checks)], evidence.taken_at)

    return [(told(one), told(load(save([one], POLICY)).clusters[0])) for one in (case.evidence for case in CASES[::25])]


def test_hostile_text_comes_back() -> None:
    """Control characters and half a surrogate pair survive the file."""
    first = CASES[0].evidence
    evidence = dataclasses.replace(first, cluster=dataclasses.replace(first.cluster, name="\x1b\u202e\x00"))
    assert load(text_of(evidence)).clusters[0].cluster.name == "\x1b\u202e\x00"


def changed(**fields: Any) -> str:
    """A saved file with other values at the top."""
    return json.dumps({**json.loads(text_of()), **fields})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no JSON"),
        ("{", "no JSON (at line 1, column 2)"),
        ("[" * 200_000, "nested too deeply"),
        ("[]", "no evidence of diag"),
        ("null", "no evidence of diag"),
        (json.dumps({"counts": {}, "generated_at": ""}), "is a report, not evidence"),
        (changed(schema_version="2"), "reads '1'"),
        (changed(schema_version="\x1b[31m"), "\\x1b[31m"),
        (changed(clusters=[{}]), "clusters.0.cluster"),
        (changed(clusters="x"), "is damaged"),
        (changed(policy={"severity": {"a": "loud"}}), "expected one of info"),
        (changed(policy={"acknowledge": [{"check": "a", "until": "soon", "note": ""}]}), "no date"),
        (text_of().replace('12:00:00Z"', '12:00:00"'), "no time zone"),
        ("9" * 5000, "no JSON"),
    ],
)
def test_what_is_no_evidence(text: str, words: str) -> None:
    """A broken or foreign file is refused in a sentence that says what it is."""
    with pytest.raises(SavedError) as caught:
        load(text)
    assert words in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 1500


def test_choose_clusters_and_remotes() -> None:
    """A replay can be narrowed to clusters and remotes."""
    saved = load(text_of())
    alias = saved.clusters[0].remotes[0].remote.alias
    assert saved == chosen(saved, [], [])
    assert saved == chosen(saved, [saved.clusters[0].cluster.name], [alias])
    assert chosen(saved, ["other"], []).clusters == ()
    assert chosen(saved, [], ["other"]).clusters[0].remotes == ()


@pytest.mark.parametrize(
    ("asked", "on"),
    [
        ({"step": "api", "reason": "server_error", "detail": "500: Security must be explicitly enabled"}, False),
        ({"step": "api", "reason": "not_found", "detail": "no handler found for uri [/_security/user/x]"}, False),
        ({"step": "api", "reason": "timed_out", "detail": "no whole answer within 10 s"}, None),
        ({"granted": ["monitor"], "missing": []}, True),
    ],
)
def test_a_file_from_before(asked: dict[str, Any], on: bool | None) -> None:  # noqa: FBT001 -- a parameter of the test.
    """Older files say by the answer to another question whether security is on."""
    raw = json.loads(text_of())
    del raw["clusters"][0]["api"]["security"]
    raw["clusters"][0]["api"]["privileges"] = asked
    security = load(json.dumps(raw)).clusters[0].api[Security]
    assert (security.enabled if isinstance(security, Security) else None) is on
