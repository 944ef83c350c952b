"""No finding is longer than somebody can read, whatever stands in the evidence: the last net under what each check cuts by itself."""

from __future__ import annotations

from diag.lazy_dataclass import replaced
from diag.model import Fact, Finding
from diag.text import MAX_CHARACTERS, clip


def bounded(finding: Finding) -> Finding:
    """Give a finding whose sentences and facts are cut to what a report can hold; most are handed back as they are."""
    summary, remedy = clip(finding.summary), clip(finding.remedy)
    facts = {key: _cut(value) for key, value in finding.facts.items() if _is_long(value)}
    if not facts and summary is finding.summary and remedy is finding.remedy:
        return finding
    return replaced(finding, summary=summary, remedy=remedy, facts={**finding.facts, **facts})


def _is_long(value: object) -> bool:
    texts = value if isinstance(value, tuple) else (value,)
    return any(isinstance(text, str) and len(text) > MAX_CHARACTERS for text in texts)


def _cut(value: Fact) -> Fact:
    if isinstance(value, tuple):
        return tuple(map(clip, value))
    return clip(value) if isinstance(value, str) else value
