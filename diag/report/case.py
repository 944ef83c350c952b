"""A case: evidence about one remote, and what one check has to say of it, as a file of the tests.

``diag replay --case`` writes one from saved evidence, the tests of the checks read it, and this is the form for both.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any, ClassVar

import yaml
from pydantic import ConfigDict, TypeAdapter

from diag.check import Check
from diag.engine import judge
from diag.lazy_dataclass import dataclass
from diag.model import ClusterEvidence, ClusterReport, LinkedDeployments, Outcome, Result, Severity, Unavailable

_STRICT = ConfigDict(extra="forbid")
_NO_VERDICT = frozenset({Outcome.SKIP, Outcome.UNKNOWN, Outcome.ERROR})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedFinding:
    """What is expected of a finding: words of its sentences and of what is to be typed, its severity, some of its facts.

    ``at`` is its place in a document, as ``file:line:column``; empty where the case says nothing of it.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    summary: tuple[str, ...] = ()
    remedy: tuple[str, ...] = ()
    fix: tuple[str, ...] = ()
    severity: Severity | None = None
    at: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What is expected of a check. ``root`` are the root causes that all checks together name; None: left to the outcome."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    outcome: Outcome
    severity: Severity | None = None
    because: tuple[str, ...] = ()
    findings: tuple[ExpectedFinding, ...] = ()
    root: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """A whole case: either a ``base`` of the tests and what is ``given`` in addition, or the ``evidence`` of one local cluster as it was saved."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    why: str = ""
    base: str = ""
    given: Mapping[str, Any] | None = None
    evidence: Mapping[str, Any] | None = None
    expect: Expectation

    def problems(self) -> Iterator[str]:
        """Say what keeps the case from testing anything."""
        if not self.why.strip():
            yield "why: is empty; expected one sentence: what the rule is, and where it is written down"
        if bool(self.base) == (self.evidence is not None):
            yield "expected either base (with given) or evidence"
        if self.expect.outcome in _NO_VERDICT and not self.expect.because:
            yield f"expect.because: is empty; expected words that say why the outcome is {self.expect.outcome}"
        if (self.expect.outcome is Outcome.FAIL) != bool(self.expect.findings):
            yield "expect.findings: expected at least one where the outcome is fail, and none elsewhere"
        for number, finding in enumerate(self.expect.findings):
            if not finding.summary:
                yield f"expect.findings[{number}].summary: is empty; expected words of the sentence that the reader sees"


def read_case(text: str) -> CaseFile:
    """Read a case. Raises ValueError for a word that no case has, and for a case that would test nothing."""
    # libyaml's loader takes a tenth of the time of the one in Python.
    case = _file().validate_python(yaml.load(text, yaml.CSafeLoader))
    problems = list(case.problems())
    if problems:
        raise ValueError("\n".join(problems))
    return case


def write_case(evidence: ClusterEvidence, check: Check, checks: Sequence[Check]) -> str:
    """Write what a check says of evidence about one remote as a case, whose ``why`` is still to be filled in."""
    evidence = _adapter().validate_python(_without_surrogates(_dumped(evidence)))
    report = judge(evidence, checks)
    result = _result_of(report, check)
    case = {
        "why": "",
        "evidence": _dumped(evidence),
        "expect": _expected(result) | {"root": list(report.remotes[0].root_causes)},
    }
    head = (
        "# Written by diag replay --case. Fill in why: one sentence, what the rule is and where it is written down.\n"
        f"# Expected is what {check.id} says today: correct it by the rule, and cut the sentences to the words that count.\n"
    )
    return head + yaml.dump(case, Dumper=yaml.CSafeDumper, sort_keys=False, width=120)


def _result_of(report: ClusterReport, check: Check) -> Result:
    """What a check says of the remote; of documents where some were handed over: what a platform tells is about the remote."""
    around = report.evidence.surroundings
    of_remote = [one for one in report.remotes[0].results if one.check == check.id]
    of_cluster = [one for one in report.results if one.check == check.id]
    about_documents = around.has_documents and isinstance(around[LinkedDeployments], Unavailable)
    return [*of_cluster, *of_remote][0] if about_documents else [*of_remote, *of_cluster][0]


def _expected(result: Result) -> dict[str, Any]:
    stated: dict[str, Any] = {"outcome": result.outcome.value}
    if result.severity is not None:
        stated["severity"] = result.severity.value
    if result.because:
        stated["because"] = [result.because]
    if result.findings:
        stated["findings"] = [
            {
                "summary": [finding.summary],
                "remedy": [finding.remedy],
                "fix": [text for fix in finding.fix for text in fix.texts],
                "severity": (finding.severity or result.severity or Severity.INFO).value,
                "facts": {key: list(fact) if isinstance(fact, tuple) else fact for key, fact in finding.facts.items()},
            }
            for finding in result.findings
        ]
    return stated


def _dumped(evidence: ClusterEvidence) -> Any:  # noqa: ANN401 -- the plain values of any evidence.
    """Give evidence as plain values, without what is as usual, unless it would then read as something else."""
    short = _adapter().dump_python(evidence, mode="json", exclude_defaults=True)
    if _adapter().validate_python(short) == evidence:
        return short
    return _adapter().dump_python(evidence, mode="json")


def _without_surrogates(value: Any) -> Any:  # noqa: ANN401 -- plain values, however deep.
    """Replace halves of surrogate pairs, which no YAML file can hold."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {key: _without_surrogates(item) for key, item in value.items()}
    return [_without_surrogates(item) for item in value] if isinstance(value, list) else value


@functools.cache
def _file() -> TypeAdapter[CaseFile]:
    return TypeAdapter(CaseFile)


@functools.cache
def _adapter() -> TypeAdapter[ClusterEvidence]:
    return TypeAdapter(ClusterEvidence)
