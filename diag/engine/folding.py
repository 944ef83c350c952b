"""What a check yielded at all its places, folded into one result. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from diag.check import Check
from diag.engine.askable import plain, skip
from diag.engine.bounds import bounded
from diag.engine.running import CheckAnswer
from diag.evidence.terms import NO_NETWORK
from diag.lazy_dataclass import replaced
from diag.model import Finding, Origin, Outcome, Result
from diag.text import clip


def fold(check: Check, stated: Sequence[CheckAnswer]) -> Result:
    """Make one result of what a check yielded at its places: none at all is a skip."""
    if len(stated) == 1 and not ((one := stated[0]).unknown or one.findings or one.crashed):
        return skip(check, one.skipped) if one.skipped else plain(check.id, check.layer, check.essential, Outcome.PASS)
    if stated and all(one.silent for one in stated):
        return plain(check.id, check.layer, check.essential, Outcome.PASS)
    findings = _merge(check, stated)
    crashed = [one.crashed for one in stated if one.crashed]
    unknown = list(dict.fromkeys(text for one in stated for text in one.unknown))
    skipped = list(dict.fromkeys(text for one in stated for text in one.skipped))
    passed = any(one.silent for one in stated)
    outcome, because = Outcome.PASS, ""
    if findings:
        outcome = Outcome.FAIL
    elif crashed:
        outcome, because = Outcome.ERROR, crashed[0]
    elif unknown == [NO_NETWORK]:
        outcome, because = Outcome.SKIP, NO_NETWORK
    elif unknown:
        outcome, because = Outcome.UNKNOWN, clip("; ".join(unknown))
    elif not passed:
        outcome, because = Outcome.SKIP, clip("; ".join(skipped)) or "there is nothing to look at"
    return Result(
        check=check.id,
        outcome=outcome,
        layer=check.layer,
        severity=max((f.severity or check.severity for f in findings), key=lambda s: s.rank, default=None),
        because=because,
        missing=tuple(dict.fromkeys(piece for one in stated for piece in one.missing))
        if outcome is Outcome.UNKNOWN
        else (),
        findings=findings,
        essential=check.essential,
        partial=outcome is Outcome.UNKNOWN and passed,
        places=_places(stated, outcome),
    )


def _places(stated: Sequence[CheckAnswer], outcome: Outcome) -> tuple[str, ...]:
    """The addresses that a failure or an open question is about."""
    if outcome not in {Outcome.FAIL, Outcome.UNKNOWN}:
        return ()
    concerned = (one.where for one in stated if (one.findings if outcome is Outcome.FAIL else one.unknown))
    return tuple(dict.fromkeys(where for where in concerned if where))


def _merge(check: Check, stated: Sequence[CheckAnswer]) -> tuple[Finding, ...]:
    """Fold the same finding at several addresses into one that names them."""
    places: dict[tuple[str, str, Origin | None], list[str]] = {}
    first: dict[tuple[str, str, Origin | None], Finding] = {}
    for one in stated:
        for finding in one.findings:
            key = (finding.summary, finding.full_remedy, finding.origin)
            first.setdefault(key, finding)
            if one.where not in places.setdefault(key, []):
                places[key].append(one.where)
    return tuple(_complete(check, finding, places[key], total=len(stated)) for key, finding in first.items())


def _complete(check: Check, finding: Finding, where: Sequence[str], *, total: int) -> Finding:
    summary, facts = finding.summary, dict(finding.facts)
    if total > 1:
        facts["addresses"] = tuple(where)
        if len(where) < total:
            summary = f"{summary.removesuffix('.')} (at {len(where)} of {total} addresses: {', '.join(where)})."
    severity, docs = finding.severity or check.severity, finding.docs or check.docs
    return bounded(replaced(finding, summary=summary, facts=facts, severity=severity, docs=docs))
